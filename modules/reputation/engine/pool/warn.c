/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attestation that is less than asked for. */

#include "warn.h"

#include <stdio.h>

#include "caps.h"
#include "slot.h"
#include "tags.h"
#include "usable.h"
#include "../judge/bucket.h"

static bool is_due(
		const rep_pool_t *pool, const rep_number_t *number, rep_time_t now)
{
	return number->warned != (uint16_t)rep_day_of(pool, now)
		   && (!pool->warned_at || now - pool->warned_at >= REP_MINUTE
				   || now < pool->warned_at);
}

void rep_number_warn(
		rep_pool_t *pool, uint32_t i, rep_span_t label, rep_time_t now)
{
	char wanted = pool->policy.warn_attest_below;
	rep_number_t *number = rep_number_at(pool, i);
	rep_event_t event;
	char attest;

	if(!wanted || !is_due(pool, number, now))
		return;
	attest = rep_number_attest(number, label);
	if(attest && attest <= wanted)
		return;
	number->warned = (uint16_t)rep_day_of(pool, now);
	pool->warned_at = now;
	event = (rep_event_t){.kind = REP_EVENT_ATTEST_BELOW,
			.pool = pool->id,
			.number = number->e164,
			.at = now,
			.state = rep_number_state(pool, number, now),
			.reason = REP_REASON_NONE,
			.outcome = REP_OUTCOMES,
			.attest = attest};
	if(label.len)
		memcpy(event.route, label.s, label.len);
	snprintf(event.detail, sizeof(event.detail), "%c%s is asked for", wanted,
			wanted == 'A' ? "" : " or better");
	rep_event_announce(&pool->registry->events, &event);
}
