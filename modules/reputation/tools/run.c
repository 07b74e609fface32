/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "run.h"

#include <stdio.h>
#include <stdlib.h>

#include "../engine/pool/alarm.h"
#include "../engine/pool/callees.h"
#include "../engine/pool/count.h"
#include "../engine/pool/numbers.h"
#include "../engine/pool/pick.h"
#include "../engine/pool/pool_policy.h"
#include "../engine/pool/pools.h"
#include "../engine/pool/registry.h"
#include "../engine/pool/tick.h"
#include "../engine/pool/view.h"

#define MINUTE 60000
#define STEP 5 /* minutes for each baseline */
#define STEP_MAX 60
#define ASK_EVERY (5 * MINUTE) /* for causes */
#define AT_ONCE 32
#define KNOWN_MAX 20000 /* calls that a baseline is made of */

/* ---- edges -------------------------------------------------------------- */

static void restop(replay_run_t *run, int pool)
{
	rep_pool_view_t view;

	run->stopped[pool] = rep_view_pool(run->registry, pool, run->ticked, &view)
						 && view.stopped;
}

static bool begin_rest(replay_run_t *run, const rep_event_t *event,
		uint32_t number, uint16_t route)
{
	uint64_t *n = run->tally[event->pool].n;
	rep_policy_t policy;
	int chart =
			(int)event->reason < REP_CHARTS ? (int)event->reason : REP_CHARTS;

	for(int o = 0; o < REP_JUDGED; o++)
		n[REPLAY_N_EVIDENCE] += event->counts.n[o];
	if(chart < REP_CHARTS) {
		n[REPLAY_N_BENCHES]++;
		n[REPLAY_N_BENCHES_BY + chart]++;
	}
	return rep_pool_policy(run->registry, event->pool, &policy)
		   && replay_benches_begin(&run->benches, number, route, event->until,
				   event->pool, &policy, chart, event->mix);
}

static bool note(replay_run_t *run, const rep_event_t *event)
{
	uint64_t *n = run->tally[event->pool].n;
	uint16_t route = REPLAY_EVERYWHERE;
	uint32_t number = UINT32_MAX;
	bool fine = true;

	if(run->event)
		run->event(run->ctx, run->registry, event);
	if(event->route[0])
		route = (uint16_t)replay_name_find(
				&run->calls->routes, rep_span(event->route));
	if(event->number && run->pool_in[event->pool] != UINT32_MAX)
		number = replay_number_find(
				run->calls, run->pool_in[event->pool], event->number);
	switch(event->kind) {
		case REP_EVENT_BENCHED:
			if(number != UINT32_MAX)
				fine = begin_rest(run, event, number, route);
			restop(run, event->pool);
			break;
		case REP_EVENT_RELEASED:
			n[REPLAY_N_RETURNS]++;
			if(number != UINT32_MAX)
				replay_benches_end(&run->benches, number, route);
			restop(run, event->pool);
			break;
		case REP_EVENT_POOL_ALARM:
			n[REPLAY_N_ALARMS]++;
			break;
		case REP_EVENT_POOL_ALARM_OVER:
		case REP_EVENT_POOL_EXHAUSTED_OVER:
		case REP_EVENT_ATTEST_BELOW:
			break;
		case REP_EVENT_POOL_EXHAUSTED:
			n[REPLAY_N_EXHAUSTED]++;
			break;
		default:
			n[REPLAY_N_REFUSED]++;
	}
	return fine;
}

static bool drain(replay_run_t *run)
{
	rep_event_t events[AT_ONCE];
	bool fine = true;
	uint64_t before;
	size_t n;

	do {
		before = run->event_cursor;
		n = rep_events_read(rep_registry_events(run->registry),
				&run->event_cursor, events, AT_ONCE);
		run->lost_events += run->event_cursor - before - n;
		for(size_t i = 0; i < n; i++)
			fine &= note(run, &events[i]);
	} while(n == AT_ONCE);
	return fine;
}

/* ---- time --------------------------------------------------------------- */

