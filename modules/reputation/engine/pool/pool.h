/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How pools look inside: structs alone. Only the files of engine/pool/ include
 * this. Everything of a pool is under its lock; functions that take a
 * rep_pool_t want it held, unless they say otherwise. */

#ifndef REP_POOL_H
#define REP_POOL_H

#include <stdatomic.h>

#include "edit.h"
#include "event.h"
#include "handle.h"
#include "local.h"
#include "recent.h"
#include "ticket.h"
#include "../callee/dnc.h"
#include "../callee/guard.h"
#include "../base/fifo.h"
#include "../base/heap.h"
#include "../base/slab.h"
#include "../callee/clocks.h"
#include "../callee/quiet.h"
#include "../judge/baseline.h"
#include "../judge/spread.h"

#define REP_NONE UINT32_MAX /* no index */

/* ---- evidence -------------------------------------------------------- */

/* A cell holds the outcomes of one number in one bucket, in one stratum, under
 * one stamp; where a number is busy, in one piece of the bucket. Most fit into eight-bit counters; one that does not is moved to
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
	uint16_t stratum; /* its index in the pool */
	uint8_t flags;
	uint8_t weight; /* what a call counts in the row, of REP_WEIGHT */
	uint8_t piece;	/* of the bucket: neighbours in time differ */
} rep_cell_head_t;

typedef struct rep_narrow
{
	rep_cell_head_t head;
	uint8_t n[2 * REP_OUTCOMES]; /* this node's, then the others' */
} rep_narrow_t;

typedef struct rep_wide
{
	rep_cell_head_t head;
	uint32_t own[REP_OUTCOMES], others[REP_OUTCOMES];
} rep_wide_t;

/* The pool's own counts in one bucket in one stratum. */
typedef struct rep_row
{
	uint32_t bucket;
	rep_counts_t counts;  /* calls */
	rep_counts_t weighed; /* each by its cell's weight, of REP_WEIGHT */
	rep_sums_t sums;	  /* of what is weighed, for the judge */
} rep_row_t;

/* Calls that are held against each other: those on one route, of one campaign
 * to one network. Made when first counted in. Repeats (this callee has had
 * this outcome from this number) have strata of their own: they show in counts
 * and rates, but are in no yardstick, and judge nobody. */
typedef struct rep_stratum
{
	uint8_t route, campaign, network; /* indices in the pool; 0 = none */
	bool repeat;
	uint32_t cells;		  /* that count in it */
	rep_row_t *rows;	  /* a ring as long as the window, or NULL */
	rep_recent_t recent;  /* of the last hour: calls */
	rep_counts_t window;  /* of all rows: calls, */
	rep_counts_t weighed; /* and what they weigh */
} rep_stratum_t;

#define REP_STRATA_MAX 1024 /* a pool */

/* Names of campaigns, or of networks; the first is "", none. A name that
 * nothing is counted under any more makes room for another. */
typedef struct rep_names
{
	struct rep_name
	{
		char text[REP_ROUTE_MAX + 1];
		uint8_t life; /* how many stood here before */
	} * at;
	uint32_t n, room;
} rep_names_t;

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

/* Calls that a number was benched on: see past.h. */
typedef struct rep_past
{
	rep_time_t at;
	float seen[REP_JUDGED], expected[REP_JUDGED];
} rep_past_t;

/* What the older cells of a number came to when it was last judged as a whole:
 * see screen.h. Nats are kept in 256ths. */
typedef struct rep_screen_course
{
	uint16_t s[REP_CHARTS];		/* of the run that begins with them */
	uint16_t less[REP_CHARTS];	/* by which the urn thought less of it all */
	uint16_t limit[REP_CHARTS]; /* from here on it is judged again */
	uint16_t run[REP_CHARTS];	/* their cells in that run */
} rep_screen_course_t;

