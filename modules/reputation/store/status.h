/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the store is doing, in shared memory: written by its process, read by
 * any. */

#ifndef REP_STATUS_H
#define REP_STATUS_H

#include "../engine/base/mem.h"
#include "../engine/pool/handle.h"

typedef enum rep_link_state
{
	REP_LINK_NONE, /* no Redis is configured, or the store has not begun */
	REP_LINK_CONNECTING,
	REP_LINK_CONNECTED,
	REP_LINK_DISCONNECTED
} rep_link_state_t;

typedef enum rep_follow
{
	REP_FOLLOW_NONE,
	REP_FOLLOW_TRACKING, /* Redis tells of each edit */
	REP_FOLLOW_POLLING	 /* it cannot or may not: keys are read in turn */
} rep_follow_t;

/* A value that could not be taken over; the last good one is in force. */
typedef struct rep_store_error
{
	char key[160];
	char field[80]; /* "" = the key as a whole */
	char sentence[160];
	rep_time_t at, last; /* first and last seen, wall clock */
	uint32_t count;		 /* how often seen since */
	uint32_t round;		 /* the store's own: in which reading, */
	uint64_t reading;	 /* and of what */
} rep_store_error_t;

#define REP_STORE_ERRORS 32

/* A pool of which there is something to tell, as the status does of all. */
typedef struct rep_uneven
{
	int pool; /* in the registry */
	uint32_t waiting, mismatches;
	bool behind, away;
} rep_uneven_t;

#define REP_UNEVEN 32

/* Zero it and call rep_store_status_init() before rep_store_create(). */
typedef struct rep_store_status
{
	rep_lock_t lock;
	rep_link_state_t link;
	rep_follow_t follow;
	rep_time_t since;		  /* of the link state */
	uint32_t lag_ms;		  /* how long the last exchange took */
	uint32_t waiting;		  /* cells not acknowledged; a lower bound */
	uint64_t pushes, pulls;	  /* cells written; cells read */
	uint64_t events, resyncs; /* events written; whole readings of a pool */
	uint64_t reconnects, commands;
	/* of late: they fade with ten seconds */
	double commands_per_second, sent_per_second, read_per_second;
	uint64_t mismatches;  /* buckets and verdicts found wrong, and mended */
	uint64_t lost_events; /* too many waited */
	char feed[32];		  /* id of the newest feed entry read */
	uint32_t behind;	  /* pools whose history is not read up to its end */
	uint32_t away;		  /* pools that no master serves now */
	bool wanted[REP_POOLS_MAX]; /* to be read anew */
	rep_uneven_t uneven[REP_UNEVEN];
	uint32_t n_uneven;
	char address[300];
	char role[16];				  /* "" = not told, or not connected */
	uint32_t masters, masters_up; /* 1 without a cluster */
	char last_error[200];
	rep_time_t last_error_at;
	uint32_t n_errors;
	rep_store_error_t errors[REP_STORE_ERRORS];
} rep_store_status_t;

int rep_store_status_init(rep_store_status_t *status); /* 0, or -1: no lock */
void rep_store_status_destroy(rep_store_status_t *status);
/* A copy taken under the lock; `out->lock` means nothing. */
void rep_store_status_read(rep_store_status_t *status, rep_store_status_t *out);

const char *rep_link_state_name(rep_link_state_t state); /* "connected" */
const char *rep_follow_name(rep_follow_t follow);		 /* "tracking" */

/* Have the store compare and read a pool anew, or (REP_NO_POOL) all of them. */
void rep_status_want(rep_store_status_t *status, int pool);

/* For the store's process: is the pool to be read anew? Asked once. */
bool rep_status_wanted(rep_store_status_t *status, int pool);
/* Likewise: the state of the link, the newest trouble. */
void rep_status_link(
		rep_store_status_t *status, rep_link_state_t state, rep_time_t now);
void rep_status_error(
		rep_store_status_t *status, const char *text, rep_time_t now);

#endif
