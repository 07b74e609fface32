/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The callee guard: who is left alone, by which pool, and until when.
 *
 * What is known of a callee are facts, of 24 bytes each: an attempt, the
 * declines, a 607 ("unwanted"), each of one pool; and an order by hand, for
 * all pools. They stand in one table for all pools, in stripes with locks of
 * their own, which are taken last and given back before a function returns:
 * each function takes one of them once. The table takes memory as it fills.
 *
 * A full table forgets what has no force any more, then attempts, then
 * declines; never a 607 nor an order by hand. A fact never takes the place of
 * a stronger one: it is refused then, and counted. (What has lost its force is
 * looked for once a second at most in a stripe.)
 *
 * A fact merges with another one about the same thing, whatever comes first:
 * attempts are a set, of declines and of a 607 the later end counts. That
 * something is gone is told as a fact, too.
 *
 * Times are seconds since 1970. */

#ifndef REP_GUARD_H
#define REP_GUARD_H

#include "facts.h"
#include "../judge/policy.h"
#include "../judge/state.h"

#define REP_GUARD_ALL (-1)	   /* instead of a pool: all of them */
#define REP_GUARD_TRIES 250	   /* attempts kept of one callee in one pool */
#define REP_GUARD_DOUBLINGS 5  /* of the rest, at most */
#define REP_GUARD_SAME_CALL 60 /* s in which a second decline does not count */

typedef struct rep_guard_fact
{
	rep_e164_t callee;
	int32_t pool; /* index, or REP_GUARD_ALL */
	uint32_t at; /* of an attempt: when; else when it was noted here, 0 = not */
	uint32_t until; /* in force before that */
	uint8_t kind;
	uint8_t n; /* declines; of an attempt: whose it is; of one who is listed: in
				* which set of the list, not told to others */
	bool gone; /* it holds no more */
} rep_guard_fact_t;

typedef struct rep_guard_stats
{
	uint32_t max, facts;
	uint32_t kinds[REP_GUARD_KINDS];
	uint64_t gave_way; /* attempts and declines forgotten before their time */
	uint64_t refused;  /* for which there was no room */
	size_t bytes;
} rep_guard_stats_t;

typedef struct rep_guard rep_guard_t;

/* Room for `max` facts (of which each stripe has its share); `salt` tells the
 * attempts of this proxy from another's of the same second. NULL without
 * memory. */
rep_guard_t *rep_guard_create(uint32_t max, uint8_t salt);
void rep_guard_destroy(rep_guard_t *guard); /* NULL is fine */
void rep_guard_stats(rep_guard_t *guard, rep_guard_stats_t *out);

/* May the pool call this callee at `now`? REP_PICKED, or the first of these
 * that holds: REP_PICK_CALLEE_DNC (by hand), _UNWANTED, _DECLINED, _ATTEMPTS,
 * _REDIAL; those which the policy has switched off do not count. With `tried`
 * the attempt is noted if it may, where the policy asks for attempts, and
 * `*tried` names it (0: it was not noted). */
rep_pick_t rep_guard_check(rep_guard_t *guard, int32_t pool,
		const rep_policy_t *policy, rep_e164_t callee, uint32_t now,
		uint32_t *tried);

/* An attempt that nobody asked about: noted where the policy asks for them, and
 * named as above. */
uint32_t rep_guard_note(rep_guard_t *guard, int32_t pool,
		const rep_policy_t *policy, rep_e164_t callee, uint32_t now);
/* That attempt was none. */
void rep_guard_untry(
		rep_guard_t *guard, int32_t pool, rep_e164_t callee, uint32_t tried);

/* What came of a call. Unwanted: the callee is left alone for the policy's
 * rest. Declined: likewise, twice as long each time (REP_GUARD_DOUBLINGS), if
 * the last decline is not REP_GUARD_REMEMBERED past its rest. Answered: the
 * declines are forgotten. Anything else says nothing. */
void rep_guard_outcome(rep_guard_t *guard, int32_t pool,
		const rep_policy_t *policy, rep_e164_t callee, rep_outcome_t outcome,
		uint32_t now);

/* By hand, for all pools, until then; the last order counts. False when there
 * is no room. 0 lifts it: false when there was none. */
bool rep_guard_suppress(
		rep_guard_t *guard, rep_e164_t callee, uint32_t until, uint32_t now);
/* Everything about this callee; returns how many facts there were. */
unsigned rep_guard_forget(rep_guard_t *guard, rep_e164_t callee);

/* The facts about this callee that are kept: at most `max`, how many. */
size_t rep_guard_of(rep_guard_t *guard, rep_e164_t callee,
		rep_guard_fact_t *out, size_t max);

/* ---- shared ------------------------------------------------------------ */

/* A fact from elsewhere; `now` for room in a full table. */
void rep_guard_take(
		rep_guard_t *guard, const rep_guard_fact_t *fact, uint32_t now);
/* Something that is to be told to the others. */
void rep_guard_tell(rep_guard_t *guard, const rep_guard_fact_t *fact);
/* Up to `max` of what is new here since `*cursor`, which counts them and begins
 * with 0. `*missed` is set when some were passed over, as the reader was far
 * behind. The reader adds what is returned to its cursor when it has done with
 * them. */
size_t rep_guard_news(rep_guard_t *guard, uint64_t *cursor,
		rep_guard_fact_t *out, size_t max, bool *missed);
/* Up to `max` facts of this pool, and those of all pools, that are in force;
 * from `*cursor` on, 0 at first and again at the end. Looks at 4,096 places at
 * most. */
size_t rep_guard_walk(rep_guard_t *guard, uint64_t *cursor, int32_t pool,
		uint32_t now, rep_guard_fact_t *out, size_t max);
/* The pool is gone, and with it what is known of its callees. */
void rep_guard_drop(rep_guard_t *guard, int32_t pool);

#endif
