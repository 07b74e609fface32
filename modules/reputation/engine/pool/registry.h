/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The registry: every pool with its numbers, their evidence and their verdicts.
 *
 * One registry stands in shared memory and serves all processes. Every function
 * here takes the locks that it needs and gives them back before it returns;
 * none does I/O, and none holds a lock over anything that grows with the
 * number of numbers, unless it says so. Results are copied out: no pointer
 * into the registry leaves it. A pool is named by its index, which stays valid
 * for the life of the registry; a number in use by a call by a ticket. */

#ifndef REP_REGISTRY_H
#define REP_REGISTRY_H

#include "../judge/chart.h"
#include "../reply/outcome.h"
#include "../judge/policy.h"
#include "../judge/state.h"
#include "../base/types.h"

typedef struct rep_registry rep_registry_t;

#define REP_POOLS_MAX 1024
#define REP_NO_POOL (-1)
#define REP_ROUTES_MAX 64 /* labels a pool, "" (no route) among them */

/* `max_numbers`: over all pools. NULL when there is no memory. */
rep_registry_t *rep_registry_create(uint32_t max_numbers);
void rep_registry_destroy(rep_registry_t *registry); /* NULL is fine */

/* Nothing is shared: nobody will take cells, records or health. */
void rep_registry_alone(rep_registry_t *registry);

/* Observe mode (`mode = observe`): everything is judged, nothing withheld. */
void rep_registry_observe(rep_registry_t *registry, bool observe);
bool rep_registry_observes(const rep_registry_t *registry);

/* ---- what an operator says ------------------------------------------- */

/* [A-Za-z0-9_-]{1,64} */
bool rep_pool_name_fits(rep_span_t name);

/* The pool of that name, or REP_NO_POOL. Lock-free. */
int rep_registry_find(const rep_registry_t *registry, rep_span_t name);

/* The pool of that name, made if need be; REP_NO_POOL when the name is not
 * [A-Za-z0-9_-]{1,64} or there is no room. */
int rep_registry_put(rep_registry_t *registry, rep_span_t name);

/* The pool is no longer offered and rep_registry_find() passes it over; its
 * numbers and their history go. Its index is kept for the same name. */
void rep_registry_drop(rep_registry_t *registry, int pool);

/* Pools there are or were: indices 0 .. count - 1. */
int rep_registry_pools(const rep_registry_t *registry);
/* The name of a pool, "" when it is dropped. Valid as long as the registry. */
const char *rep_registry_name(const rep_registry_t *registry, int pool);

/* What an operator says of a number (rep:numbers:{POOL}). Copied. */
typedef struct rep_attrs
{
	float weight;		/* > 0; 1 is usual */
	uint32_t cap_day;	/* 0 = the policy's */
	int32_t since_day;	/* days since 1970-01-01; 0 = established */
	rep_state_t status; /* REP_ACTIVE, REP_PAUSED or REP_RETIRED */
	rep_span_t tags;	/* "a,b,c" */
	rep_span_t attest;	/* "route=A,other=B" */
	rep_span_t note;
} rep_attrs_t;

/* Loads: a pool is read as a whole (or again after an edit) under a fresh
 * load number; what the load does not name goes at its end. */

/* True when the number is known with attributes of this hash: it is marked
 * as seen in `load` and there is nothing more to do. */
bool rep_pool_same(rep_registry_t *registry, int pool, rep_e164_t number,
		uint64_t hash, uint32_t load);

/* Add the number, or change its attributes; its history stays. Returns 1
 * new, 0 known, -1 the table is full (max_numbers or memory). */
int rep_pool_put(rep_registry_t *registry, int pool, rep_e164_t number,
		const rep_attrs_t *attrs, uint64_t hash, uint32_t load, rep_time_t now);

/* The same number stays as it is although its new attributes are malformed:
 * mark as seen. False when it is unknown. */
bool rep_pool_seen(
		rep_registry_t *registry, int pool, rep_e164_t number, uint32_t load);

