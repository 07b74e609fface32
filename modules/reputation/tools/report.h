/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is printed: for people in columns, for programs in JSON lines. */

#ifndef REP_REPLAY_REPORT_H
#define REP_REPLAY_REPORT_H

#include <stdio.h>

#include "healthy.h"
#include "run.h"

typedef struct replay_report
{
	FILE *out;
	bool json, quiet; /* quiet: summaries only */
	bool headed;
	replay_progress_t *progress;
} replay_report_t;

/* What each pool came to, and all together. */
void replay_report_summary(replay_report_t *report, const replay_run_t *run);

/* One combination of a sweep; `more` of the run are its values. */
void replay_report_point(replay_report_t *report, const replay_run_t *run);

/* How much each of the log's pools' numbers and lists differ. */
void replay_report_spread(replay_report_t *report, const replay_calls_t *calls,
		const rep_spread_t *spread);

/* What healthy traffic came to: under one combination of a sweep over these
 * fields, or, without `more` of the run, under the policy as it is. */
void replay_report_fit(replay_report_t *report, const replay_run_t *run,
		const replay_setting_t *fields, size_t n_fields);

#endif
