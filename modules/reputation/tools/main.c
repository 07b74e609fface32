/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reputation-replay: what the module would have made of last month's calls. */

#include <stdio.h>
#include <stdlib.h>

#include "events.h"
#include "fit.h"
#include "options.h"
#include "report.h"
#include "../engine/pool/pools.h"
#include "../engine/pool/registry.h"

/* ---- the log ------------------------------------------------------------ */

/* Records without a pool belong to the only one there is, if so. */
static const char *pool_of(const replay_options_t *options, char *name)
{
	rep_registry_t *registry;
	rep_policy_t fresh;
	const char *only = "default";

	if(options->input.take.pool)
		return options->input.take.pool;
	if(!options->policies.pool_file
			|| !(registry = rep_registry_create(UINT32_MAX)))
		return only;
	if(replay_policies_apply(
			   &options->policies, NULL, 0, registry, 1, false, &fresh)
			&& rep_registry_pools(registry) == 1)
		only = strcpy(name, rep_registry_name(registry, 0));
	rep_registry_destroy(registry);
	return only;
}

static void said(unsigned long long n, const char *one, const char *many)
{
	if(n)
		fprintf(stderr, "%llu %s\n", n, n == 1 ? one : many);
}

static void read_report(
		const replay_input_t *input, size_t duplicates, bool moved)
{
	if(input->bad > input->show_errors)
		fprintf(stderr, "... and %llu more bad lines\n",
				(unsigned long long)(input->bad - input->show_errors));
	said(input->bad, "bad line was passed over", "bad lines were passed over");
	said(input->passed_over, "other line (no call)", "other lines (no call)");
	said(duplicates, "record told of a call a second time",
			"records told of calls a second time");
	if(moved)
		fprintf(stderr, "the log was not in the order of time: sorted\n");
	if(input->full)
		fprintf(stderr, "not all of the log was taken: --max-calls, or no "
						"memory\n");
}

static bool read_all(replay_options_t *options, replay_calls_t *calls,
		replay_progress_t *progress)
{
	replay_input_t *input = &options->input;
	size_t duplicates;
	bool moved;

	input->take.calls = calls;
	input->progress = progress;
	calls->max = options->max_calls;
	for(int i = 0; i < options->n_files && !input->full; i++) {
		replay_progress_of(progress, "reading");
		replay_input_read(input, options->files[i]);
	}
	duplicates = replay_pairs_join(&input->pairs, calls, input->take.short_ms);
	replay_calls_drop(calls);
	if(!replay_calls_sort(calls, &moved)) {
		fprintf(stderr, "there is no memory to sort the calls\n");
		return false;
	}
	read_report(input, duplicates, moved);
	if(!calls->n)
		fprintf(stderr, "there is no call in the log\n");
	return calls->n > 0;
}

/* ---- the replay --------------------------------------------------------- */

static bool replay_once(replay_run_t *run, replay_report_t *report)
{
	bool fine;

	replay_progress_of(run->progress, "replay");
	run->tell = true;
	run->event = replay_report_event;
	run->ctx = report;
	fine = replay_run(run);
	if(fine) {
		replay_report_summary(report, run);
		said(run->lost_events, "event was lost: too many at once",
				"events were lost: too many at once");
		said(run->lost_calls, "call was lost: too many pools, or no memory",
				"calls were lost: too many pools, or no memory");
	}
	replay_run_free(run);
	return fine;
}

/* All combinations, one after the other. */
static bool replay_sweep(const replay_sweep_t *sweep, const replay_run_t *base,
		replay_report_t *report)
{
	replay_setting_t point[REPLAY_SWEEP_FIELDS];
	unsigned n = replay_sweep_points(sweep);
	bool fine = true;

	for(unsigned i = 0; fine && i < n; i++) {
		replay_run_t run = *base;
		char what[40];

		snprintf(what, sizeof(what), "replay %u of %u", i + 1, n);
		replay_progress_of(base->progress, what);
		replay_sweep_point(sweep, i, point);
		run.more = point;
		run.n_more = sweep->n;
		run.tell = i == 0;
		fine = replay_run(&run);
		if(fine)
			replay_report_point(report, &run);
		replay_run_free(&run);
	}
	return fine;
}

static bool replay(replay_options_t *options)
{
	replay_calls_t calls = {0};
	replay_progress_t progress;
	replay_report_t report = {.out = stdout,
			.json = options->json,
			.quiet = options->quiet,
			.progress = &progress};
	replay_run_t run = {.calls = &calls,
			.policies = &options->policies,
			.count_all = options->count_all,
			.progress = &progress};
	char name[REP_POOL_MAX + 1];
	bool fine;

	replay_progress_init(&progress);
	options->input.take.pool = pool_of(options, name);
	fine = read_all(options, &calls, &progress);
	if(fine && options->fit)
		fine = replay_fit(&run, &options->sweep, options->fit_calls, &report);
	else if(fine)
		fine = options->sweep.n ? replay_sweep(&options->sweep, &run, &report)
								: replay_once(&run, &report);
	replay_calls_free(&calls);
	return fine;
}

int main(int argc, char **argv)
{
	replay_options_t options;
	int status = replay_options_read(&options, argc, argv);

	if(status < 0)
		status = replay(&options) ? EXIT_SUCCESS : EXIT_FAILURE;
	replay_options_free(&options);
	if(fflush(stdout) != 0 || ferror(stdout)) {
		fprintf(stderr, "the output could not be written\n");
		status = EXIT_FAILURE;
	}
	return status;
}

/* ---- core/mem.h for a program of one thread: the C library's memory, and
 * locks that nobody else can hold ------------------------------------------ */

void *rep_alloc(size_t size)
{
	return malloc(size ? size : 1);
}

void rep_free(void *p)
{
	free(p);
}

bool rep_scarce(size_t size)
{
	(void)size;
	return false;
}

int rep_lock_init(rep_lock_t *lock)
{
	*lock = (rep_lock_t){{0}};
	return 0;
}

void rep_lock_destroy(rep_lock_t *lock)
{
	(void)lock;
}

void rep_lock(rep_lock_t *lock)
{
	(void)lock;
}

void rep_unlock(rep_lock_t *lock)
{
	(void)lock;
}
