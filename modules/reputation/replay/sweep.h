/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The same log under several policies. */

#ifndef REP_REPLAY_SWEEP_H
#define REP_REPLAY_SWEEP_H

#include "report.h"

#define REPLAY_SWEEP_FIELDS 8
#define REPLAY_SWEEP_VALUES 64
#define REPLAY_SWEEP_POINTS 4096

/* All zero: nothing to sweep. */
typedef struct replay_sweep
{
	struct replay_sweep_field
	{
		char *text; /* cut up: field and values */
		char *field;
		char *value[REPLAY_SWEEP_VALUES];
		unsigned n;
	} field[REPLAY_SWEEP_FIELDS];
	unsigned n;
} replay_sweep_t;

/* "FIELD=v1,v2,…"; with semicolons between values that hold commas. NULL, or
 * what is wrong (static, or in `why`). */
const char *replay_sweep_add(
		replay_sweep_t *sweep, const char *text, char *why, size_t size);
void replay_sweep_free(replay_sweep_t *sweep);

/* How many combinations there are. */
unsigned replay_sweep_points(const replay_sweep_t *sweep);
/* The values of one of them. */
void replay_sweep_point(const replay_sweep_t *sweep, unsigned point,
		replay_setting_t out[REPLAY_SWEEP_FIELDS]);

/* Replay them all; `run` is copied for each. */
bool replay_sweep_run(const replay_sweep_t *sweep, const replay_run_t *run,
		replay_report_t *report);

#endif
