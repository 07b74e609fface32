/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts of the callee guard as the feed tells them, by whatever program wrote
 * it: read, written again, and taken in by a guard that is asked between. */

#include <stdio.h>

#include "fuzz.h"
#include "engine/callee/until.h"
#include "engine/judge/policy.h"
#include "formats/guard.h"
#include "mem_test.h"

#define POOL 3
#define NOW 1760000000u

static void there_and_back(const rep_guard_fact_t *fact)
{
	char member[REP_GUARD_TEXT], score[24];
	rep_guard_fact_t again;
	int64_t n;

	CHECK(fact->kind > REP_GUARD_NOTHING && fact->kind < REP_GUARD_KINDS);
	CHECK(fact->callee <= UINT64_C(999999999999999));
	CHECK(fact->pool == POOL || fact->pool == REP_GUARD_ALL);
	rep_pack_guard(fact, member, &n);
	CHECK(strlen(member) < REP_GUARD_TEXT - 1 && n >= 0);
	snprintf(score, sizeof(score), "%lld", (long long)n);
	CHECK(rep_unpack_guard(rep_span(member), rep_span(score), POOL, &again));
	CHECK(again.callee == fact->callee && again.kind == fact->kind);
	CHECK(again.pool == fact->pool && again.at == fact->at);
	CHECK(again.n == fact->n || fact->gone);
	/* what is forgotten is all the same */
	CHECK(again.until == fact->until || fact->gone || !n);
}

/* As long as it is refused there is an end, and then it is not. */
static void ask(rep_guard_t *guard, const rep_policy_t *policy,
		rep_e164_t callee, uint32_t now)
{
	bool refused = rep_guard_check(guard, POOL, policy, callee, now, NULL)
				   != REP_PICKED;
	uint32_t until = rep_guard_until(guard, POOL, policy, callee, now);

	CHECK(refused == (until > 0));
	CHECK(!until || until > now);
	if(until && until < UINT32_MAX)
		CHECK(rep_guard_check(guard, POOL, policy, callee, until, NULL)
				== REP_PICKED);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	rep_span_t text = {(const char *)data, size};
	rep_guard_t *guard = rep_guard_create(8, 1);
	rep_guard_fact_t fact, facts[16];
	rep_guard_stats_t stats;
	uint64_t cursor = 0;
	rep_policy_t policy;
	uint32_t now = NOW;

	CHECK(guard);
	rep_policy_default(&policy);
	policy.callee_attempts_day = 2;
	while(rep_guard_next(&text, POOL, &fact)) {
		if(fact.kind == REP_GUARD_NOTHING)
			continue;
		there_and_back(&fact);
		rep_guard_take(guard, &fact, now);
		ask(guard, &policy, fact.callee, now);
		now += 1000;
	}
	rep_guard_stats(guard, &stats);
	CHECK(stats.facts <= 8);
	do {
		size_t n = rep_guard_walk(guard, &cursor, POOL, now, facts, 16);

		for(size_t i = 0; i < n; i++)
			there_and_back(&facts[i]);
	} while(cursor);
	rep_guard_destroy(guard);
	CHECK(rep_alloc_live() == 0 && rep_locks_held() == 0);
	return 0;
}
