/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Slots of one ring for all pools: each pool's in a list of its own, so that
 * none waits behind another's. */

#include "reported.h"

#include "callees.h"
#include "pool.h"
#include "../judge/bucket.h"

#define DAY_MINUTES 1440
#define NONE UINT32_MAX

typedef struct slot
{
	rep_report_t report;
	uint32_t next; /* of the pool's, or of the free ones */
} slot_t;

struct rep_reported
{
	rep_lock_t lock;
	slot_t *slots; /* NULL until a pool asks for something */
	uint32_t free;
	uint32_t first[REP_POOLS_MAX], last[REP_POOLS_MAX];
	uint64_t reported, lost;
	_Atomic uint64_t policy[REP_POOLS_MAX]; /* days, then a bit an outcome */
};

bool rep_reported_create(rep_registry_t *registry)
{
	struct rep_reported *r = rep_alloc(sizeof(*r));

	if(!r)
		return false;
	memset(r, 0, sizeof(*r));
	if(rep_lock_init(&r->lock) < 0) {
		rep_free(r);
		return false;
	}
	for(int p = 0; p < REP_POOLS_MAX; p++)
		r->first[p] = r->last[p] = NONE;
	registry->reported = r;
	return true;
}

void rep_reported_destroy(rep_registry_t *registry)
{
	struct rep_reported *r = registry->reported;

	registry->reported = NULL;
	if(!r)
		return;
	rep_lock_destroy(&r->lock);
	rep_free(r->slots);
	rep_free(r);
}

void rep_reported_stats(rep_registry_t *registry, rep_reported_stats_t *out)
{
	struct rep_reported *r = registry->reported;

	*out = (rep_reported_stats_t){0};
	if(!r)
		return;
	rep_lock(&r->lock);
	*out = (rep_reported_stats_t){r->reported, r->lost};
	rep_unlock(&r->lock);
}

/* ---- what is asked for ------------------------------------------------------ */

static void make_slots(struct rep_reported *r)
{
	slot_t *slots = rep_alloc(REP_REPORTED_MAX * sizeof(*slots));

	for(uint32_t i = 0; slots && i < REP_REPORTED_MAX; i++)
		slots[i].next = i + 1 < REP_REPORTED_MAX ? i + 1 : NONE;
	rep_lock(&r->lock);
	if(slots && !r->slots) {
		r->slots = slots;
		r->free = 0;
		slots = NULL;
	}
	rep_unlock(&r->lock);
	rep_free(slots);
}

void rep_reported_policy(
		rep_registry_t *registry, int pool, uint32_t outcomes, uint32_t days)
{
	struct rep_reported *r = registry->reported;

	if(!r || pool < 0 || pool >= REP_POOLS_MAX)
		return;
	if(outcomes && !r->slots)
		make_slots(r);
	atomic_store(&r->policy[pool], (uint64_t)days << 32 | outcomes);
}

uint32_t rep_reported_days(
		rep_registry_t *registry, int pool, rep_outcome_t outcome)
{
	uint64_t policy;

	if(!registry->reported || pool < 0 || pool >= REP_POOLS_MAX)
		return 0;
	policy = atomic_load(&registry->reported->policy[pool]);
	return policy >> outcome & 1 ? (uint32_t)(policy >> 32) : 0;
}

/* ---- in and out ------------------------------------------------------------- */

static void put(struct rep_reported *r, int pool, const rep_report_t *report)
{
	uint32_t i;

	rep_lock(&r->lock);
	i = r->slots ? r->free : NONE;
	if(i == NONE) {
		r->lost++;
	} else {
		r->free = r->slots[i].next;
		r->slots[i] = (slot_t){*report, NONE};
		*(r->last[pool] == NONE ? &r->first[pool]
								: &r->slots[r->last[pool]].next) = i;
		r->last[pool] = i;
		r->reported++;
	}
	rep_unlock(&r->lock);
}

void rep_reported_put(rep_registry_t *registry, const rep_ticket_t *ticket,
		const char *campaign, rep_outcome_t outcome, rep_time_t now)
{
	uint32_t days = rep_reported_days(registry, ticket->pool, outcome);
	uint32_t minute = rep_minute_of(now);
	rep_report_t report = {.callee = ticket->to,
			.number = ticket->number,
			.at = now,
			.outcome = outcome,
			.status = ticket->status};

	/* without Redis nobody would take it */
	if(!days || !ticket->to || ticket->reported
			|| atomic_load(&registry->alone))
		return;
	if(outcome == REP_DECLINED
			&& !rep_callee_had(registry, ticket, outcome,
					minute + days * DAY_MINUTES, minute))
		return;
	memcpy(report.campaign, campaign, strlen(campaign) + 1);
	put(registry->reported, ticket->pool, &report);
}

size_t rep_reported_take(
		rep_registry_t *registry, int pool, rep_report_t *out, size_t max)
{
	struct rep_reported *r = registry->reported;
	size_t n = 0;

	if(!r || pool < 0 || pool >= REP_POOLS_MAX)
		return 0;
	rep_lock(&r->lock);
	while(n < max && r->first[pool] != NONE) {
		uint32_t i = r->first[pool];

		out[n++] = r->slots[i].report;
		r->first[pool] = r->slots[i].next;
		r->slots[i].next = r->free;
		r->free = i;
	}
	if(r->first[pool] == NONE)
		r->last[pool] = NONE;
	rep_unlock(&r->lock);
	return n;
}
