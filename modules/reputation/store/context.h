/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the store looks inside: structs alone, shared by the files of store/ and
 * by nobody else. Functions of the store that talk to Redis return false when
 * they could not finish; whether the link is still up tells whether it was
 * lost. */

#ifndef REP_CONTEXT_H
#define REP_CONTEXT_H

#include "incarnations.h"
#include "link.h"
#include "mirror.h"
#include "nodes.h"
#include "status.h"
#include "../engine/callee/dnc.h"
#include "../engine/callee/guard.h"
#include "../engine/pool/begun.h"
#include "../engine/pool/edit.h"
#include "../engine/pool/event.h"
#include "../engine/pool/leases.h"
#include "../engine/pool/view.h"
#include "../engine/pool/records.h"
#include "../formats/callees.h"
#include "../formats/cell.h"

#define REP_KEY_MAX 256
#define REP_BATCH 512	 /* counts a script call */
#define REP_SENT 8192	 /* counts an exchange, of all pools */
#define REP_OFFERED 1024 /* verdicts, likewise */

/* One reading of a key: what is wrong in it is told once, and forgotten when
 * a later reading does not find it any more. All zero is a valid start. */
typedef struct rep_round
{
	uint64_t key; /* hash of its name */
	uint32_t number;
	uint32_t told, untold, untold_before;
} rep_round_t;

typedef struct rep_good
{ /* a policy field's last good value */
	char *field, *value;
	bool used;
} rep_good_t;

typedef enum rep_load_phase
{
	REP_LOAD_IDLE,
	REP_LOAD_SCAN,
	REP_LOAD_SWEEP
} rep_load_phase_t;

/* A hash that is read as a whole, a page an exchange. */
typedef struct rep_pages
{
	bool wanted;
	uint64_t cursor;
} rep_pages_t;

/* Lists that people and every proxy write: what changed is read as a whole. */
enum
{
	REP_LIST_REDRESS,
	REP_LIST_PROBES,
	REP_LISTS
};

typedef struct rep_list_reading
{
	bool wanted, running;
	char cursor[24];
	uint32_t number, found;
	int64_t due; /* monotonic ms */
	rep_round_t round;
} rep_list_reading_t;

typedef struct rep_store_pool
{
	int index; /* in the registry */
	const char *name;
	bool listed;   /* named by rep:pools */
	bool failed;   /* a key of it could not be read */
	uint32_t life; /* grows each time the pool is dropped */
	/* served.c: of a cluster */
	unsigned slot;
	uint32_t served;	 /* number of the link to its master, 0 = none */
	int64_t rests_until; /* monotonic ms; 0 = it does not */
	int64_t broken;		 /* since when nothing was answered, 0 = it is */
	/* policy_sync.c */
	bool policy_wanted, policy_known;
	uint64_t policy_hash;
	rep_good_t *good;
	size_t n_good;
	rep_round_t policy_round;
	uint32_t ttl, record_ttl; /* s */
	char lease_epoch[24];	  /* of the pool's leases, "" = none was heard of */
	int64_t next_guard;		  /* monotonic ms: leases.c */
	/* known.c */
	uint32_t knowing; /* mark of the reading under way, 0 = none */
	char known_cursor[24];
	bool known_asked;
	/* numbers_sync.c */
	bool numbers_wanted, loaded;
	rep_load_phase_t phase;
	char cursor[24];
	uint32_t load, sweep, put_off;
	bool found;				  /* the load brought anything, */
	bool fresh;				  /* numbers that were not known */
	bool crowded;			  /* it brought more than there is room for */
	int64_t began, next_poll; /* monotonic ms */
	rep_round_t numbers_round;
	/* feed.c: where we are */
	bool placed; /* feed_id and feed_seq are valid */
	bool unread; /* there was more than could be read at once */
	char feed_id[32];
	uint64_t feed_seq;
	/* push.c, pull.c, resync.c: what is ours, what is theirs */
	rep_mirror_t mirror;
	bool was_known;	   /* at some time: */
	bool known;		   /* all of it was read since the feed was placed */
	bool doubted;	   /* the server may have lost the entry at feed_id */
	bool mending;	   /* what differs from Redis is being read */
	bool touch;		   /* buckets are to be summed up anew in the index */
	bool replay;	   /* the registry has forgotten, or not known, numbers */
	uint32_t replayed; /* buckets of it that are done */
	int64_t placed_at, check_after;	 /* monotonic ms */
	uint32_t summed;				 /* the bucket to add up counts from */
	int64_t records, turns, healthy; /* in Redis, as last seen; -1 = not seen */
	uint32_t mismatches;			 /* found, and mended */
	rep_pages_t records_pages, health_pages;
	/* guards.c */
	rep_pages_t guards_pages;
	char guards_at[24];		/* cursor of the reading */
	bool guards_again;		/* all that is known is to be written again, */
	uint64_t guards_cursor; /* from here on */
	int64_t guards;			/* in Redis, as last seen */
	uint8_t guards_lost;	/* checks in a row that found some missing */
	/* health.c */
	int64_t next_health, next_pace;	   /* monotonic ms */
	uint32_t health_pace, health_left; /* numbers each time, yet to go now */
	size_t views_at, n_views;		   /* those of this exchange */
	/* lists.c, list_reading.c */
	struct rep_batch *batch; /* NULL = none was needed yet */
	rep_list_reading_t reading[REP_LISTS];
	bool lists_lost;   /* Redis may have lost entries */
	int64_t next_trim; /* monotonic ms */
} rep_store_pool_t;