/* Remove one number; false when unknown. */
bool rep_pool_remove(rep_registry_t *registry, int pool, rep_e164_t number);

/* Remove what was not seen in `load`, looking at up to `slice` numbers from
 * `*cursor` on (start with 0). True when there is more to look at. Those
 * removed are written to `gone` (room for `slice`), their count to `*n`. */
bool rep_pool_sweep(rep_registry_t *registry, int pool, uint32_t load,
		uint32_t *cursor, uint32_t slice, rep_e164_t *gone, size_t *n);

/* The policy in force from here on. Looks at every number of the pool. */
void rep_pool_set_policy(rep_registry_t *registry, int pool,
		const rep_policy_t *policy, rep_time_t now);
bool rep_pool_policy(rep_registry_t *registry, int pool, rep_policy_t *out);
/* Its default_country alone. */
bool rep_pool_country(rep_registry_t *registry, int pool, char out[3]);

/* The pool's clock: seconds to add to UTC for its `time_zone`, now. */
void rep_pool_set_utc_offset(
		rep_registry_t *registry, int pool, int32_t seconds);

/* The number of the pool whose low 32 bits these are; 0 when there is none, or
 * more than one. For clients that cut numbers down (kamcmd). Looks at every
 * number under the pool's lock. */
rep_e164_t rep_pool_find_cut(rep_registry_t *registry, int pool, uint32_t low);

/* ---- calls ----------------------------------------------------------- */

/* A number in use by a call. Plain data; stays harmless when the number or
 * its pool is removed or reused in the meantime. */
typedef struct rep_ticket
{
	rep_e164_t number; /* 0 = no ticket */
	int32_t pool;
	uint32_t index, generation;
	uint32_t stamp; /* of the verdict, at the time of the pick */
	uint16_t route; /* label's index in the pool */
	bool holds;		/* counts as in flight until the hang-up */
	bool limited;	/* its pool limits calls at once */
} rep_ticket_t;

typedef struct rep_picked
{
	rep_pick_t result;
	rep_state_t state; /* of the number */
	float score;
	bool exhausted; /* `least_bad`: picked although the pool stops */
} rep_picked_t;

/* Pick a caller ID. `route` may be empty. With `dry` nothing changes and no
 * ticket is made out beyond its `number`. */
rep_picked_t rep_pool_pick(rep_registry_t *registry, int pool,
		rep_e164_t callee, rep_span_t route, rep_time_t now, bool dry,
		rep_ticket_t *ticket);

/* A ticket for a number chosen elsewhere (no caps); false when unknown. */
bool rep_pool_track(rep_registry_t *registry, int pool, rep_e164_t number,
		rep_span_t route, rep_time_t now, rep_ticket_t *ticket);

/* A ticket for evidence learnt outside a call: counts as no use of the number
 * and holds nothing. False when unknown. */
bool rep_pool_ticket(rep_registry_t *registry, int pool, rep_e164_t number,
		rep_span_t route, rep_ticket_t *ticket);

/* The label of a ticket's route, "" for none. */
void rep_ticket_route(rep_registry_t *registry, const rep_ticket_t *ticket,
		char label[REP_ROUTE_MAX + 1]);

/* The ticket's route from here on (a failover keeps the number). */
void rep_ticket_reroute(
		rep_registry_t *registry, rep_ticket_t *ticket, rep_span_t route);

/* Count one outcome and judge. False when the number is gone (nothing
 * counted). */
bool rep_ticket_count(rep_registry_t *registry, const rep_ticket_t *ticket,
		rep_outcome_t outcome, rep_time_t now);

/* Caller ID or signature is refused: announced, once a minute and pool.
 * rep_ticket_count() of REP_REFUSED does it too. */
void rep_ticket_refused(
		rep_registry_t *registry, const rep_ticket_t *ticket, rep_time_t now);

/* The call is over: gives back what cap_concurrent counted. Once a ticket. */
void rep_ticket_hang_up(
		rep_registry_t *registry, rep_ticket_t *ticket, rep_time_t now);

