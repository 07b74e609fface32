/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The policy of one pool: every field that an operator can set, its default
 * and its range. One table in policy.c names them all. */

#ifndef REP_POLICY_H
#define REP_POLICY_H

#include "../reply/outcome.h"

/* The three ways in which a number goes bad, one chart each. */
typedef enum rep_chart
{
	REP_CHART_BLOCKED,
	REP_CHART_REJECTED,
	REP_CHART_LABELLED,
	REP_CHARTS
} rep_chart_t;

typedef enum rep_order
{
	REP_LEAST_RECENT,
	REP_WEIGHTED,
	REP_ORDERS
} rep_order_t;
typedef enum rep_exhausted
{
	REP_REJECT,
	REP_LEAST_BAD
} rep_exhausted_t;

typedef enum rep_mode
{
	REP_AS_PROXY, /* as the proxy's own mode is */
	REP_ENFORCE,
	REP_OBSERVE,
	REP_MODES
} rep_mode_t;

/* "proxy", "enforce", "observe"; REP_MODES for what is none of them. */
const char *rep_mode_name(rep_mode_t mode);
rep_mode_t rep_mode_parse(rep_span_t name);

typedef enum rep_unknown
{
	REP_WAIT,
	REP_USE
} rep_unknown_t;

typedef enum rep_caps_kind
{
	REP_HARD,
	REP_SOFT
} rep_caps_kind_t;

/* A callee whose zone is not known, while there are quiet hours. */
typedef enum rep_quiet
{
	REP_QUIET,
	REP_CALL
} rep_quiet_t;

typedef enum rep_pool_status
{
	REP_POOL_ACTIVE,
	REP_POOL_PAUSED
} rep_pool_status_t;

#define REP_WARMUP_STAGES 8
#define REP_ZONE_MAX 47
#define REP_TAGS_MAX 127
#define REP_POLICY_VALUE_MAX 320 /* room for any value as text */

typedef struct rep_policy
{
	double false_bench_every;				 /* calls; 100 .. 1e9 */
	float weights[REP_CHARTS][REP_OUTCOMES]; /* log-odds, -10 .. 10 */
	float healthy[REP_OUTCOMES]; /* prior mix; shares, made to sum to 1 */
	float ceiling[REP_OUTCOMES]; /* shares 0 .. 1; 1 = no ceiling */
	uint32_t window_hours;		 /* 1 .. 720 */
	uint32_t bucket_minutes;	 /* 1 .. 1440, a divisor of 1440 */
	uint32_t rest_seconds;		 /* 1 .. */
	float rest_factor;			 /* 1 .. 100 */
	uint32_t rest_max;			 /* s */
	float rest_jitter;			 /* 0 .. 1, share of the rest */
	uint32_t strike_decay_seconds;
	uint32_t probation_calls; /* 0 = no probation */
	float max_benched_share;  /* 0 .. 1 */
	uint32_t min_available;
	rep_exhausted_t on_exhausted;
	uint32_t cap_minute, cap_hour, cap_day, cap_concurrent; /* 0 = none */
	uint32_t pool_cap_day, pool_cap_second;					/* 0 = none */
	rep_caps_kind_t caps; /* of a proxy that cannot reach the others */
	struct
	{
		uint32_t calls; /* a day */
		uint32_t days;
	} warmup[REP_WARMUP_STAGES];
	uint32_t warmup_stages;
	rep_mode_t mode;
	rep_pool_status_t status;
	uint32_t paused_until; /* s since 1970: active from then on; 0 = never */
	rep_order_t order;
	uint32_t sticky;		  /* 1: the same callee sees the same number */
	uint32_t local_digits;	  /* beyond the country code; 0 = no local match */
	rep_unknown_t on_unknown; /* a number whose verdict was not read yet */
	char require_tags[REP_TAGS_MAX + 1]; /* comma-separated, all needed */
	char require_attest;				 /* 0, 'A', 'B' or 'C' */
	char warn_attest_below;				 /* likewise */
	uint32_t require_registered;		 /* 0 or 1 */
	uint32_t callee_attempts_day, callee_redial_seconds; /* 0 = none */
	uint32_t callee_declined_rest, callee_unwanted_rest; /* s; 0 = none */
	/* Minutes of the callee's day, 0 .. 1439: quiet from `from` on until `to`,
	 * over midnight where `to` is the smaller; none where they are equal. */
	struct
	{
		uint16_t from, to;
	} quiet_hours;
	rep_quiet_t quiet_default;
	uint32_t report_callees; /* a bit an outcome */
	uint32_t report_days;
	char default_country[3];		  /* ISO 3166-1 alpha-2 or "" */
	char time_zone[REP_ZONE_MAX + 1]; /* tz database name; "" = UTC */
} rep_policy_t;

/* Fill in the defaults of docs/parameters.md. */
void rep_policy_default(rep_policy_t *policy);

/* Set one field from its text. Returns NULL on success, else a sentence that
 * says what is wrong with the value (static text, or written to `why`), the
 * policy being left as it was. An unknown field is an error too. */
const char *rep_policy_set(rep_policy_t *policy, rep_span_t field,
		rep_span_t value, char *why, size_t why_size);

/* The value of field number `i` (0 ..) as text, as rep_policy_set() reads
 * it; returns the field's name, or NULL when there are no more. */
const char *rep_policy_get(
		const rep_policy_t *policy, unsigned i, char *value, size_t size);

const char *rep_chart_name(rep_chart_t chart); /* "blocked" ... */

#endif
