/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "take.h"

#include "clock.h"
#include "../engine/base/decimal.h"
#include "../engine/base/text.h"
#include "../engine/pool/pools.h"
#include "../engine/reply/e164.h"

static const char *take_number(
		const replay_take_t *take, rep_span_t text, rep_e164_t *number)
{
	rep_e164_error_t error = rep_e164_parse(text, number);

	if(error == REP_E164_NO_PLUS && take->country[0])
		error = rep_e164_complete(text, take->country, number);
	switch(error) {
		case REP_E164_OK:
			return NULL;
		case REP_E164_EMPTY:
			return "there is no number";
		case REP_E164_NO_PLUS:
			return "the number has no plus (--default-country completes it)";
		case REP_E164_CHARACTER:
			return "the number holds something that is no digit";
		case REP_E164_SHORT:
			return "the number has fewer than 7 digits";
		case REP_E164_LONG:
			return "the number has more than 15 digits";
		default:
			return "the number is not an E.164 number";
	}
}

static rep_signs_t signs_of(const replay_row_t *row)
{
	rep_signs_t signs = {0};
	rep_span_t header = row->field[REPLAY_REASON_HEADER];

	if(header.len)
		rep_signs_reason(&signs, NULL, header);
	return signs;
}

bool replay_row_unwanted(const replay_row_t *row)
{
	rep_signs_t signs = signs_of(row);

	return rep_classify_bye(&signs) == REP_UNWANTED;
}

static bool take_status(rep_span_t text, int *status)
{
	*status = 0;
	if(text.len != 3)
		return false;
	for(size_t i = 0; i < 3; i++) {
		if(text.s[i] < '0' || text.s[i] > '9')
			return false;
		*status = *status * 10 + text.s[i] - '0';
	}
	return *status >= 100 && *status <= 699;
}

/* In a record of a call that was answered, the Reason is the BYE's. */
static const char *take_answered(const replay_take_t *take,
		const replay_row_t *row, const rep_signs_t *signs, uint8_t *outcome)
{
	rep_span_t text = rep_trim(row->field[REPLAY_DURATION]);
	double seconds;

	*outcome = REP_ANSWERED;
	if(rep_classify_bye(signs) == REP_UNWANTED) {
		*outcome = REP_UNWANTED;
		return NULL;
	}
	if(!text.len)
		return NULL;
	if(!rep_decimal_parse(text, 0, 1e9, &seconds))
		return "the duration is not a number of seconds";
	if(take->short_ms && seconds * 1000 <= (double)take->short_ms)
		*outcome = REP_SHORT;
	return NULL;
}

static const char *take_outcome(
		const replay_take_t *take, const replay_row_t *row, uint8_t *outcome)
{
	rep_span_t named = rep_trim(row->field[REPLAY_OUTCOME]);
	rep_span_t text = rep_trim(row->field[REPLAY_STATUS]);
	rep_signs_t signs;
	int status;

	if(named.len) {
		*outcome = (uint8_t)rep_outcome_parse(named);
		return *outcome < REP_OUTCOMES ? NULL : "there is no such outcome";
	}
	if(!text.len)
		return "there is neither a status nor an outcome";
	if(!take_status(text, &status))
		return "the status is not a SIP status of 100 to 699";
	signs = signs_of(row);
	if(status >= 200 && status < 300)
		return take_answered(take, row, &signs, outcome);
	*outcome =
			(uint8_t)rep_classify(&signs, status, row->field[REPLAY_REASON], 0)
					.outcome;
	return *outcome < REP_OUTCOMES ? NULL : "the status is provisional";
}

const char *replay_take(
		const replay_take_t *take, const replay_row_t *row, replay_call_t *call)
{
	rep_span_t pool = rep_trim(row->field[REPLAY_POOL]);
	rep_span_t route = rep_trim(row->field[REPLAY_ROUTE]);
	rep_e164_t number;
	const char *wrong;
	uint32_t p, r;

	if(!pool.len && take->pool)
		pool = rep_span(take->pool);
	if((wrong = replay_time_parse(
				rep_trim(row->field[REPLAY_TIME]), take->utc_offset, &call->at))
			|| (wrong = take_number(
						take, rep_trim(row->field[REPLAY_NUMBER]), &number))
			|| (wrong = take_outcome(take, row, &call->outcome)))
		return wrong;
	if(!rep_pool_name_fits(pool))
		return "the pool's name is not 1 to 64 of A-Z a-z 0-9 _ -";
	if(route.len > REP_ROUTE_MAX
			|| (route.len && memchr(route.s, '\0', route.len)))
		return "the route's label is longer than 63 bytes, or holds a zero";
	p = replay_name_put(&take->calls->pools, pool, REP_POOLS_MAX);
	if(p == REPLAY_NO_NAME)
		return "there are more than 1024 pools";
	r = replay_name_put(&take->calls->routes, route, REPLAY_ROUTES_MAX);
	if(r == REPLAY_NO_NAME)
		return "there are more than 4096 routes";
	call->number = replay_number_put(take->calls, p, number);
	call->route = (uint16_t)r;
	return call->number == UINT32_MAX ? "there is no memory" : NULL;
}