enum
{
	REP_SHA_PUSH,
	REP_SHA_VERDICT,
	REP_SHA_CHECK,
	REP_SHA_ONCE,
	REP_SHA_BEGUN,
	REP_SHA_CLAIM,
	REP_SHA_LEASE,
	REP_SHA_GUARD,
	REP_SHA_LISTS,
	REP_SHAS
};

typedef struct rep_pending
{ /* an event on its way */
	rep_event_t event;
	bool ready;	  /* may be written; else its record is not decided yet */
	bool written; /* done with */
	int64_t since;
} rep_pending_t;

/* Keys of pools that rep:pools does not name. */
typedef struct rep_strays
{
	bool wanted, running;
	int64_t due;		 /* monotonic ms */
	size_t kind, server; /* of rep_link_at() */
	char cursor[24];
	rep_round_t round;
} rep_strays_t;

/* Of each master: what it tells, and who it is. */
typedef struct rep_tap
{
	rep_link_t sub;
	int64_t next_ping, pinged;
	char run_id[48]; /* "" = not told */
	uint32_t number; /* of the link that it goes with: served.c */
	bool told;		 /* that the master is away */
} rep_tap_t;

#define REP_HOST_TEXT 270 /* "NAME:PORT" */
#define REP_PENDING_MAX 1024

struct rep_store;

/* A command whose reply is to come: what it was about is known to `answer`.
 * `reply` is NULL when there is none: the link's fault says why. */
typedef struct rep_asked
{
	void (*answer)(struct rep_store *store, rep_store_pool_t *pool,
			const struct rep_asked *asked, const redisReply *reply);
	rep_store_pool_t *pool;
	size_t at, n; /* which of the things sent */
} rep_asked_t;

#define REP_CALLEES_TOLD 1024 /* at once */

/* Who has spoken: callees.c. */
typedef struct rep_store_callees
{
	uint64_t told, kept; /* of the registry's ring: to others, in the stream */
	size_t telling;
	rep_callee_t list[REP_CALLEES_TOLD];
	char text[REP_CALLEES_TOLD * REP_CALLEE_TEXT];
	char id[32];	/* of the stream's last entry that was read */
	double average; /* in an entry of the stream, of late */
	int64_t next_write, next_read, next_expire; /* monotonic ms */
} rep_store_callees_t;

/* What is new of the callee guard: guards.c. */
typedef struct rep_store_guards
{
	uint64_t cursor; /* of the guard's ring */
	size_t n;		 /* of this exchange; */
	bool failed;	 /* it is to be written again in the next */
	rep_guard_fact_t list[REP_BATCH];
} rep_store_guards_t;

/* One set of the do-not-call list: dnc.c. */
typedef enum rep_dnc_phase
{
	REP_DNC_IDLE,
	REP_DNC_ASKED, /* how many members it has, */
	REP_DNC_TOLD,  /* and that was answered */
	REP_DNC_DUE,
	REP_DNC_READ,
	REP_DNC_SWEPT
} rep_dnc_phase_t;

typedef struct rep_dnc_reading
{
	rep_dnc_phase_t phase;
	bool wanted; /* it changed, or may have; when it was asked, too: */
	bool doubted;
	bool edited;	 /* it did: it comes before those which may have */
	int64_t members; /* as told last; -1 = Redis does not tell */
	bool exists;	 /* as told or read last */
	bool found;		 /* members, by this reading */
	bool failed;
	bool known; /* it was read once, or nobody can tell */
	char cursor[24];
	uint32_t swept;
	uint32_t served; /* of a cluster: number of the link it is read by */
	int64_t began, after, away; /* monotonic ms; since when it is, 0 = not */
	rep_round_t round;
} rep_dnc_reading_t;

