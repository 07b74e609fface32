/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "until.h"

#include <stdlib.h>

#define DAY 86400

/* The attempts of one pool, latest first. */
typedef struct tries
{
	uint32_t at[REP_UNTIL_FACTS];
	uint32_t n;
} tries_t;

static int latest_first(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (y > x) - (y < x);
}

static uint32_t later(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

static uint32_t after(uint32_t at, uint32_t seconds)
{
	return seconds < UINT32_MAX - at ? at + seconds : UINT32_MAX;
}

/* Is this kind of fact asked about? */
static bool counts(const rep_policy_t *policy, uint8_t kind)
{
	switch(kind) {
		case REP_GUARD_UNWANTED:
			return policy->callee_unwanted_rest > 0;
		case REP_GUARD_DECLINED:
			return policy->callee_declined_rest > 0;
		default:
			return kind == REP_GUARD_BY_HAND;
	}
}

/* When the day has room for one more, and the last one is long enough ago. */
static uint32_t tried_until(tries_t *tries, const rep_policy_t *policy)
{
	uint32_t most = policy->callee_attempts_day, until = 0;

	qsort(tries->at, tries->n, sizeof(tries->at[0]), latest_first);
	if(most > 0 && tries->n >= most)
		until = after(tries->at[most - 1], DAY);
	if(tries->n > 0 && policy->callee_redial_seconds)
		until = later(
				until, after(tries->at[0], policy->callee_redial_seconds));
	return until;
}

uint32_t rep_guard_until(rep_guard_t *guard, int32_t pool,
		const rep_policy_t *policy, rep_e164_t callee, uint32_t now)
{
	rep_guard_fact_t facts[REP_UNTIL_FACTS];
	size_t n = rep_guard_of(guard, callee, facts, REP_UNTIL_FACTS);
	tries_t tries = {.n = 0};
	uint32_t until = 0;

	for(size_t i = 0; i < n; i++) {
		const rep_guard_fact_t *f = &facts[i];

		if(f->pool != pool && f->pool != REP_GUARD_ALL)
			continue;
		if(f->kind == REP_GUARD_TRIED)
			tries.at[tries.n++] = f->at;
		else if(counts(policy, f->kind))
			until = later(until, f->until);
	}
	until = later(until, tried_until(&tries, policy));
	return until > now ? until : 0;
}
