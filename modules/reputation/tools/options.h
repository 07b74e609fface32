/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line. */

#ifndef REP_REPLAY_OPTIONS_H
#define REP_REPLAY_OPTIONS_H

#include "input.h"
#include "policies.h"

typedef struct replay_options
{
	replay_input_t input; /* how to read */
	replay_policies_t policies;
	const char *policy_path;
	replay_sweep_t sweep;
	bool fit, count_all, json, quiet;
	uint64_t max_calls, fit_calls;
	char **files;
	int n_files;
} replay_options_t;

/* -1: go on. Else the exit status: 0 after --help, 2 after a message. */
int replay_options_read(replay_options_t *options, int argc, char **argv);
void replay_options_free(replay_options_t *options);

#endif