typedef struct rep_store_dnc
{
	bool known; /* all sets are */
	bool lost;	/* all sets are gone */
	bool asks;	/* nobody tells of edits: all are asked */
	unsigned turn;
	int64_t began, next_poll; /* monotonic ms; of reading all, 0 = not now */
	int64_t until;			  /* pages are asked for one after the other */
	rep_dnc_reading_t sets[REP_DNC_SETS];
} rep_store_dnc_t;

#define REP_BEGUN_WRITERS 128

/* Another writer that has calls in Redis: begun.c. */
typedef struct rep_begun_seen
{
	char writer[REP_WRITER_MAX + 1];
	uint32_t writes; /* how often it has said something */
	bool same;		 /* of our node */
	int64_t since;	 /* it has said nothing, monotonic ms */
} rep_begun_seen_t;

typedef struct rep_store_begun
{
	rep_begun_news_t news;
	uint32_t writes;			  /* ours */
	int64_t left;				  /* calls that Redis has of us */
	uint64_t oldest;			  /* of them, by their serials */
	int64_t next_beat, next_look; /* monotonic ms */
	size_t n_seen;
	rep_begun_seen_t seen[REP_BEGUN_WRITERS];
} rep_store_begun_t;

struct rep_note; /* errors.c */

struct rep_store
{
	char *prefix, *node, *pool_file;
	char writer[REP_WRITER_MAX + 1]; /* of this incarnation */
	unsigned interval;				 /* ms */
	void (*log)(int level, const char *line);
	rep_time_t (*clock)(void);
	void (*before_the_last)(void);
	rep_registry_t *registry;
	rep_store_status_t *status;
	struct rep_secret *secret; /* NULL = none is shared */
	volatile sig_atomic_t stop;

	rep_link_config_t link_config, sub_config, sentinel_config;
	rep_tls_t tls;
	rep_link_t link;
	rep_tap_t taps[REP_MASTERS_MAX]; /* of rep_link_at(&link) */
	char unserved[200]; /* what the cluster said last of those not served */
	bool told_unserved;
	uint32_t served[3]; /* as those of pools */
	/* master.c */
	rep_link_t sentinel;
	rep_host_t server; /* where the link leads, or last led */
	uint64_t server_epoch;
	size_t sentinel_asked; /* the one that was asked last */
	int64_t next_sentinel;
	uint64_t events, lost_events;
	rep_traffic_t traffic, rated; /* of it is in the status's rates, */
	int64_t rated_at;			  /* as of then; monotonic ms, 0 = never */
	rep_args_t args;
	char sha[REP_SHAS][48];
	rep_redis_error_t logged; /* the last reason told for being disconnected */
	int64_t connected_at;
	unsigned flaps;			   /* connections in a row that did not last */
	rep_redis_error_t refused; /* writes are refused because of this */
	unsigned refused_by;	   /* which master, of a cluster */
	int64_t refused_until;

	rep_store_pool_t *pools[REP_POOLS_MAX];
	bool pools_wanted, pools_failed, seen_pools, told_empty, told_waiting,
			empty;
	bool fallback; /* pool_file was tried for lack of Redis */
	rep_round_t pools_round;
	rep_strays_t strays;
	uint32_t loads; /* load numbers given out */
	int64_t next_poll, next_seed, pools_after;

	rep_follow_t follow;
	bool follow_told;
	rep_incarnations_t incarnations;
	/* of one exchange */
	rep_asked_t *asked;
	size_t n_asked, room_asked;
	bool scripts_gone; /* the server has forgotten them */
	rep_cell_t cells[REP_BATCH];
	rep_cell_t heard[REP_HEARD]; /* of a pool, on their way to the registry, */
	rep_span_t heard_of[REP_HEARD]; /* and their writers */
	rep_mirror_ref_t sent[REP_SENT];
	rep_record_t offered[REP_OFFERED];
	rep_number_view_t views[REP_BATCH];
	size_t n_heard, n_sent, n_offered, n_views, n_pages;
	uint32_t *checked; /* buckets */
	size_t n_checked, room_checked;
	int turn;  /* the pool whose turn it is to be first */
	bool more; /* there is more to do at once */

	int64_t next_exchange, next_check;
	int64_t pages_until; /* buckets that are read go on in this exchange */
	rep_store_callees_t callees;
	rep_store_guards_t guards;
	rep_store_dnc_t dnc;
	void (*begun_news)(rep_begun_news_t *news);
	rep_store_begun_t begun;

	rep_edit_t edits[REP_EDITS]; /* to be written, in order */
	size_t n_edits;

	rep_lease_ask_t asks[REP_BATCH];
	size_t n_asks;
	uint64_t lease_calls; /* numbers them: an older one is a duplicate */

	uint64_t event_cursor;
	rep_pending_t *pending;
	size_t n_pending;
	int64_t events_after;

	struct rep_note *notes;
	size_t n_notes;
	uint32_t rounds;
};

#endif
