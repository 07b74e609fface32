/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copies of what the registry holds, for RPC, logs and the published health. */

#ifndef REP_VIEW_H
#define REP_VIEW_H

#include "handle.h"
#include "labels.h"
#include "../judge/baseline.h"
#include "../judge/judged.h"
#include "../judge/spread.h"
#include "../judge/state.h"

typedef struct rep_route_view
{
	char route[REP_ROUTE_MAX + 1];
	rep_state_t state; /* REP_ACTIVE, REP_BENCHED or REP_PROBATION */
	rep_reason_t reason;
	rep_time_t since, until; /* 0 = none */
	uint32_t strikes;
	rep_judged_t judged;
	rep_counts_t counts; /* of the window */
} rep_route_view_t;

typedef struct rep_number_view
{
	rep_e164_t number;
	rep_state_t state;
	rep_reason_t reason;
	rep_time_t since, until; /* ms; 0 = none */
	uint32_t strikes, turn;
	uint32_t in_flight, used_today, cap_day; /* cap_day in force, 0 = none */
	rep_time_t last_used;
	rep_judged_t judged; /* since the last turn */
	/* a chart over its threshold that benched it nowhere, REP_CHARTS = none;
	 * until `held_until` (0 = no) a pool-wide cause explains it */
	rep_chart_t over;
	rep_time_t held_until;
	rep_counts_t counts;	 /* of the window, all nodes, all turns */
	rep_counts_t since_turn; /* of the window, this turn only */
	bool usable;			 /* if its pool goes on: */
	rep_pick_t refused;		 /* why that picks nothing; REP_PICKED = it does */
	bool observed;			 /* observe mode: its state withholds nothing */
	/* the route (the first, where there are several) that it is benched on;
	 * one that is benched on every route it is used on shows that state */
	char benched_on[REP_ROUTE_MAX + 1];
	char block[128]; /* that it belongs to and that went bad, in words */
} rep_number_view_t;

/* False when unknown. `routes` may be NULL; at most `max` are written, their
 * count to `*n_routes`: those with evidence, then those with no more than a
 * verdict. */
bool rep_view_number(rep_registry_t *registry, int pool, rep_e164_t number,
		rep_time_t now, rep_number_view_t *out, rep_route_view_t *routes,
		size_t max, size_t *n_routes);

/* The numbers of a pool, up to `max` from `*cursor` on (start with 0), in no
 * order that matters; returns how many, 0 at the end. */
size_t rep_view_list(rep_registry_t *registry, int pool, rep_time_t now,
		uint32_t *cursor, rep_number_view_t *out, size_t max);

/* One bucket of a number's evidence, for explanations. */
typedef struct rep_bucket_view
{
	uint32_t bucket;	 /* its start, minutes since 1970 */
	uint32_t turn;		 /* of the number's verdict, */
	uint32_t route_turn; /* and of that on its route, when it was counted */
	rep_dims_t dims;
	bool repeat;	   /* calls that are in no chart and no yardstick */
	rep_counts_t own;  /* the number's, over all nodes */
	rep_counts_t pool; /* the pool's in this bucket under these labels */
} rep_bucket_view_t;

/* Newest first; returns how many of at most `max`. */
size_t rep_view_buckets(rep_registry_t *registry, int pool, rep_e164_t number,
		rep_bucket_view_t *out, size_t max);

typedef struct rep_pool_view
{
	const char *name;
	uint32_t numbers, by_state[REP_STATES];
	/* of those that are warming, active or on probation: without the policy's
	 * tags or attestation; with a cap reached; the others (benched ones too in
	 * observe mode), which are usable if the pool goes on */
	uint32_t no_match, capped, usable;
	uint32_t in_flight, used_today;
	bool stopped; /* share benched, or nothing usable */
	rep_pick_t stop_reason;
	rep_pick_t refused;	 /* why it picks nothing at all; REP_PICKED = it does */
	rep_counts_t counts; /* of the window */
	rep_baseline_t baseline;
	rep_spread_t spread; /* how much healthy numbers and lists differ */
	uint64_t picks, refusals, refused_by[REP_PICKS];
	bool paused;
	rep_time_t paused_until; /* 0 = without an end */
} rep_pool_view_t;

/* What a pool refuses calls for, now, on a route or ("") as a whole. */
typedef struct rep_refusing_view
{
	rep_pick_t why;
	char route[REP_ROUTE_MAX + 1];
	rep_time_t since;
	uint32_t calls; /* refused, since then */
} rep_refusing_view_t;

/* Returns how many of at most `max`. */
size_t rep_view_refusing(rep_registry_t *registry, int pool,
		rep_refusing_view_t *out, size_t max);

/* The labels that the pool knows, without ""; returns how many of `max`. */
size_t rep_view_labels(rep_registry_t *registry, int pool,
		char (*out)[REP_ROUTE_MAX + 1], size_t max);

/* Holds the pool's lock while it looks at every number: for RPC. */
bool rep_view_pool(rep_registry_t *registry, int pool, rep_time_t now,
		rep_pool_view_t *out);

/* Views of numbers whose published health is out of date, by something that
 * this node has done: counts and verdicts that were drained for others, numbers
 * that are new, evidence that grew too old. They count as taken. */
size_t rep_pool_drain_health(rep_registry_t *registry, int pool, rep_time_t now,
		rep_number_view_t *out, size_t max);
uint32_t rep_pool_health_waits(rep_registry_t *registry, int pool);
/* Taken but not delivered, all of them, or (`now` is not 0) those that have
 * changed since: they will be taken again. */
void rep_pool_requeue_health(rep_registry_t *registry, int pool,
		const rep_number_view_t *views, size_t n, rep_time_t now);

#endif
