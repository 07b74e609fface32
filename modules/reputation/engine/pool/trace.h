/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a number was chosen, in words and step by step. */

#ifndef REP_TRACE_H
#define REP_TRACE_H

#include "../base/types.h"

/* What decided. */
typedef enum rep_how
{
	REP_HOW_ORDER,	/* "picked" */
	REP_HOW_STICKY, /* "sticky": the callee's own number, by hash */
	REP_HOW_LOCAL,	/* "local": of those with a prefix of the callee's */
	REP_HOWS
} rep_how_t;

/* Why a number that was looked at was not taken. */
typedef enum rep_skip
{
	REP_SKIP_NONE,
	REP_SKIP_MATCH, /* not attested on this route */
	REP_SKIP_LOADING,
	REP_SKIP_RESTS,
	REP_SKIP_PROBATION, /* its budget of calls is in use */
	REP_SKIP_CAPPED,
	REP_SKIP_LEASE, /* no lease of a cap */
	REP_SKIPS
} rep_skip_t;

#define REP_TRACE_STEPS 18
#define REP_TRACE_SKIPPED 32

/* A set of numbers, and what came of it. */
typedef struct rep_step
{
	rep_e164_t prefix; /* local match; 0 = the whole pool */
	uint32_t numbers;  /* in the set */
	bool sticky;	   /* by the callee, else by the order */
	rep_e164_t first;  /* whose turn it was: when sticky, the callee's own */
	uint32_t looked;   /* numbers looked at, */
	uint32_t skipped[REP_SKIPS];
	rep_e164_t taken; /* 0 = none of them */
} rep_step_t;

/* All zero is an empty one. What has no room is left out. */
typedef struct rep_trace
{
	rep_step_t steps[REP_TRACE_STEPS];
	unsigned n_steps;
	struct
	{
		rep_e164_t number;
		rep_skip_t why;
	} skipped[REP_TRACE_SKIPPED];
	unsigned n_skipped;
} rep_trace_t;

/* Names: never NULL. */
const char *rep_how_name(rep_how_t how);
const char *rep_skip_name(rep_skip_t skip); /* "" for NONE */

/* The next step; on none (`trace` is NULL, or full) nothing is noted. */
rep_step_t *rep_trace_step(
		rep_trace_t *trace, rep_e164_t prefix, uint32_t numbers, bool sticky);
void rep_trace_look(rep_trace_t *trace, rep_step_t *step, rep_e164_t number,
		rep_skip_t why);

#endif
