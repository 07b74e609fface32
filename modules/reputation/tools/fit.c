/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "fit.h"

#include <stdio.h>
#include <stdlib.h>

#include "healthy.h"
#include "../engine/pool/pools.h"
#include "../engine/pool/view.h"


typedef struct fit
{
	const replay_calls_t *log;
	uint64_t calls; /* that are judged for each policy */
	replay_healthy_t healthy;
	rep_spread_t *spread; /* by pool of the log */
	replay_run_t *measuring;
	replay_absence_t *absence;
	size_t n_absences, room;
	bool full; /* no memory */
} fit_t;

/* ---- the log itself ------------------------------------------------------ */

static void note_rest(
		void *ctx, rep_registry_t *registry, const rep_event_t *event)
{
	fit_t *fit = ctx;
	replay_absence_t *grown;
	uint32_t number;

	(void)registry;
	if(event->kind != REP_EVENT_BENCHED)
		return;
	number = replay_number_find(
			fit->log, fit->measuring->pool_in[event->pool], event->number);
	if(number == UINT32_MAX)
		return;
	if(fit->n_absences == fit->room) {
		size_t room = fit->room ? 2 * fit->room : 256;

		grown = realloc(fit->absence, room * sizeof(*grown));
		if(!grown) {
			fit->full = true;
			return;
		}
		fit->absence = grown;
		fit->room = room;
	}
	fit->absence[fit->n_absences++] =
			(replay_absence_t){number, event->at, event->until};
}

/* What the judge itself has found when the log ends. */
static void measure_spread(fit_t *fit, const replay_run_t *run)
{
	rep_pool_view_t view;

	for(uint32_t p = 0; p < fit->log->pools.n; p++) {
		fit->spread[p] = (rep_spread_t)REP_SPREAD_PRIOR;
		if(run->pool_of[p] != REP_NO_POOL
				&& rep_view_pool(
						run->registry, run->pool_of[p], run->ticked, &view))
			fit->spread[p] = view.spread;
	}
}

static bool measure(fit_t *fit, const replay_run_t *base)
{
	replay_run_t run = *base;
	bool fine;

	replay_progress_of(run.progress, "replay");
	run.tell = true;
	run.event = note_rest;
	run.ctx = fit;
	/* cppcheck-suppress autoVariables ; both end here */
	fit->measuring = &run;
	fine = replay_run(&run) && !fit->full;
	if(fine)
		measure_spread(fit, &run);
	replay_run_free(&run);
	return fine
		   && replay_healthy_learn(
				   &fit->healthy, fit->log, fit->absence, fit->n_absences);
}

/* ---- healthy traffic ----------------------------------------------------- */

/* All but the numbers, which are the same each time. */
static void add(replay_tally_t *sum, const replay_run_t *run)
{
	for(int p = 0; p < rep_registry_pools(run->registry); p++) {
		for(int c = 0; c < REPLAY_COUNTS; c++)
			sum[p].n[c] += run->tally[p].n[c];
		sum[p].n[REPLAY_N_NUMBERS] = run->tally[p].n[REPLAY_N_NUMBERS];
	}
}

/* One policy, over as many healthy logs as it takes. */
static bool judge(const fit_t *fit, const replay_run_t *base,
		const replay_setting_t *fields, size_t n_fields,
		replay_report_t *report)
{
	replay_calls_t made = *fit->log;
	size_t times = fit->calls / fit->log->n + 1;
	replay_tally_t *sum = calloc(REP_POOLS_MAX, sizeof(*sum));
	bool fine;

	made.call = malloc(made.n * sizeof(*made.call));
	fine = sum && made.call;
	for(size_t t = 0; fine && t < times; t++) {
		replay_run_t run = *base;

		run.calls = &made;
		fine = replay_healthy_draw(&fit->healthy, fit->spread, t, made.call)
			   && replay_run(&run);
		if(fine)
			add(sum, &run);
		if(fine && t + 1 == times) {
			memcpy(run.tally, sum, REP_POOLS_MAX * sizeof(*sum));
			replay_report_fit(report, &run, fields, n_fields);
		}
		replay_run_free(&run);
	}
	free(made.call);
	free(sum);
	return fine;
}

static bool judge_all(const fit_t *fit, const replay_run_t *base,
		const replay_sweep_t *sweep, replay_report_t *report)
{
	unsigned n = replay_sweep_points(sweep);
	replay_setting_t point[REPLAY_SWEEP_FIELDS];
	replay_run_t run = *base;
	bool fine;

	run.tell = false;
	replay_progress_of(run.progress, "the present policy");
	replay_sweep_point(sweep, 0, point);
	fine = judge(fit, &run, point, sweep->n, report);
	for(unsigned i = 0; fine && i < n; i++) {
		char what[40];

		snprintf(what, sizeof(what), "policy %u of %u", i + 1, n);
		replay_progress_of(run.progress, what);
		replay_sweep_point(sweep, i, point);
		run.more = point;
		run.n_more = sweep->n;
		fine = judge(fit, &run, point, sweep->n, report);
	}
	return fine;
}

bool replay_fit(const replay_run_t *base, const replay_sweep_t *sweep,
		uint64_t calls, replay_report_t *report)
{
	fit_t fit = {.log = base->calls, .calls = calls};
	bool fine;

	fit.spread = calloc(base->calls->pools.n, sizeof(*fit.spread));
	fine = fit.spread && measure(&fit, base);
	if(fine)
		replay_report_spread(report, base->calls, fit.spread);
	fine = fine && judge_all(&fit, base, sweep, report);
	replay_healthy_free(&fit.healthy);
	free(fit.absence);
	free(fit.spread);
	if(!fine)
		fprintf(stderr, "the log could not be fitted\n");
	return fine;
}
