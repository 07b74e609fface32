/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an operator says of a number. */

#ifndef REP_POOL_ATTRS_H
#define REP_POOL_ATTRS_H

#include "../judge/state.h"

#define REP_NAME_MAX 127 /* longest display name, in bytes */

/* What an operator says of a number (rep:numbers:{POOL}). Copied. */
typedef struct rep_attrs
{
	float weight;		/* > 0; 1 is usual */
	uint32_t cap_day;	/* 0 = the policy's */
	int32_t since_day;	/* days since 1970-01-01; 0 = established */
	rep_state_t status; /* REP_ACTIVE, REP_PAUSED or REP_RETIRED */
	rep_span_t tags;	/* "a,b,c" */
	rep_span_t attest;	/* "route=A,other=B" */
	rep_span_t note;
	rep_span_t name;	   /* display name: UTF-8, no control characters */
	rep_span_t registered; /* "registry=2026-11-28,other=2025-01-01" */
	rep_span_t verified;   /* "true", or the day; "" = not */
} rep_attrs_t;

/* Its texts, in the order in which a number keeps them. */
typedef enum rep_text
{
	REP_TEXT_TAGS,
	REP_TEXT_ATTEST,
	REP_TEXT_NOTE,
	REP_TEXT_NAME,
	REP_TEXT_REGISTERED,
	REP_TEXT_VERIFIED,
	REP_TEXTS
} rep_text_t;

#endif
