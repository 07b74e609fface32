/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the registry looks inside. Only the files that implement registry.h include
 * this. Every function here that takes a rep_pool_t wants its lock held. */

#ifndef REP_POOL_H
#define REP_POOL_H

#include <stdatomic.h>

#include "registry.h"
#include "../base/heap.h"
#include "../base/mem.h"
#include "../base/slab.h"

#define REP_NONE UINT32_MAX /* no index */

/* ---- evidence -------------------------------------------------------- */

/* A verdict's turn as evidence remembers it: eight bits of the number's, eight
 * of the verdict's on the cell's route. */
typedef uint16_t rep_stamp_t;

/* A cell holds the outcomes of one number in one bucket, on one route, under
 * one stamp. Most fit into eight-bit counters; one that does not is moved to
 * a wide cell. References: index, with REP_WIDE set for wide ones. */
#define REP_WIDE 0x80000000u

enum
{
	REP_CELL_DIRTY = 1
};

typedef struct rep_cell_head
{
	uint32_t next;	 /* older cell of the same number, or REP_NONE */
	uint32_t bucket; /* its start, minutes since 1970 */
	rep_stamp_t stamp;
	uint8_t route;
	uint8_t flags;
} rep_cell_head_t;

typedef struct rep_narrow
{
	rep_cell_head_t head;
	uint8_t own[REP_OUTCOMES], others[REP_OUTCOMES];
} rep_narrow_t;

typedef struct rep_wide
{
	rep_cell_head_t head;
	uint32_t own[REP_OUTCOMES], others[REP_OUTCOMES];
} rep_wide_t;

/* The pool's own counts in one bucket on one route. */
typedef struct rep_row
{
	uint32_t bucket;
	rep_counts_t counts;
	rep_sums_t sums; /* of the counts, for the judge */
} rep_row_t;

/* ---- verdicts -------------------------------------------------------- */

enum
{
	REP_VERDICT_DIRTY = 1
};

typedef struct rep_verdict
{
	rep_time_t since, until;
	uint32_t turn;
	uint32_t reset;	 /* turn of the last reset */
	uint32_t struck; /* s: last strike, or start of the good standing */
	float score;
	uint16_t strikes;
	uint8_t state; /* REP_ACTIVE, REP_BENCHED or REP_PROBATION */
	uint8_t reason;
	uint8_t flags;
} rep_verdict_t;

/* A number's verdict on one route; made when there is first one to make. */
typedef struct rep_routed
{
	uint32_t next;
	uint8_t route;
	rep_verdict_t verdict;
} rep_routed_t;

/* ---- numbers --------------------------------------------------------- */

enum
{
	REP_LIVE = 1 << 0,
	REP_MATCHES = 1 << 1,	   /* has the policy's tags */
	REP_DIRTY_CELLS = 1 << 2,  /* stands in the pool's list of them */
	REP_DIRTY_RECORD = 1 << 3, /* likewise */
	REP_DIRTY_HEALTH = 1 << 4  /* likewise */
};

typedef struct rep_window
{
	uint32_t at; /* which minute, hour or day */
	uint32_t used;
} rep_window_t;

typedef struct rep_number
{
	rep_e164_t e164;
	char *text; /* tags, attest and note, each with a zero; or NULL */
	uint64_t hash;
	uint64_t key;	 /* place in the order of picks */
	uint64_t queued; /* bit q: stands in queue q */
	rep_verdict_t verdict;
	uint32_t next; /* in the index */
	uint32_t generation;
	uint32_t load;
	uint32_t cells;	 /* newest cell */
	uint32_t routed; /* first verdict on a route */
	uint32_t wake;	 /* s: when it stands in the timer, 0 = not */
	uint32_t later;	 /* s: a later entry that is still there, 0 = none */
	uint32_t last_used;
	uint32_t in_flight;
	uint32_t trial; /* judged calls in this turn */
	rep_window_t minute, hour, day;
	uint32_t cap_day;
	int32_t since_day;
	float weight;
	uint8_t status, flags, chart;
} rep_number_t;

typedef struct rep_index
{
	uint32_t *heads, *old; /* old: being moved over */
	uint32_t mask, old_mask, moved, count;
} rep_index_t;

/* Numbers that somebody is to look at. Room for all numbers is kept, so that
 * adding needs no memory. */
typedef struct rep_fifo
{
	uint32_t *items;
	uint32_t head, count, room;
} rep_fifo_t;

