/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an error reply of Redis means. */

#ifndef REP_REDIS_ERROR_H
#define REP_REDIS_ERROR_H

/* Kinds of trouble. The link is closed on those up to REP_REDIS_CLUSTER; with
 * the others only the one command failed. */
typedef enum rep_redis_error
{
	REP_REDIS_NONE,
	REP_REDIS_LOST,	   /* refused, closed, timed out: result unknown */
	REP_REDIS_LOADING, /* reading its data from disk, or busy */
	REP_REDIS_REPLICA, /* a read-only replica */
	REP_REDIS_AUTH,	   /* password or user refused */
	REP_REDIS_CLUSTER, /* a cluster node, or cluster trouble */
	REP_REDIS_AWAY,	   /* nobody in the cluster serves the key now */
	REP_REDIS_DENIED,  /* the ACL forbids this command or key */
	REP_REDIS_FULL,	   /* out of memory */
	REP_REDIS_DISK,	   /* refuses writes: cannot persist or replicate */
	REP_REDIS_SCRIPT,  /* script not cached */
	REP_REDIS_TYPE,	   /* the key holds another type */
	REP_REDIS_OTHER
} rep_redis_error_t;

/* The fault that an error reply stands for, also when it comes out of a
 * script. Pure. */
rep_redis_error_t rep_redis_error_of(const char *error);
/* Words for a log line: "is loading its data". */
const char *rep_redis_error_words(rep_redis_error_t fault);

#endif
