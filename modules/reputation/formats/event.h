/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an event says: the one list of its members, from which the stream in
 * Redis, RPC and the replay tool are written, each in its own encoding. */

#ifndef REP_EVENT_FORMAT_H
#define REP_EVENT_FORMAT_H

#include "../engine/pool/event.h"
#include "../engine/pool/handle.h"

/* Who is told the members, in their order. All are required; names and texts
 * are valid during the call only. */
typedef struct rep_event_visitor
{
	void *ctx;
	void (*text)(void *ctx, const char *name, const char *value);
	void (*whole)(void *ctx, const char *name, int64_t value);
	void (*real)(void *ctx, const char *name, double value);
	/* ms since 1970; 0 = none */
	void (*time)(void *ctx, const char *name, rep_time_t value);
	/* twelve counts by outcome */
	void (*counts)(void *ctx, const char *name, const rep_counts_t *counts);
	/* twelve shares by outcome */
	void (*mix)(void *ctx, const char *name, const float *share);
	/* one chart: its statistic and its threshold, in nats */
	void (*chart)(
			void *ctx, const char *chart, double statistic, double threshold);
} rep_event_visitor_t;

/* Tell the members of an event of the pool with that name (what
 * rep_event_pool() says). */
void rep_event_walk(const rep_event_t *event, const char *pool,
		const rep_event_visitor_t *to);

/* Why, in a word: of a bench, of a pool's stop, "refused", or the attestation
 * that a number goes out with, "none" if it has none; "" = no reason. */
const char *rep_event_reason(const rep_event_t *event);
/* Is it a bench because of blocks? Then the contact of the newest belongs to
 * it: rep_redress_newest(). */
bool rep_event_is_block(const rep_event_t *event);

/* The name of the event's pool, also of one that there is not; "" = dropped. */
const char *rep_event_pool(
		const rep_event_t *event, const rep_registry_t *registry);

/* The evidence behind a bench, bucket by bucket, as the judge added it up: the
 * cells of the turn before, which still stand when the event is written. JSON,
 * to be freed by the caller; NULL without memory. */
char *rep_event_buckets(rep_registry_t *registry, const rep_event_t *event);

#endif