typedef struct rep_route
{
	char label[REP_ROUTE_MAX + 1];
	uint8_t len;
	/* numbers that match, are in use, and are benched on this route */
	uint32_t benched;
	bool stop_announced;
	rep_heap_t queue;
	bool open; /* the queue is kept */
	rep_row_t *rows;
	rep_counts_t window;
	rep_baseline_t baseline;
} rep_route_t;

struct rep_pool
{
	rep_lock_t lock;
	rep_registry_t *registry;
	char name[REP_POOL_MAX + 1];
	_Atomic bool live;
	int32_t id;
	rep_policy_t policy;
	rep_charts_t charts;
	rep_baseline_t baseline; /* of all routes together */
	rep_time_t baseline_at, measured_at, ticked_at;
	uint32_t charts_made;
	int32_t utc_offset;

	rep_slab_t numbers, narrow, wide, routed;
	rep_index_t index;
	rep_fifo_t dirty_cells, dirty_records, dirty_health;
	rep_heap_t timer;
	uint64_t clock;	 /* of the weighted order: key of the last pick */
	uint64_t newest; /* highest key given out */
	uint32_t generations;
	/* cursors; the last two REP_NONE = nothing to do */
	uint32_t sweep, refresh, refill;

	rep_route_t *routes[REP_ROUTES_MAX];
	uint32_t n_routes;
	uint32_t n_rows; /* slots of a ring of rows */
	rep_counts_t window;

	uint32_t live_numbers;
	/* warming counts as active here */
	uint32_t by_state[REP_STATES];
	uint32_t matching[REP_STATES]; /* of those, with the policy's tags */
	uint32_t in_flight;
	rep_window_t day;
	/* while a pool-wide cause explains what a chart shows: nobody is benched
	 * by it until then */
	rep_time_t held_until[REP_CHARTS];
	uint64_t picks, refusals;
	rep_time_t refused_at;
};
typedef struct rep_pool rep_pool_t;

struct rep_registry
{
	_Atomic int n_pools;
	_Atomic uint32_t n_numbers;
	uint32_t max_numbers;
	_Atomic bool observe;
	_Atomic bool alone; /* nothing is shared */
	rep_lock_t lock;	/* of the list of pools */
	rep_pool_t *pools[REP_POOLS_MAX];
	_Atomic uint64_t counted, lost;
	_Atomic uint64_t full_numbers, full_memory, full_routes;

	_Atomic rep_time_t started; /* of the first tick */
	rep_time_t asked_at;		/* for causes; by the process that ticks */
	struct rep_alarms *alarms;

	rep_lock_t event_lock;
	uint64_t event_count;
	rep_event_t events[REP_EVENT_RING];

	uint32_t edit_head, edit_count; /* under edge_lock */
	rep_edit_t edits[REP_EDITS];
};

/* ---- registry.c ---------------------------------------------------------- */

/* The pool of that index with its lock held, or NULL (nothing held) when
 * there is none or it is dropped. */
rep_pool_t *rep_pool_lock(const rep_registry_t *registry, int pool);
void rep_pool_unlock(rep_pool_t *pool);
void rep_event_announce(rep_registry_t *registry, const rep_event_t *event);
static inline bool rep_observed(const rep_pool_t *pool)
{
	return atomic_load_explicit(&pool->registry->observe, memory_order_relaxed);
}

/* ---- numbers.c ------------------------------------------------------- */

/* What by_state counts: the operator's word, else the verdict. */
static inline rep_state_t rep_number_standing(const rep_number_t *number)
{
	return number->status == REP_ACTIVE ? number->verdict.state
										: number->status;
}

static inline rep_number_t *rep_number_at(const rep_pool_t *pool, uint32_t i)
{
	return rep_slab_at(&pool->numbers, i);
}
/* The pool with its lock held and the number's index; NULL (nothing held) when
 * either is unknown. */
rep_pool_t *rep_number_lock(
		rep_registry_t *registry, int pool, rep_e164_t e164, uint32_t *i);
/* Index of a number, or REP_NONE. */
uint32_t rep_number_find(const rep_pool_t *pool, rep_e164_t e164);
/* Take a number into the counts of its pool (`by` 1), or out of them (-1):
 * around every change of what they count. */
