/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The end of a call attempt: its outcome is counted, its place given back. */

#include "pool.h"

#define REFUSED_EVERY 60000 /* ms */

static void refused(
		rep_pool_t *pool, const rep_ticket_t *ticket, rep_time_t now)
{
	rep_edge_t edge = {.kind = REP_EDGE_REFUSED,
			.observed = rep_observed(pool),
			.pool = pool->id,
			.number = ticket->number,
			.at = now,
			.reason = REP_REASON_NONE,
			.outcome = REP_REFUSED};
	uint32_t i = rep_number_index(pool, ticket);

	if(pool->refused_at && now - pool->refused_at < REFUSED_EVERY
			&& now >= pool->refused_at)
		return;
	pool->refused_at = now;
	if(i != REP_NONE)
		edge.state = rep_number_state(pool, rep_number_at(pool, i), now);
	memcpy(edge.route, pool->routes[ticket->route]->label, sizeof(edge.route));
	rep_book_announce(pool->book, &edge);
}

void rep_book_refused(
		rep_book_t *book, const rep_ticket_t *ticket, rep_time_t now)
{
	rep_pool_t *pool = rep_pool_lock(book, ticket->pool);

	if(!pool)
		return;
	refused(pool, ticket, now);
	rep_pool_unlock(pool);
}

/* Most calls speak for the number: no verdict can come of them. */
static bool to_be_judged(const rep_pool_t *pool, uint32_t i, uint8_t route,
		rep_outcome_t outcome)
{
	const rep_number_t *number = rep_number_at(pool, i);
	const rep_verdict_t *on = rep_verdict_of(pool, number, route);

	return number->verdict.state != REP_ACTIVE
		   || (on && on->state != REP_ACTIVE)
		   || rep_yardstick_against(&pool->yardstick, outcome)
		   || (pool->n_routes > 1
				   && rep_yardstick_against(
						   &pool->routes[route]->yardstick, outcome));
}

bool rep_book_count(rep_book_t *book, const rep_ticket_t *ticket,
		rep_outcome_t outcome, rep_time_t now)
{
	rep_pool_t *pool;
	uint32_t i = REP_NONE;

	if((unsigned)outcome >= REP_OUTCOMES)
		return false;
	pool = rep_pool_lock(book, ticket->pool);
	if(pool) {
		i = rep_number_index(pool, ticket);
		if(i != REP_NONE
				&& rep_evidence_count(pool, i, (rep_stamp_t)ticket->turn,
						(uint8_t)ticket->route, outcome, now)
				&& to_be_judged(pool, i, (uint8_t)ticket->route, outcome))
			rep_verdict_judge(pool, i, now);
		if(outcome == REP_REFUSED)
			refused(pool, ticket, now);
		rep_pool_unlock(pool);
	}
	atomic_fetch_add(i != REP_NONE ? &book->counted : &book->lost, 1);
	return i != REP_NONE;
}

void rep_book_hang_up(rep_book_t *book, rep_ticket_t *ticket, rep_time_t now)
{
	rep_pool_t *pool;
	uint32_t i;

	if(!ticket->holds)
		return;
	ticket->holds = false;
	pool = rep_pool_lock(book, ticket->pool);
	if(!pool)
		return;
	i = rep_number_index(pool, ticket);
	if(i != REP_NONE) {
		rep_number_at(pool, i)->in_flight--;
		pool->in_flight--;
		rep_number_wake(pool, i, now);
	}
	rep_pool_unlock(pool);
}
