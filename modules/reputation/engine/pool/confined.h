/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a bad number is bad: on one network, in one campaign or on one route
 * only, if its evidence is confined to that. */

#ifndef REP_CONFINED_H
#define REP_CONFINED_H

#include "assess.h"
#include "event.h"

/* In words: "on network carrier-x only"; "" when it is bad all over, or when
 * nobody can tell. To be asked before a verdict moves; `on` is what rep_assess()
 * said of the number as a whole, or on a route.
 *
 * It is confined to a label when the chart passes its threshold on the calls
 * with that label, stays below half of it on all others, and would have come
 * to half of it if those others had been as bad. */
void rep_confined(const rep_pool_t *pool, const rep_number_t *number,
		const struct rep_assessed *on, bool whole, rep_chart_t chart,
		rep_time_t now, char out[REP_EVENT_DETAIL]);

#endif