/* The first of a number: what is of the number as a whole, too. */
typedef struct rep_screen
{
	uint32_t next; /* of the same number, or REP_NONE */
	uint16_t stratum, charts;
	uint32_t from;		/* older cells are those before this bucket; */
	uint32_t read_from; /* when the number was judged as a whole, this one */
	uint32_t enough;	/* judged calls in the pool's window until then */
	uint32_t calls;		/* judged, of this turn, in older cells */
	bool routes;		/* each of the others has its route's course */
	rep_screen_course_t course;
	float mix[REP_JUDGED]; /* of the stratum's yardstick */
} rep_screen_t;

/* ---- numbers --------------------------------------------------------- */

enum
{
	REP_LIVE = 1 << 0,
	REP_MATCHES = 1 << 1,	   /* has the policy's tags */
	REP_DIRTY_CELLS = 1 << 2,  /* stands in the pool's list of them */
	REP_DIRTY_RECORD = 1 << 3, /* likewise */
	REP_DIRTY_HEALTH = 1 << 4, /* likewise */
	REP_UNJUDGED = 1 << 5,	   /* stands in the list of those to be judged */
	REP_WANTS_LEASE = 1 << 6,  /* likewise, of those that want a lease */
	REP_HAS_LEASE = 1 << 7	   /* likewise */
};

/* What is capped: calls in a period, or at once. */
typedef enum rep_cap
{
	REP_CAP_MINUTE,
	REP_CAP_HOUR,
	REP_CAP_DAY, /* of the pool's clock */
	REP_CAP_CONCURRENT,
	REP_CAP_TRIAL, /* judged in one probation, or at once */
	REP_CAPS,
	REP_CAP_PERIODS = REP_CAP_CONCURRENT
} rep_cap_t;

typedef struct rep_window
{
	uint32_t at; /* which minute, hour or day */
	uint32_t used;
} rep_window_t;

/* What this proxy may use of a cap that holds over all: see lease.h. */
typedef struct rep_lease
{
	uint32_t at;	  /* which minute, hour or day */
	uint32_t heard;	  /* s: when it was last confirmed */
	uint32_t granted; /* calls in it, of this proxy */
	uint32_t others;  /* calls granted to the others, when last heard */
	uint32_t left;	  /* and to nobody */
	bool wanted;	  /* somebody got nothing of it, of late */
} rep_lease_t;

/* Of a number: each cap's, of an even and of an odd period, since the next one
 * is asked for before it begins. */
typedef struct rep_leases
{
	rep_lease_t of[REP_CAPS][2];
	uint32_t told;	 /* s: when last asked for or told of */
	uint16_t size;	 /* calls that are asked for at once */
	uint8_t refused; /* how often in a row */
} rep_leases_t;

#define REP_PACE_SLOTS 21 /* of 50 ms: a second, and the one that runs */

/* Calls of the last second; see pace.h. */
typedef struct rep_pace
{
	int64_t next; /* us: the time of the next call */
	int64_t slot[REP_PACE_SLOTS];
	uint32_t n[REP_PACE_SLOTS];
} rep_pace_t;

typedef struct rep_number
{
	rep_e164_t e164;
	char *text; /* of rep_number_text(), or NULL */
	uint64_t hash;
	uint64_t key;	 /* place in the order of picks */
	uint64_t queued; /* bit q: stands in queue q */
	rep_verdict_t verdict;
	uint32_t next; /* in the index */
	uint32_t generation;
	uint32_t load;
	uint32_t cells;	 /* newest cell */
	uint32_t routed; /* first verdict on a route */
	uint32_t past;	 /* what it was benched on before */
	uint32_t screen; /* what its older cells came to */
	uint32_t wake;	 /* s: when it stands in the timer, 0 = not */
	uint32_t later;	 /* s: a later entry that is still there, 0 = none */
	uint32_t last_used;
	uint32_t in_flight;
	uint32_t trial; /* judged calls in this turn */
	rep_window_t windows[REP_CAP_PERIODS];
	rep_window_t tried;	 /* judged calls of this proxy, of one probation */
	uint32_t leases;	 /* REP_NONE: none was ever asked for */
	uint32_t lease_wait; /* s: none is to be had before; 0 = it may be */
	uint32_t cap_day;
	int32_t since_day;
	float weight;
	float s; /* nats on `chart`, when it was last judged */
	uint8_t status, flags, chart;
	uint8_t doubt;	   /* weight taken off its run, of REP_WEIGHT */
	uint8_t candidate; /* see candidates.h; 0 = it is none */
	uint32_t doubted;  /* cells of that run, */
	uint32_t begun;	   /* and the bucket in which it begins */
	uint16_t warned;   /* day on which its attestation was last told of */
} rep_number_t;

