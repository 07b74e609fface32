/* SPDX-License-Identifier: GPL-2.0-or-later */
/* States on routes. */

#include "route_state.h"

#include "assess.h"
#include "index.h"
#include "lock.h"
#include "routes.h"
#include "slot.h"
#include "standing.h"
#include "usable.h"
#include "view.h"

/* The verdict that counts on a route: the number's own, unless that is good
 * and the route's is not. */
static const rep_verdict_t *counting(
		const rep_pool_t *pool, const rep_number_t *number, uint8_t r)
{
	const rep_verdict_t *own = &number->verdict;
	const rep_verdict_t *on = r ? rep_verdict_of(pool, number, r) : NULL;

	if(!on || own->state == REP_BENCHED || on->state == REP_ACTIVE)
		return own;
	return own->state == REP_ACTIVE || on->state == REP_BENCHED ? on : own;
}

static float score_on(const rep_pool_t *pool, const rep_number_t *number,
		uint8_t r, rep_time_t now)
{
	const rep_assessment_t *a = rep_assess(pool, number, now);
	float score = a->sum.judged.score;

	for(unsigned k = 0; r && k < a->n_routes; k++)
		if(a->routes[k].route == r && a->routes[k].judged.score > score)
			score = a->routes[k].judged.score;
	return score;
}

static void state_on(const rep_pool_t *pool, const rep_number_t *number,
		rep_span_t label, rep_time_t now, rep_standing_view_t *out)
{
	uint8_t r = (uint8_t)rep_route_find(pool, label);
	const rep_verdict_t *verdict = counting(pool, number, r);

	*out = (rep_standing_view_t){
			.state =
					number->status == REP_ACTIVE && verdict->state != REP_ACTIVE
							? verdict->state
							: rep_number_state(pool, number, now),
			.reason = verdict->reason,
			.until = verdict->until,
			.score = verdict->state == REP_BENCHED
							 ? verdict->score
							 : score_on(pool, number, r, now),
			.usable = rep_number_suits(pool, number, label)
					  && rep_number_usable(pool, number, r, now),
	};
}

static bool state_anywhere(rep_registry_t *registry, int id, rep_e164_t e164,
		rep_time_t now, rep_standing_view_t *out)
{
	rep_number_view_t view;

	if(!rep_view_number(registry, id, e164, now, &view, NULL, 0, NULL))
		return false;
	*out = (rep_standing_view_t){
			.state = view.state,
			.reason = view.reason,
			.score = view.judged.score,
			.usable = view.usable,
			.until = view.until,
	};
	return true;
}

bool rep_pool_state(rep_registry_t *registry, int id, rep_e164_t e164,
		rep_span_t route, rep_time_t now, rep_standing_view_t *out)
{
	rep_pool_t *pool;
	uint32_t i;

	route = rep_trim(route);
	if(route.len == 0)
		return state_anywhere(registry, id, e164, now, out);
	pool = rep_number_lock(registry, id, e164, &i);
	if(!pool)
		return false;
	state_on(pool, rep_number_at(pool, i), route, now, out);
	rep_pool_unlock(pool);
	return true;
}
