/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A policy field as an operator writes it. */

#ifndef REP_POLICY_PARSE_H
#define REP_POLICY_PARSE_H

#include "../engine/judge/policy.h"

/* rep_policy_set(), and time_zone must be one that this machine has. */
const char *rep_policy_parse(rep_policy_t *policy, rep_span_t field,
		rep_span_t value, char *why, size_t why_size);

#endif