/* ---- by hand --------------------------------------------------------- */

/* `seconds` 0 = the policy's rest. False when unknown. */
bool rep_pool_bench(rep_registry_t *registry, int pool, rep_e164_t number,
		uint32_t seconds, rep_reason_t reason, rep_time_t now);
/* Back to active, without probation. The strikes stay. */
bool rep_pool_release(
		rep_registry_t *registry, int pool, rep_e164_t number, rep_time_t now);
/* Forget history, strikes and verdict. */
bool rep_pool_reset(
		rep_registry_t *registry, int pool, rep_e164_t number, rep_time_t now);

/* ---- time ------------------------------------------------------------ */

/* Returns from rest, windows of caps, age of evidence, baselines: whatever
 * comes due, up to a bounded amount of work a call. Call it every 100 ms or
 * so from one process. True when more is due already. */
bool rep_registry_tick(rep_registry_t *registry, rep_time_t now);

/* ---- views ----------------------------------------------------------- */

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
	rep_judged_t judged;	 /* since the last turn */
	rep_counts_t counts;	 /* of the window, all nodes, all turns */
	rep_counts_t since_turn; /* of the window, this turn only */
	bool usable;
	bool observed; /* observe mode: its state withholds nothing */
	/* the route (the first, where there are several) that it is benched on;
	 * one that is benched on every route it is used on shows that state */
	char benched_on[REP_ROUTE_MAX + 1];
} rep_number_view_t;

/* False when unknown. `routes` may be NULL; at most `max` are written, their
 * count to `*n_routes`. */
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
	char route[REP_ROUTE_MAX + 1];
	rep_counts_t own;  /* the number's, over all nodes */
	rep_counts_t pool; /* the pool's in this bucket on this route */
} rep_bucket_view_t;

/* Newest first; returns how many of at most `max`. */
size_t rep_view_buckets(rep_registry_t *registry, int pool, rep_e164_t number,
		rep_bucket_view_t *out, size_t max);

typedef struct rep_pool_view
{
	const char *name;
	uint32_t numbers, usable, capped, by_state[REP_STATES];
	uint32_t in_flight, used_today;
	bool stopped; /* share benched, or nothing usable */
	rep_pick_t stop_reason;
	rep_counts_t counts; /* of the window */
	rep_baseline_t baseline;
	uint64_t picks, refusals;
} rep_pool_view_t;

/* Holds the pool's lock while it looks at every number: for RPC. */
bool rep_view_pool(rep_registry_t *registry, int pool, rep_time_t now,
		rep_pool_view_t *out);

typedef struct rep_registry_stats
{
	uint32_t pools, numbers, max_numbers;
	uint64_t picks, refusals, counted, lost; /* lost: the number was gone */
	uint64_t full_numbers, full_memory, full_routes;
	size_t bytes; /* memory in use */
} rep_registry_stats_t;

void rep_registry_stats(rep_registry_t *registry, rep_registry_stats_t *out);

/* ---- sharing with other proxies -------------------------------------- */

/* One cell of evidence: a number's outcomes in one bucket, on one route, in
 * one turn of its verdict. Own counts only ever grow. */
typedef struct rep_cell
{
	rep_e164_t number;
	uint32_t bucket; /* its start, minutes since 1970 */
	uint32_t stamp;
	char route[REP_ROUTE_MAX + 1];
	rep_counts_t counts;
} rep_cell_t;

/* Copy out up to `max` cells whose own counts (this node's) changed since
 * they were last taken. They count as taken. */
size_t rep_pool_drain_cells(
		rep_registry_t *registry, int pool, rep_cell_t *out, size_t max);

/* Taken but not delivered: they will be taken again. */
void rep_pool_requeue_cells(
		rep_registry_t *registry, int pool, const rep_cell_t *cells, size_t n);

/* Everything of this node's counts as changed again: cells and records. For
 * a store that may have lost what it acknowledged. Looks at every number. */
void rep_pool_requeue_all(rep_registry_t *registry, int pool);