#define REP_WEIGHT_CLASSES 16 /* powers of two */

/* Numbers whose place in the order was given back to them: see queue.h. */
#define REP_BACK 64

typedef struct rep_index
{
	uint32_t *heads, *old; /* old: being moved over */
	uint32_t mask, old_mask, moved, count;
} rep_index_t;

/* A block of numbers that went bad together; see blocks.h and survey.h. */
#define REP_BLOCKS_MAX 32

typedef struct rep_bad_block
{
	uint64_t key;
	rep_time_t since;
	char name[REP_ROUTE_MAX + 1]; /* "+1555123" or "tag west" */
	uint32_t shown, numbers;	  /* members that show it, and all */
	uint32_t showing, counted;	  /* the same, of a survey under way */
	uint8_t chart;
	bool bad; /* now; if not, members rest for it */
} rep_bad_block_t;

/* Picks refused for one reason, from the first until the reason is over: see
 * refusals.h. */
typedef struct rep_refusals
{
	rep_time_t since, last; /* ms: the first, and the newest; since 0 = none */
	uint64_t picks;			/* the pool's, at the newest */
	uint32_t calls;
	uint8_t why;   /* rep_pick_t */
	uint8_t route; /* of the first */
	bool told;	   /* announced, or (silent) not to be */
	bool silent;
} rep_refusals_t;

/* The reasons of a pool: REP_PICK_ALL_BENCHED to this one. */
#define REP_POOL_REASONS (REP_PICK_LOADING + 1)

typedef struct rep_route
{
	char label[REP_ROUTE_MAX + 1];
	uint8_t len;
	/* numbers that match, are in use, and are benched on this route */
	uint32_t benched;
	rep_refusals_t refusing; /* since too many rest */
	rep_heap_t queue;
	bool open; /* the queue is kept */
	/* of its strata without repeats: calls, and what they weigh */
	rep_counts_t window, weighed;
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
	/* buckets: the newest that there may be a row of, and that of evidence
	 * which waits for its time, since a clock is or was ahead; 0 = none */
	uint32_t newest_row, newest_ahead;
	uint32_t charts_made;
	rep_spread_t spread;	 /* of its healthy numbers */
	rep_time_t spread_until; /* when it is measured again */
	int32_t utc_offset;

	rep_slab_t numbers, narrow, wide, routed, pasts, screens, leases;
	rep_index_t index;
	rep_ring_t candidates; /* numbers that an operator lets be picked, */
	rep_local_t local;	   /* and by their digits, for local match */
	uint32_t by_weight[REP_WEIGHT_CLASSES]; /* how many of them */
	rep_fifo_t dirty_cells, dirty_records, dirty_health;
	rep_fifo_t unjudged; /* since others' counts came */
	rep_fifo_t wants_lease, has_lease;
	rep_heap_t timer;
	rep_heap_entry_t back[REP_BACK];
	uint32_t n_back;
	uint64_t clock;	 /* of the weighted order: key of the last pick */
	uint64_t newest; /* highest key given out */
	uint32_t generations;
	uint32_t known; /* verdicts of generations before it were read */
	/* cursors; the last two REP_NONE = nothing to do */
	uint32_t sweep, refresh, refill;

	rep_route_t *routes[REP_ROUTES_MAX];
	uint32_t n_routes;
	rep_names_t campaigns, networks;
	rep_stratum_t **strata;
	uint32_t *strata_keys; /* what rep_stratum_put() finds them by */
	uint32_t n_strata, strata_room;
	uint32_t n_rows; /* slots of a ring of rows */
	/* of all strata without repeats: calls, and what they weigh */
	rep_counts_t window, weighed;

	uint32_t live_numbers;
	/* warming counts as active here */
	uint32_t by_state[REP_STATES];
	uint32_t matching[REP_STATES]; /* of those, with the policy's tags */
	uint32_t in_flight;
	rep_window_t day;
	rep_pace_t pace;
	/* of the pool's own caps: a call a second counts as one at once that lasts
	 * a second */
	rep_leases_t lease;
	uint32_t pace_told; /* s: when what is not used of it was last given up */
	bool wants_pool_lease, wants_pace, gives_up_leases;
	uint32_t retell; /* number whose leases are told again next, or REP_NONE */
	uint64_t picks_asked; /* picks and refusals when leases were last asked */
	/* while a pool-wide cause explains what a chart shows: nobody is benched
	 * by it until then */
	rep_time_t held_until[REP_CHARTS];
	rep_bad_block_t blocks[REP_BLOCKS_MAX];
	uint32_t n_blocks;
	rep_time_t surveyed_at;
	struct rep_survey *survey; /* under way, or NULL */
	bool paused;			   /* by the policy, now */
	uint64_t picks, refusals, refused[REP_POOL_REASONS];
	rep_refusals_t refusing[REP_POOL_REASONS]; /* for others than a rest */
	rep_time_t refused_at, warned_at;
	rep_quiet_known_t quiet;
	bool guarded; /* its callees were read from where they are shared */
};
typedef struct rep_pool rep_pool_t;

