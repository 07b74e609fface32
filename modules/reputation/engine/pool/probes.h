/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Test calls ($rep(probe) = 1): what they came to, by number and by the network
 * that they went to. They are counted here and nowhere else: they are no
 * evidence, nobody is judged by them, and they use no number up. Here as this
 * proxy knows it; with Redis the counts are those of all proxies.
 *
 * The table has a lock of its own, taken last and given back before a function
 * returns. */

#ifndef REP_PROBES_H
#define REP_PROBES_H

#include "handle.h"
#include "../judge/counts.h"
#include "../reply/outcome.h"

#define REP_PROBES_MAX 16384 /* numbers times networks, of all pools */

typedef struct rep_probe
{
	int32_t pool;
	rep_e164_t number;
	char network[REP_ROUTE_MAX + 1]; /* "" = not said */
	rep_counts_t counts;			 /* over all proxies as far as known */
	rep_time_t first, last;
	rep_outcome_t outcome; /* of the last */
} rep_probe_t;

/* One that is to be written: of its counts, what is written and what is not. */
typedef struct rep_probe_news
{
	rep_probe_t probe;
	rep_counts_t written, add;
} rep_probe_news_t;

typedef struct rep_probes_stats
{
	uint64_t calls; /* test calls of this proxy that came to an end */
	uint32_t entries;
	uint64_t gave_way, lost; /* as in redress.h */
} rep_probes_stats_t;

/* As those of redress.h. */
bool rep_probes_create(rep_registry_t *registry);
void rep_probes_destroy(rep_registry_t *registry);
void rep_probes_stats(rep_registry_t *registry, rep_probes_stats_t *out);

/* A test call from `number` to `network` came to this. */
void rep_probe_count(rep_registry_t *registry, int pool, rep_e164_t number,
		const char *network, rep_outcome_t outcome, rep_time_t now);

/* Of a pool, by number and then by network; returns how many of at most `max`.
 * Looks at all that there are. */
size_t rep_probes_list(
		rep_registry_t *registry, int pool, rep_probe_t *out, size_t max);
uint32_t rep_probes_entries(rep_registry_t *registry, int pool);

/* As those of redress.h; an entry is named by number and network. */
size_t rep_probes_news(
		rep_registry_t *registry, int pool, rep_probe_news_t *out, size_t max);
void rep_probes_landed(rep_registry_t *registry, const rep_probe_t *probe,
		const rep_probe_t *written, uint32_t seen);
void rep_probes_heard(
		rep_registry_t *registry, const rep_probe_t *probe, uint32_t seen);
void rep_probes_sweep(
		rep_registry_t *registry, int pool, uint32_t seen, bool lost);

#endif
