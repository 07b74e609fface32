/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The policies under which a log is replayed. */

#ifndef REP_REPLAY_POLICIES_H
#define REP_REPLAY_POLICIES_H

#include "../engine/judge/policy.h"
#include "../engine/pool/handle.h"

/* A field set for all pools, on top of what a pool file says. */
typedef struct replay_setting
{
	char *field, *value;
} replay_setting_t;

/* All zero: the defaults. */
typedef struct replay_policies
{
	const char *pool_file; /* borrowed; NULL = none */
	replay_setting_t *setting;
	size_t n;
} replay_policies_t;

/* Checked, then taken. NULL, or what is wrong (static, or in `why`). */
const char *replay_policies_set(replay_policies_t *policies, rep_span_t field,
		rep_span_t value, char *why, size_t size);

/* A pool file ({"pools": …}), a JSON object of fields, or lines "field value"
 * ("field = value", "# comment"). False after messages. */
bool replay_policies_read(replay_policies_t *policies, const char *path);

/* Into an empty registry; `more` fields go on top. `tell`: complain about the
 * pool file. `*fresh`: the policy of pools that are not in it. False when the
 * pool file cannot be read. */
bool replay_policies_apply(const replay_policies_t *policies,
		const replay_setting_t *more, size_t n_more, rep_registry_t *registry,
		rep_time_t now, bool tell, rep_policy_t *fresh);

void replay_policies_free(replay_policies_t *policies);

/* ---- the same log under several policies -------------------------------- */

#define REPLAY_SWEEP_FIELDS 8
#define REPLAY_SWEEP_VALUES 64

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

#endif
