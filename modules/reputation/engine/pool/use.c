/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers in use. */

#include "use.h"

#include "caps.h"
#include "lease.h"
#include "queue.h"
#include "slot.h"

#define STRIDE (1u << 20) /* the order's step of a number of weight 1 */

/* ---- orders: the place of a number after a pick, later than all places
 * that it had ---------------------------------------------------------- */

static uint64_t least_recent(rep_pool_t *pool, const rep_number_t *number)
{
	(void)number;
	return pool->newest + 1;
}

/* Stride scheduling: one of weight 2 comes after half the steps. */
static uint64_t weighted(rep_pool_t *pool, const rep_number_t *number)
{
	if(number->key > pool->clock)
		pool->clock = number->key;
	return pool->clock + (uint64_t)(STRIDE / number->weight);
}

static uint64_t (*const orders[REP_ORDERS])(
		rep_pool_t *, const rep_number_t *) = {
		[REP_LEAST_RECENT] = least_recent,
		[REP_WEIGHTED] = weighted,
};

/* ---- use ------------------------------------------------------------- */

void rep_number_hold(rep_pool_t *pool, uint32_t i, rep_ticket_t *ticket)
{
	rep_number_at(pool, i)->in_flight++;
	pool->in_flight++;
	ticket->holds = true;
}

void rep_number_let_go(rep_pool_t *pool, uint32_t i, rep_time_t now)
{
	rep_number_at(pool, i)->in_flight--;
	pool->in_flight--;
	if(rep_number_leased(pool, rep_number_at(pool, i), now))
		rep_number_at(pool, i)->lease_wait = 0;
	rep_number_wake(pool, i, now);
}

void rep_number_use(
		rep_pool_t *pool, uint32_t i, rep_time_t now, rep_ticket_t *ticket)
{
	rep_number_t *number = rep_number_at(pool, i);
	rep_taken_t *taken = &ticket->taken;

	taken->place_before = number->key;
	taken->last_used_before = number->last_used;
	number->key = taken->place = orders[pool->policy.order](pool, number);
	if(number->key > pool->newest)
		pool->newest = number->key;
	number->last_used = rep_seconds_of(now);
	rep_caps_use(pool, number, now, taken);
	rep_pool_paced(pool, now);
	rep_lease_used(pool, i, now);
	pool->picks++;
	ticket->spent = true;
	rep_number_hold(pool, i, ticket);
}

void rep_number_unuse(rep_pool_t *pool, uint32_t i, const rep_ticket_t *ticket)
{
	rep_number_t *number = rep_number_at(pool, i);
	const rep_taken_t *taken = &ticket->taken;

	rep_caps_give_back(pool, number, taken);
	pool->picks--;
	if(number->key != taken->place)
		return;
	number->key = taken->place_before;
	number->last_used = taken->last_used_before;
	rep_queue_back(pool, i);
}
