/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the store looks inside: structs alone, shared by the files of store/ and
 * by nobody else. Functions of the store that talk to Redis return false when
 * they could not finish; whether the link is still up tells whether it was
 * lost. */

#ifndef REP_CONTEXT_H
#define REP_CONTEXT_H

#include "incarnations.h"
#include "link.h"
#include "status.h"
#include "../engine/pool/begun.h"
#include "../engine/pool/edit.h"
#include "../engine/pool/event.h"
#include "../engine/pool/view.h"
#include "../formats/callees.h"
#include "../formats/cell.h"

#define REP_KEY_MAX 256
#define REP_BATCH 512		 /* cells a script call */
#define REP_FEED_LENGTH 2000 /* entries kept, about */

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

typedef struct rep_store_pool
{
	int index; /* in the registry */
	const char *name;
	bool listed;   /* named by rep:pools */
	bool failed;   /* a key of it could not be read */
	uint32_t life; /* grows each time the pool is dropped */
	/* policy_sync.c */
	bool policy_wanted, policy_known;
	uint64_t policy_hash;
	rep_good_t *good;
	size_t n_good;
	rep_round_t policy_round;
	uint32_t ttl, record_ttl; /* s */
	/* numbers_sync.c */
	bool numbers_wanted, loaded;
	rep_load_phase_t phase;
	char cursor[24];
	uint32_t load, sweep, put_off;
	bool fresh;				  /* the load brought numbers that were not known */
	bool crowded;			  /* it brought more than there is room for */
	int64_t began, next_poll; /* monotonic ms */
	rep_round_t numbers_round;
	/* feed.c, resync.c */
	bool placed; /* feed_id and feed_seq are valid */
	char feed_id[32];
	uint64_t feed_seq;
	bool resync_wanted;
	int64_t resync_after;
	/* push.c, health.c */
	int64_t health_after;
	bool sweep_health;
} rep_store_pool_t;

enum
{
	REP_SHA_PUSH,
	REP_SHA_VERDICT,
	REP_SHA_POSITION,
	REP_SHA_ONCE,
	REP_SHA_BEGUN,
	REP_SHA_CLAIM,
	REP_SHAS
};

typedef struct rep_pending
{ /* an event on its way */
	rep_event_t event;
	bool ready; /* may be written; else its record is not decided yet */
	int64_t since;
} rep_pending_t;

/* Keys of pools that rep:pools does not name. */
typedef struct rep_strays
{
	bool wanted, running;
	int64_t due; /* monotonic ms */
	size_t kind;
	char cursor[24];
	rep_round_t round;
} rep_strays_t;

#define REP_PENDING_MAX 1024

/* One pool at a time is read as a whole. */
typedef struct rep_resync
{
	rep_store_pool_t *pool; /* NULL = none under way */
	int phase;
	char cursor[24];
	uint32_t *buckets;
	size_t n_buckets, at;
	int64_t began;
} rep_resync_t;

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
struct rep_news; /* feed.c */

struct rep_store
{
	char *prefix, *node, *pool_file;
	char writer[REP_WRITER_MAX + 1]; /* node and incarnation */
	unsigned interval;				 /* ms */
	void (*log)(int level, const char *line);
	rep_time_t (*clock)(void);
	void (*before_the_last)(void);
	rep_registry_t *registry;
	rep_store_status_t *status;
	struct rep_secret *secret; /* NULL = none is shared */
	volatile sig_atomic_t stop;

	rep_link_config_t link_config, sub_config;
	rep_link_t link, sub;
	uint64_t commands, events, lost_events;
	rep_args_t args;
	char sha[REP_SHAS][48];
	rep_redis_error_t logged; /* the last reason told for being disconnected */
	int64_t connected_at;
	unsigned flaps;			   /* connections in a row that did not last */
	rep_redis_error_t refused; /* writes are refused because of this */
	int64_t refused_until;

	rep_store_pool_t *pools[REP_POOLS_MAX];
	bool pools_wanted, pools_failed, seen_pools, told_empty, told_waiting,
			empty;
	bool fallback; /* pool_file was tried for lack of Redis */
	rep_round_t pools_round;
	rep_strays_t strays;
	uint32_t loads; /* load numbers given out */
	int64_t next_poll, next_seed;

	rep_follow_t follow;
	bool follow_told;
	int64_t next_ping, pinged;

	rep_incarnations_t incarnations;
	rep_cell_t cells[REP_BATCH];
	rep_number_view_t views[REP_BATCH];
	int64_t next_exchange, next_health, next_check, next_count;
	int check_pool;
	struct rep_news *news;
	rep_resync_t resync;
	rep_store_callees_t callees;
	void (*begun_news)(rep_begun_news_t *news);
	rep_store_begun_t begun;

	rep_edit_t edit; /* being written */
	bool has_edit;

	uint64_t event_cursor;
	rep_pending_t *pending;
	size_t n_pending;
	int64_t events_after;

	struct rep_note *notes;
	size_t n_notes;
	uint32_t rounds;
};

#endif