static bool tick(replay_run_t *run, rep_time_t now)
{
	bool more, fine = true;

	run->ticked = now;
	memset(run->since, 0, run->calls->pools.n * sizeof(*run->since));
	do {
		more = rep_registry_tick(run->registry, now);
		fine &= drain(run);
	} while(more);
	return fine;
}

/* The module ticks ten times a second; here each tick stands for a stretch of
 * the log. Returns come on time; baselines are made anew after as many calls
 * as in the module, and at least once a step. */
static bool advance(replay_run_t *run, uint32_t pool, rep_time_t at)
{
	uint64_t known = run->tally[run->pool_of[pool]].n[REPLAY_N_CALLS];
	bool fine = true;
	rep_time_t when;

	if(known > KNOWN_MAX)
		known = KNOWN_MAX;
	while((when = replay_benches_due(&run->benches, at))) {
		if(when != run->ticked)
			fine &= tick(run, when);
	}
	if(at - run->asked >= ASK_EVERY) {
		run->asked = at;
		rep_alarms_tick(run->registry, at);
		fine &= drain(run);
	}
	if(at - run->ticked >= run->step
			|| rep_baseline_due(known, run->since[pool]++))
		fine &= tick(run, at);
	return fine;
}

/* Yardsticks and numbers cost time at each tick: the more, the fewer ticks. */
static rep_time_t step_of(const replay_calls_t *calls)
{
	uint64_t baselines =
			calls->pools.n * (calls->routes.n > 1 ? calls->routes.n + 1ull : 1);
	uint64_t minutes = baselines * STEP + calls->n_numbers / 50;

	return (rep_time_t)(minutes < STEP_MAX ? minutes : STEP_MAX) * MINUTE;
}

/* ---- calls -------------------------------------------------------------- */

static int pool_for(replay_run_t *run, uint32_t pool, rep_time_t now)
{
	int id = run->pool_of[pool];
	rep_span_t name = rep_span(run->calls->pools.text[pool]);

	if(id != REP_NO_POOL)
		return id;
	id = rep_registry_find(run->registry, name);
	if(id == REP_NO_POOL) {
		id = rep_registry_put(run->registry, name);
		if(id == REP_NO_POOL)
			return id;
		rep_pool_set_policy(run->registry, id, &run->fresh, now);
	}
	run->pool_of[pool] = id;
	run->pool_in[id] = pool;
	return id;
}

/* A ticket for the call's number, which is added when it is new. */
static bool ticket_for(replay_run_t *run, const replay_call_t *call, int pool,
		rep_ticket_t *ticket)
{
	static const rep_attrs_t usual = {.weight = 1, .status = REP_ACTIVE};
	rep_e164_t e164 = run->calls->number[call->number].e164;
	rep_span_t route = rep_span(run->calls->routes.text[call->route]);

	if(!rep_pool_ticket(run->registry, pool, e164, route, ticket)) {
		if(rep_pool_put(run->registry, pool, e164, &usual, 0, 1, call->at) < 0)
			return false;
		if(run->stopped[pool])
			restop(run, pool);
		if(!rep_pool_ticket(run->registry, pool, e164, route, ticket))
			return false;
	}
	rep_ticket_label(run->registry, ticket,
			rep_span(run->calls->campaigns.text[call->campaign]),
			rep_span(run->calls->networks.text[call->network]));
	return true;
}

static bool replay_call(replay_run_t *run, const replay_call_t *call)
{
	uint32_t log_pool = run->calls->number[call->number].pool;
	int pool = pool_for(run, log_pool, call->at);
	const replay_rest_t *rest;
	rep_ticket_t ticket;
	uint64_t *n;

	if(pool == REP_NO_POOL) {
		run->lost_calls++;
		return true;
	}
	if(!advance(run, log_pool, call->at))
		return false;
	n = run->tally[pool].n;
	n[REPLAY_N_CALLS]++;
	n[REPLAY_N_OUTCOMES + call->outcome]++;
	rest = replay_benches_at(
			&run->benches, call->number, call->route, call->at);
	if(rest) {
		n[REPLAY_N_WITHHELD]++;
		replay_benches_saw(&run->benches, rest, call->outcome);
	} else if(run->stopped[pool]) {
		n[REPLAY_N_STOPPED]++;
	}
	if(rest && !run->count_all)
		return true;
	if(!ticket_for(run, call, pool, &ticket)) {
		run->lost_calls++;
		return true;
	}
	rep_ticket_calls(run->registry, &ticket, call->callee);
	if(!rep_ticket_count(run->registry, &ticket, call->outcome, call->at)) {
		run->lost_calls++;
		return true;
	}
	return drain(run);
}

