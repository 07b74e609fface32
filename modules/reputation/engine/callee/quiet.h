/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Quiet hours: when a callee is not to be called, in the callee's own time. */

#ifndef REP_QUIET_H
#define REP_QUIET_H

#include "clocks.h"
#include "../judge/policy.h"

/* It is quiet, and nobody can say until when: the zone is not known, or of the
 * callee's many zones one is quiet at any time of the next two days. */
#define REP_QUIET_FOREVER INT64_MAX

/* Until when the policy's quiet hours keep this callee from being called; 0:
 * they do not. A callee with several zones is quiet when it is quiet in any of
 * them; one without a known zone follows `quiet_default`, at all times, as does
 * each zone whose clock is not known. */
rep_time_t rep_quiet_until(const rep_clocks_t *clocks,
		const rep_policy_t *policy, rep_e164_t callee, rep_time_t now);

/* What was found this minute, by sets of zones: an 800 number has some forty,
 * the same as all others. That there is no end is not kept: a clock may come.
 * Another one than was known counts from the next minute on. All zero knows
 * nothing, and is to be so again when the policy changes. */
#define REP_QUIET_KNOWN 32

typedef struct rep_quiet_known
{
	uint32_t minute;
	struct
	{
		uint32_t set; /* from 1 on; 0: nothing is known */
		rep_time_t until;
	} at[REP_QUIET_KNOWN];
} rep_quiet_known_t;

/* The same as rep_quiet_until(), which is asked once a minute for a set. */
rep_time_t rep_quiet_recall(rep_quiet_known_t *known,
		const rep_clocks_t *clocks, const rep_policy_t *policy,
		rep_e164_t callee, rep_time_t now);

/* Is it quiet at this minute of a day, 0 .. 1439? */
bool rep_quiet_at(const rep_policy_t *policy, unsigned minute);

#endif