/* What all the OTHER nodes together counted in this cell (absolute; replaces
 * what was known). Judges. False: unknown number, too old, or no room. */
bool rep_pool_put_others(rep_registry_t *registry, int pool,
		const rep_cell_t *cell, rep_time_t now);

/* A verdict, as nodes share it: of a number (route "") or of a number on one
 * route. `turn` grows by one with each move; the higher one is the newer. */
typedef struct rep_record
{
	rep_e164_t number;
	char route[REP_ROUTE_MAX + 1];
	uint32_t turn;
	uint32_t reset;	   /* turn of the last reset: older cells are forgotten */
	rep_state_t state; /* REP_ACTIVE, REP_BENCHED or REP_PROBATION */
	rep_reason_t reason;
	rep_time_t since, until;
	rep_time_t struck; /* last strike, or its last decay; 0 = never */
	uint32_t strikes;
	float score;
} rep_record_t;

size_t rep_pool_drain_records(
		rep_registry_t *registry, int pool, rep_record_t *out, size_t max);
void rep_pool_requeue_records(rep_registry_t *registry, int pool,
		const rep_record_t *records, size_t n);

/* Another node's verdict; announced if it was made since the first tick. Taken
 * over when its turn is higher, or the same
 * with other content (`authority`: the store chose it over ours). Returns 1
 * taken over, 0 ours stays, -1 unknown number. */
int rep_pool_adopt(rep_registry_t *registry, int pool,
		const rep_record_t *record, bool authority, rep_time_t now);

/* Views of numbers whose published health is out of date; they count as
 * taken. */
size_t rep_pool_drain_health(rep_registry_t *registry, int pool, rep_time_t now,
		rep_number_view_t *out, size_t max);
void rep_pool_requeue_health(rep_registry_t *registry, int pool,
		const rep_number_view_t *views, size_t n);

/* ---- edges: what is to be announced ---------------------------------- */

typedef enum rep_event_kind
{
	REP_EVENT_BENCHED,
	REP_EVENT_RELEASED, /* back from rest, on probation or active */
	REP_EVENT_POOL_ALARM,
	REP_EVENT_POOL_EXHAUSTED,
	REP_EVENT_REFUSED, /* caller ID or signature refused */
	REP_EVENTS
} rep_event_kind_t;

const char *rep_event_name(rep_event_kind_t kind); /* "benched" ... */

typedef struct rep_event
{
	rep_event_kind_t kind;
	bool adopted;  /* another node announced it first */
	bool observed; /* observe mode: nothing is withheld */
	int32_t pool;
	rep_e164_t number; /* 0 for a pool's edge */
	char route[REP_ROUTE_MAX + 1];
	rep_time_t at;
	uint32_t turn;
	rep_state_t state;
	rep_reason_t reason;
	rep_pick_t stop; /* POOL_EXHAUSTED: why */
	rep_outcome_t outcome;
	rep_time_t since, until;
	uint32_t strikes;
	rep_judged_t judged;
	rep_counts_t counts; /* the evidence: since the last turn */
	rep_counts_t pool_counts;
	float mix[REP_OUTCOMES]; /* the baseline */
	char detail[128];		 /* POOL_ALARM: the dimension, in words */
} rep_event_t;

/* Edges in order, from `*cursor` on (start with 0); several readers may each
 * have a cursor. The oldest are lost when more than REP_EVENT_RING wait. */
#define REP_EVENT_RING 1024
size_t rep_events_read(rep_registry_t *registry, uint64_t *cursor,
		rep_event_t *out, size_t max);

/* ---- edits through RPC that the store is to write ------------ */

#define REP_EDITS 64

typedef struct rep_edit
{
	bool remove; /* else add, or change */
	int32_t pool;
	rep_e164_t number;
	char json[512]; /* attributes, as in rep:numbers:{POOL} */
} rep_edit_t;

bool rep_edit_put(
		rep_registry_t *registry, const rep_edit_t *edit); /* false: full */
bool rep_edit_drain(rep_registry_t *registry, rep_edit_t *edit);

#endif
