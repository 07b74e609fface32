/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the store share among themselves. Nobody else includes
 * this. Functions that talk to Redis return false when they could not finish;
 * whether the link is still up tells whether it was lost. */

#ifndef REP_STORE_INTERNAL_H
#define REP_STORE_INTERNAL_H

#include "incarnations.h"
#include "link.h"
#include "pack.h"
#include "store.h"
#include "../engine/pool/edit.h"
#include "../engine/pool/event.h"

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
	/* policy.c */
	bool policy_wanted, policy_known;
	uint64_t policy_hash;
	rep_good_t *good;
	size_t n_good;
	rep_round_t policy_round;
	uint32_t ttl, record_ttl; /* s */
	/* numbers.c */
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
	REP_SHAS
};

typedef struct rep_pending
{ /* an event on its way */
	rep_event_t event;
	bool ready; /* may be written; else its record is not decided yet */
	int64_t since;
} rep_pending_t;

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

struct rep_note; /* errors.c */
struct rep_news; /* feed.c */

struct rep_store
{
	char *prefix, *node, *pool_file;
	char writer[REP_WRITER_MAX + 1]; /* node and incarnation */
	unsigned interval;				 /* ms */
	void (*log)(int level, const char *line);
	rep_time_t (*clock)(void);
	rep_registry_t *registry;
	rep_store_status_t *status;
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

/* ---- store.c ------------------------------------------------------------ */

void rep_say(rep_store_t *store, int level, const char *format, ...)
		__attribute__((format(printf, 3, 4)));
/* "PREFIX:KIND:{POOL}"; without a pool "PREFIX:KIND". */
const char *rep_key(const rep_store_t *store, char out[REP_KEY_MAX],
		const char *kind, const char *pool);
/* State of the pool with that index, made if need be; NULL: dropped, or no
 * memory. */
rep_store_pool_t *rep_store_pool(rep_store_t *store, int index);
/* An error reply that is nobody's malformed value: told on the edge. */
void rep_store_refused(rep_store_t *store, const char *what);
void rep_store_accepted(rep_store_t *store);
/* Redis may have lost what it had acknowledged. */
void rep_store_suspect(rep_store_t *store);
/* Call script `which`: args hold everything after the script's name, so the
 * caller begins with rep_script_begin(). */
void rep_script_begin(rep_store_t *store, int which, size_t keys);
redisReply *rep_script_call(rep_store_t *store, int which);
bool rep_scripts_load(rep_store_t *store);

/* ---- errors.c ----------------------------------------------------------- */

void rep_round_begin(rep_store_t *store, rep_round_t *round, const char *key);
void rep_round_end(rep_store_t *store, rep_round_t *round, const char *key);
/* `round` NULL: an error outside of any reading. */
void rep_error_add(rep_store_t *store, rep_round_t *round, const char *key,
		rep_span_t field, const char *sentence);
/* Errors outside of any reading are dropped when they no longer occur. */
void rep_errors_age(rep_store_t *store);
void rep_status_link(rep_store_t *store, rep_link_state_t state);
void rep_status_error(rep_store_t *store, const char *text);

/* ---- operator.c, policy.c, numbers.c, watch.c, seed.c ------------------- */

void rep_config_sync_all(rep_store_t *store);
/* A bounded step of what is wanted; true when there is more to do now. */
bool rep_config_sync_step(rep_store_t *store);
void rep_config_sync_edited(rep_store_t *store, rep_span_t key);
bool rep_pools_listed(rep_store_t *store, bool *there);
bool rep_policy_load(rep_store_t *store, rep_store_pool_t *pool);
void rep_policy_forget(rep_store_pool_t *pool);
bool rep_numbers_step(rep_store_t *store, rep_store_pool_t *pool);
void rep_numbers_abort(rep_store_t *store, rep_store_pool_t *pool);
void rep_watch_start(rep_store_t *store);
void rep_watch_step(rep_store_t *store);
void rep_watch_stop(rep_store_t *store);
bool rep_seed(rep_store_t *store);

/* The evidence of a bench, bucket by bucket, as the judge added it up; to be
 * freed by the caller, NULL without memory. */
char *rep_buckets_json(rep_store_t *store, const rep_event_t *event);

/* Write what RPC edited; false when the link was lost. */
bool rep_edits_write(rep_store_t *store);

/* ---- push.c, offer.c, feed.c, resync.c, events.c, health.c -------------- */

/* Write up to a few batches of cells; `*more`: there is more. */
bool rep_push(rep_store_t *store, rep_store_pool_t *pool, bool *more);
bool rep_verdict_sync(rep_store_t *store, rep_store_pool_t *pool, bool *more);
/* A page of HSCAN on the records. */
void rep_pull_record_page(rep_store_t *store, const rep_store_pool_t *pool,
		const redisReply *pairs);
void rep_count_waiting(rep_store_t *store);
/* A bounded reading; `*more`: there is more. */
bool rep_feed_read(rep_store_t *store, bool *more);
bool rep_feed_place(rep_store_t *store, rep_store_pool_t *pool);
bool rep_feed_check(rep_store_t *store);
void rep_feed_free(rep_store_t *store);
/* Read (total, mine) of `n` cells of one bucket and hand them to the registry. */
bool rep_pull_cells(rep_store_t *store, rep_store_pool_t *pool, uint32_t bucket,
		const rep_cell_t *cells, size_t n);
bool rep_pull_records(rep_store_t *store, rep_store_pool_t *pool,
		const rep_span_t *fields, size_t n);
bool rep_resync_step(rep_store_t *store);
void rep_resync_abort(rep_store_t *store);
void rep_events_drain(rep_store_t *store);
bool rep_events_write(rep_store_t *store);
/* Our record was accepted; or, `ours` false, this one stands. */
void rep_events_decide(
		rep_store_t *store, int pool, const rep_record_t *record, bool ours);
bool rep_health_write(rep_store_t *store, rep_store_pool_t *pool);
bool rep_health_remove(rep_store_t *store, const char *pool,
		const rep_e164_t *numbers, size_t n);
bool rep_health_drop(rep_store_t *store, const char *pool);

/* Name under which this process writes cells of `number`. */
void rep_writer_of(const rep_store_t *store, const rep_store_pool_t *pool,
		rep_e164_t number, char out[REP_WRITER_MAX + 1]);

#endif