void rep_number_account(rep_pool_t *pool, const rep_number_t *number, int by);
/* Index of a ticket's number, or REP_NONE when it is gone. */
uint32_t rep_number_index(const rep_pool_t *pool, const rep_ticket_t *ticket);
void rep_number_forget(rep_pool_t *pool, uint32_t i);
/* Set REP_MATCHES anew. */
void rep_number_match(rep_pool_t *pool, rep_number_t *number);
/* Take the slot back once nothing refers to it any more. */
void rep_number_reap(rep_pool_t *pool, uint32_t i);
void rep_numbers_clear(rep_pool_t *pool);
/* The attestation of a number on a route ('A'..'C', 0 = none); on any route
 * the best one when `route` is empty. */
char rep_number_attest(const rep_number_t *number, const rep_route_t *route);

/* Route label -> index, made if need be; 0 (no route) when the table is full
 * or the label is too long. */
uint32_t rep_route_put(rep_pool_t *pool, rep_span_t label);
/* The same, but none is made: 0 for one that is not known. */
uint32_t rep_route_find(const rep_pool_t *pool, rep_span_t label);

void rep_fifo_push(rep_fifo_t *list, uint32_t item);
uint32_t rep_fifo_pop(rep_fifo_t *list); /* the list is not empty */
int rep_fifo_reserve(rep_fifo_t *list, uint32_t n);
void rep_fifo_clear(rep_fifo_t *list);
/* Put a number on one of the pool's lists unless `flag` says it is there. */
void rep_number_mark(rep_pool_t *pool, uint32_t i, uint8_t flag);

/* ---- evidence.c ------------------------------------------------------ */

uint32_t rep_bucket_of(const rep_policy_t *policy, rep_time_t now);
/* Oldest bucket that still counts. */
uint32_t rep_bucket_oldest(const rep_policy_t *policy, rep_time_t now);
rep_cell_head_t *rep_cell_at(const rep_pool_t *pool, uint32_t ref);
void rep_cell_own(const rep_pool_t *pool, uint32_t ref, rep_counts_t *out);
/* Own and others' together, added to `sum`. */
void rep_cell_add(const rep_pool_t *pool, uint32_t ref, rep_counts_t *sum);
bool rep_evidence_count(rep_pool_t *pool, uint32_t i, rep_stamp_t stamp,
		uint8_t route, rep_outcome_t outcome, rep_time_t now);
bool rep_evidence_put_others(rep_pool_t *pool, uint32_t i, uint32_t bucket,
		rep_stamp_t stamp, uint8_t route, const rep_counts_t *others);
/* Free cells older than `oldest`. */
void rep_evidence_trim(rep_pool_t *pool, rep_number_t *number, uint32_t oldest);
void rep_evidence_forget(rep_pool_t *pool, rep_number_t *number);
/* The pool's row for a bucket on a route; NULL when it has none. */
const rep_row_t *rep_row_of(
		const rep_pool_t *pool, uint8_t route, uint32_t bucket);
/* The weights have changed: make the sums of all rows anew. */
void rep_rows_resum(rep_pool_t *pool);
/* Rows of buckets that no longer count are taken out of the window. */
void rep_rows_expire(rep_pool_t *pool, uint32_t oldest);
/* Buckets or window changed: begin to make all rows anew. What is counted of
 * a number before its turn comes with it. */
void rep_rows_rebuild(rep_pool_t *pool);
/* Go on with at most `max` numbers; true when there are more. */
bool rep_rows_refill(rep_pool_t *pool, uint32_t max);

/* ---- assess.c -------------------------------------------------------- */

/* What the evidence of one number says, as a whole and by route. */
typedef struct rep_assessment
{
	rep_judged_t sum;
	rep_counts_t counts; /* of this turn */
	rep_counts_t window; /* of the window, all turns */
	rep_counts_t pool;	 /* the pool's, in the buckets of this turn */
	unsigned n_routes;	 /* with evidence, "" among them */
	struct rep_assessed
	{
		uint8_t route;
		rep_judged_t judged;
		rep_counts_t counts, window, pool;
	} routes[REP_ROUTES_MAX];
} rep_assessment_t;

void rep_assess(const rep_pool_t *pool, const rep_number_t *number,
		rep_time_t now, rep_assessment_t *out);
/* Outcomes that are judged, of these. */
uint32_t rep_counts_judged(const rep_counts_t *counts);
void rep_counts_add(rep_counts_t *sum, const rep_counts_t *counts);

/* ---- verdict.c ------------------------------------------------------- */

rep_stamp_t rep_stamp_of(
		const rep_pool_t *pool, const rep_number_t *number, uint8_t route);
