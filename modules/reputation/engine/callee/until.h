/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Until when the callee guard keeps a callee from being called. */

#ifndef REP_UNTIL_H
#define REP_UNTIL_H

#include "guard.h"

/* When rep_guard_check() gives REP_PICKED again, if nothing is added till then:
 * the latest end of all that holds at `now`. 0: nothing holds; UINT32_MAX: there
 * is no end. Of a callee with more than REP_UNTIL_FACTS facts (of all pools)
 * only these are looked at. */
#define REP_UNTIL_FACTS 512
uint32_t rep_guard_until(rep_guard_t *guard, int32_t pool,
		const rep_policy_t *policy, rep_e164_t callee, uint32_t now);

#endif
