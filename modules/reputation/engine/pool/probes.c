/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "probes.h"

#include <stdlib.h>

#include "pool.h"
#include "../base/ledger.h"
#include "../base/siphash.h"

typedef struct item
{
	rep_ledger_node_t node;
	rep_probe_t probe;
	rep_counts_t written, under_way, waits; /* as in redress.c */
} item_t;

bool rep_probes_create(rep_registry_t *registry)
{
	registry->probes =
			rep_ledger_create(sizeof(item_t), REP_PROBES_MAX, REP_POOLS_MAX);
	return registry->probes != NULL;
}

void rep_probes_destroy(rep_registry_t *registry)
{
	rep_ledger_destroy(registry->probes);
	registry->probes = NULL;
}

void rep_probes_stats(rep_registry_t *registry, rep_probes_stats_t *out)
{
	rep_ledger_stats_t stats = rep_ledger_stats(registry->probes);

	*out = (rep_probes_stats_t){.calls = stats.counted,
			.entries = stats.entries,
			.gave_way = stats.gave_way,
			.lost = stats.lost};
}

/* ---- counting -------------------------------------------------------------- */

static uint64_t key_of(rep_e164_t number, const char *network)
{
	return rep_siphash((rep_sipkey_t){number, 0}, network, strlen(network));
}

/* The entry, made if need be; NULL without memory. */
static item_t *put(
		rep_ledger_t *ledger, int pool, rep_e164_t number, const char *network)
{
	bool made;
	item_t *item = rep_ledger_put(
			ledger, (uint32_t)pool, key_of(number, network), &made);

	if(item && made) {
		item->probe.pool = pool;
		item->probe.number = number;
		memcpy(item->probe.network, network, strlen(network) + 1);
		item->probe.outcome = REP_OUTCOMES;
	}
	return item;
}

void rep_probe_count(rep_registry_t *registry, int pool, rep_e164_t number,
		const char *network, rep_outcome_t outcome, rep_time_t now)
{
	rep_ledger_t *ledger = rep_ledger_lock(registry->probes, pool);
	item_t *item;

	if(!ledger)
		return;
	item = put(ledger, pool, number, network);
	if(item) {
		item->probe.counts.n[outcome]++;
		item->waits.n[outcome]++;
		if(!item->probe.first)
			item->probe.first = now;
		if(now >= item->probe.last) {
			item->probe.last = now;
			item->probe.outcome = outcome;
		}
		rep_ledger_due(ledger, &item->node);
	}
	rep_unlock(&ledger->lock);
	atomic_fetch_add(&ledger->counted, 1);
}

/* ---- looking --------------------------------------------------------------- */

static int by_number(const void *a, const void *b)
{
	const rep_probe_t *x = a, *y = b;

	if(x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return strcmp(x->network, y->network);
}

size_t rep_probes_list(
		rep_registry_t *registry, int pool, rep_probe_t *out, size_t max)
{
	rep_ledger_t *ledger = rep_ledger_lock(registry->probes, pool);
	size_t n = 0;

	if(!ledger)
		return 0;
	for(const rep_ledger_node_t *node = ledger->newest; node && n < max;
			node = node->older)
		if(node->group == (uint32_t)pool)
			out[n++] = ((const item_t *)node)->probe;
	rep_unlock(&ledger->lock);
	qsort(out, n, sizeof(*out), by_number);
	return n;
}

uint32_t rep_probes_entries(rep_registry_t *registry, int pool)
{
	return rep_ledger_entries(registry->probes, pool);
}

/* ---- shared ---------------------------------------------------------------- */

size_t rep_probes_news(
		rep_registry_t *registry, int pool, rep_probe_news_t *out, size_t max)
{
	rep_ledger_t *ledger = rep_ledger_lock(registry->probes, pool);
	item_t *item;
	size_t n = 0;

	if(!ledger)
		return 0;
	while(n < max && (item = rep_ledger_take(ledger, (uint32_t)pool))) {
		out[n++] = (rep_probe_news_t){item->probe, item->written, item->waits};
		item->under_way = item->waits;
		item->waits = (rep_counts_t){0};
	}
	rep_unlock(&ledger->lock);
	return n;
}

void rep_probes_landed(rep_registry_t *registry, const rep_probe_t *probe,
		const rep_probe_t *written, uint32_t seen)
{
	rep_ledger_t *ledger = rep_ledger_lock(registry->probes, probe->pool);
	item_t *item;

	if(!ledger)
		return;
	item = rep_ledger_find(ledger, (uint32_t)probe->pool,
			key_of(probe->number, probe->network));
	if(item && !written)
		rep_counts_add(&item->written, &item->under_way);
	if(item) {
		item->under_way = (rep_counts_t){0};
		rep_ledger_landed(&item->node);
	}
	rep_unlock(&ledger->lock);
	if(item && written)
		rep_probes_heard(registry, written, seen);
}

/* False when it is less than was known. */
static bool take_over(item_t *item, const rep_probe_t *probe)
{
	rep_probe_t was = item->probe;
	bool all = true;

	item->probe = *probe;
	for(int o = 0; o < REP_OUTCOMES; o++)
		if(probe->counts.n[o] >= item->written.n[o])
			item->written.n[o] = probe->counts.n[o];
		else
			all = false;
	item->probe.counts = item->written;
	rep_counts_add(&item->probe.counts, &item->under_way);
	rep_counts_add(&item->probe.counts, &item->waits);
	if(was.first && was.first < probe->first)
		item->probe.first = was.first;
	if(was.last > probe->last)
		item->probe.last = was.last;
	if(was.last / 1000 > probe->last / 1000)
		item->probe.outcome = was.outcome;
	return all;
}

void rep_probes_heard(
		rep_registry_t *registry, const rep_probe_t *probe, uint32_t seen)
{
	rep_ledger_t *ledger = rep_ledger_lock(registry->probes, probe->pool);
	item_t *item;

	if(!ledger)
		return;
	item = put(ledger, probe->pool, probe->number, probe->network);
	if(item) {
		if(!take_over(item, probe))
			rep_ledger_due(ledger, &item->node);
		item->node.seen = seen;
	}
	rep_unlock(&ledger->lock);
}

void rep_probes_sweep(
		rep_registry_t *registry, int pool, uint32_t seen, bool lost)
{
	rep_ledger_sweep(registry->probes, pool, seen, lost);
}