/* The turn that the eight bits of a stamp stand for, while the verdict is in
 * `turn`: that one, one of the 191 before it or of the 64 after it. */
#define REP_STAMP_PAST 192
uint32_t rep_stamp_turn(uint32_t turn, unsigned bits);
/* The turns of the number and on the route in which a cell was counted. */
void rep_stamp_read(const rep_pool_t *pool, const rep_number_t *number,
		const rep_cell_head_t *cell, uint32_t *turn, uint32_t *route_turn);
/* The number's verdict on a route, 0 = everywhere; NULL when none was made. */
rep_verdict_t *rep_verdict_of(
		const rep_pool_t *pool, const rep_number_t *number, uint8_t route);
/* The same, made if need be; NULL without memory. */
rep_verdict_t *rep_verdict_put(
		rep_pool_t *pool, rep_number_t *number, uint8_t route);
/* The state itself, with what depends on it. */
void rep_verdict_set(rep_pool_t *pool, rep_number_t *number,
		rep_verdict_t *verdict, rep_state_t state);
/* After a move: it is to be shared, published, and to have its effect. */
void rep_verdict_moved(
		rep_pool_t *pool, uint32_t i, rep_verdict_t *verdict, rep_time_t now);
/* `judged`, `counts` and `pool_counts` may be NULL. */
void rep_verdict_announce(rep_pool_t *pool, const rep_number_t *number,
		uint8_t route, rep_event_kind_t kind, const rep_judged_t *judged,
		const rep_counts_t *counts, const rep_counts_t *pool_counts,
		bool adopted, rep_time_t now);
/* The evidence is gone. */
void rep_verdict_forget(rep_pool_t *pool, uint32_t i);
/* Judge a number on what is known now and make the moves that follow. */
void rep_verdict_judge(rep_pool_t *pool, uint32_t i, rep_time_t now);
/* Returns from rest that are due. */
void rep_verdict_due(rep_pool_t *pool, uint32_t i, rep_time_t now);
/* When the next return is due, ms; 0 = none. */
rep_time_t rep_verdict_next(const rep_pool_t *pool, const rep_number_t *number);
/* Strikes in force: those forgotten in good standing taken off. */
uint32_t rep_verdict_strikes(
		const rep_pool_t *pool, const rep_verdict_t *verdict, rep_time_t now);

/* ---- pick.c ---------------------------------------------------------- */

/* Something about the number changed: take it up where it may be picked, set
 * its timer where it may not. */
void rep_number_wake(rep_pool_t *pool, uint32_t i, rep_time_t now);
/* Everything that is due by `now`, at most `max` numbers. */
bool rep_timer_run(rep_pool_t *pool, rep_time_t now, uint32_t max);
/* Why the pool stops, on a route or (0) as a whole; REP_PICKED = it does not. */
rep_pick_t rep_pool_stop(const rep_pool_t *pool, uint8_t route);
/* Announce stops, of the pool or on a route, once per edge. */
void rep_pool_check_stop(rep_pool_t *pool, rep_time_t now);
/* The state as users see it. */
rep_state_t rep_number_state(
		const rep_pool_t *pool, const rep_number_t *number, rep_time_t now);
bool rep_number_usable(const rep_pool_t *pool, const rep_number_t *number,
		uint8_t route, rep_time_t now);
/* The cap of a day in force: the least of policy, number and warm-up; 0 none. */
uint32_t rep_number_cap_day(
		const rep_pool_t *pool, const rep_number_t *number, rep_time_t now);
uint32_t rep_window_used(const rep_window_t *window, uint32_t at);
uint32_t rep_day_of(const rep_pool_t *pool, rep_time_t now);

/* ---- tick.c ---------------------------------------------------------- */

/* Make the pool's baselines anew from its window. Takes the lock itself, and
 * not for the arithmetic. */
void rep_pool_measure(rep_pool_t *pool, rep_time_t now);
/* Look at numbers again from the cursor `refresh` on, at most `max`; true
 * when there are more. */
bool rep_pool_refresh(rep_pool_t *pool, rep_time_t now, uint32_t max);

/* ---- alarm.c --------------------------------------------------------- */

/* Does the pool as a whole, a route, or everything shift? Asked once a
 * minute; announces each cause once while it lasts. */
void rep_alarms_tick(rep_registry_t *registry, rep_time_t now);
void rep_alarms_destroy(rep_registry_t *registry);

#endif