static bool rests(
		const replay_benches_t *benches, uint32_t number, rep_time_t now)
{
	const replay_rest_t *rest = &benches->number[number];

	while(rest->until <= now && rest->next)
		rest = &benches->routed[rest->next - 1];
	return rest->until > now;
}

static void finish(replay_run_t *run, rep_time_t now)
{
	const replay_benches_t *benches = &run->benches;
	rep_pool_view_t view;

	for(int p = 0; p < rep_registry_pools(run->registry); p++)
		if(rep_view_pool(run->registry, p, now, &view))
			run->tally[p].n[REPLAY_N_NUMBERS] = view.numbers;
	for(uint32_t b = 0; b < benches->n_benches; b++) {
		const replay_bench_t *bench = &benches->bench[b];

		run->tally[bench->pool]
				.n[REPLAY_N_TRUTHS + replay_bench_truth(bench)]++;
	}
	for(uint32_t i = 0; i < benches->n_numbers; i++)
		if(rests(benches, i, now))
			run->tally[run->pool_of[run->calls->number[i].pool]]
					.n[REPLAY_N_RESTING]++;
}

/* ---- the whole ---------------------------------------------------------- */

/* Nobody is to be forgotten early. */
static uint32_t room_for_callees(const replay_calls_t *calls)
{
	return calls->n < UINT32_MAX / 2 ? (uint32_t)calls->n : UINT32_MAX / 2;
}

static bool prepare(replay_run_t *run)
{
	uint32_t pools = run->calls->pools.n;

	run->registry = rep_registry_create(UINT32_MAX);
	run->tally = calloc(REP_POOLS_MAX, sizeof(*run->tally));
	run->pool_of = malloc((pools + 1) * sizeof(*run->pool_of));
	run->pool_in = malloc(REP_POOLS_MAX * sizeof(*run->pool_in));
	run->stopped = calloc(REP_POOLS_MAX, sizeof(*run->stopped));
	run->since = calloc(pools + 1, sizeof(*run->since));
	if(!run->registry || !run->tally || !run->pool_of || !run->pool_in
			|| !run->stopped || !run->since
			|| !replay_benches_init(&run->benches, run->calls->n_numbers))
		return false;
	for(uint32_t p = 0; p < pools; p++)
		run->pool_of[p] = REP_NO_POOL;
	memset(run->pool_in, 0xff, REP_POOLS_MAX * sizeof(*run->pool_in));
	run->step = step_of(run->calls);
	if(run->calls->callees
			&& !rep_callees_create(run->registry, room_for_callees(run->calls)))
		return false;
	rep_registry_observe(run->registry, run->count_all);
	return true;
}

static bool no_memory(void)
{
	fprintf(stderr, "there is no memory for the replay\n");
	return false;
}

bool replay_run(replay_run_t *run)
{
	const replay_calls_t *calls = run->calls;
	rep_time_t last = calls->n ? calls->call[calls->n - 1].at : 0;

	if(!prepare(run))
		return no_memory();
	if(!replay_policies_apply(run->policies, run->more, run->n_more,
			   run->registry, calls->n ? calls->call[0].at : 0, run->tell,
			   &run->fresh))
		return false;
	for(size_t i = 0; i < calls->n; i++) {
		if((i & 0xfff) == 0)
			replay_progress(run->progress, i, (int64_t)calls->n);
		if(!replay_call(run, &calls->call[i]))
			return no_memory();
	}
	if(!tick(run, last))
		return no_memory();
	finish(run, last);
	replay_progress_clear(run->progress);
	return true;
}

void replay_run_free(replay_run_t *run)
{
	rep_registry_destroy(run->registry);
	replay_benches_free(&run->benches);
	free(run->tally);
	free(run->pool_of);
	free(run->pool_in);
	free(run->stopped);
	free(run->since);
}