#define REP_NO_POOLS 16

/* Calls for a pool that there is not. */
typedef struct rep_no_pool
{
	char name[REP_POOL_MAX + 1];
	rep_time_t since, last; /* since 0 = a free place */
	uint32_t calls;
	bool told;
} rep_no_pool_t;

struct rep_registry
{
	_Atomic int n_pools;
	_Atomic uint32_t n_numbers;
	uint32_t max_numbers;
	_Atomic bool observe;
	_Atomic bool alone;		/* nothing is shared */
	_Atomic bool reach;		/* what is shared can be read */
	_Atomic bool leases;	/* caps hold over all proxies */
	_Atomic uint32_t nodes; /* proxies that share them; 0 = not known */
	rep_lock_t lock;		/* of the list of pools */
	rep_pool_t *pools[REP_POOLS_MAX];
	_Atomic uint64_t outcomes[REP_OUTCOMES], lost;
	_Atomic uint64_t refused[REP_PICKS]; /* picks */
	_Atomic uint64_t full_numbers, full_memory, full_routes, full_strata;

	_Atomic rep_time_t started; /* of the first tick */
	rep_time_t asked_at;		/* for causes; by the process that ticks */
	struct rep_alarms *alarms;
	struct rep_callees *callees; /* NULL: nobody is remembered */
	rep_guard_t *guard;			 /* NULL: anybody is called */
	rep_dnc_t *dnc;
	_Atomic bool dnc_read; /* from where it is shared */

	struct
	{
		rep_lock_t lock; /* taken without another */
		rep_no_pool_t at[REP_NO_POOLS];
	} no_pool;
	/* NULL: none are kept */
	struct rep_ledger *redress;
	struct rep_ledger *probes;
	struct rep_reported *reported;

	rep_event_ring_t events;
	rep_edit_queue_t edits;
	rep_clocks_t clocks; /* of callees, by zone */
};

/* Observe mode, the pool's own or else the proxy's: everything is judged and
 * announced, nothing withheld. The pool's lock is held. */
static inline bool rep_observed(const rep_pool_t *pool)
{
	if(pool->policy.mode != REP_AS_PROXY)
		return pool->policy.mode == REP_OBSERVE;
	return atomic_load_explicit(&pool->registry->observe, memory_order_relaxed);
}

#endif
