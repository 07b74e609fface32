/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "trace.h"

static const char *const hows[REP_HOWS] = {
		[REP_HOW_ORDER] = "picked",
		[REP_HOW_STICKY] = "sticky",
		[REP_HOW_LOCAL] = "local",
};

static const char *const skips[REP_SKIPS] = {
		[REP_SKIP_NONE] = "",
		[REP_SKIP_MATCH] = "no-match",
		[REP_SKIP_LOADING] = "loading",
		[REP_SKIP_RESTS] = "benched",
		[REP_SKIP_PROBATION] = "probation",
		[REP_SKIP_CAPPED] = "capped",
		[REP_SKIP_LEASE] = "no-lease",
};

const char *rep_how_name(rep_how_t how)
{
	return (unsigned)how < REP_HOWS ? hows[how] : "";
}

const char *rep_skip_name(rep_skip_t skip)
{
	return (unsigned)skip < REP_SKIPS ? skips[skip] : "";
}

rep_step_t *rep_trace_step(
		rep_trace_t *trace, rep_e164_t prefix, uint32_t numbers, bool sticky)
{
	rep_step_t *step;

	if(!trace || trace->n_steps == REP_TRACE_STEPS)
		return NULL;
	step = &trace->steps[trace->n_steps++];
	*step = (rep_step_t){
			.prefix = prefix, .numbers = numbers, .sticky = sticky};
	return step;
}

void rep_trace_look(
		rep_trace_t *trace, rep_step_t *step, rep_e164_t number, rep_skip_t why)
{
	if(!step)
		return;
	if(!step->looked++)
		step->first = number;
	step->skipped[why]++;
	if(why == REP_SKIP_NONE) {
		step->taken = number;
	} else if(trace->n_skipped < REP_TRACE_SKIPPED) {
		trace->skipped[trace->n_skipped].number = number;
		trace->skipped[trace->n_skipped++].why = why;
	}
}
