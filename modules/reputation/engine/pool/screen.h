/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The judge's first look. A number is read and judged as a whole seldom; what
 * its older cells came to is kept, and until then the charts are told what the
 * newer ones say. What they say is near to the whole judgement, not equal to it
 * (the yardstick of the window is a few hours old): it finds whom to judge, and
 * benches nobody. */

#ifndef REP_SCREEN_H
#define REP_SCREEN_H

#include "assess.h"

/* What the newer calls make of a number in good standing: false when it is to
 * be judged as a whole. Else `judged` and `run` are as of rep_assess(), for the
 * number as a whole, without `judged->calls`; `calls` is how many judged calls
 * this turn has. The pool's lock is held. */
bool rep_screen(const rep_pool_t *pool, const rep_number_t *number,
		rep_time_t now, rep_judged_t *judged, uint32_t run[REP_CHARTS],
		uint32_t *calls);

/* Keep what a judgement was made of, just after it; not of a number that is on
 * probation, which is judged by each call. */
void rep_screen_keep(rep_pool_t *pool, rep_number_t *number,
		const rep_assessment_t *a, rep_time_t now);

/* Verdict or older evidence changed: what was kept is out of date. */
void rep_screen_drop(rep_pool_t *pool, rep_number_t *number);

/* Calls were counted in this bucket. */
void rep_screen_counted(
		rep_pool_t *pool, rep_number_t *number, uint32_t bucket);

#endif
