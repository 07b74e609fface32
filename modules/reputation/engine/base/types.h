/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small types that every part of the core shares. */

#ifndef REP_TYPES_H
#define REP_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Text that belongs to somebody else: not terminated, may hold any byte. */
typedef struct rep_span
{
	const char *s;
	size_t len;
} rep_span_t;

/* Time: milliseconds since 1970-01-01 UTC by the wall clock. Always an
 * argument; the core has no clock. */
typedef int64_t rep_time_t;

/* A telephone number, ITU-T E.164: its digits as an integer, without the
 * plus. 0 is no number (no E.164 number starts with 0). */
typedef uint64_t rep_e164_t;

#define REP_POOL_MAX 64	 /* longest pool name, in bytes */
#define REP_ROUTE_MAX 63 /* longest route label, in bytes */
#define REP_NODE_MAX 63	 /* longest node name, in bytes */

static inline rep_span_t rep_span(const char *s)
{
	return (rep_span_t){s, s ? strlen(s) : 0};
}

static inline bool rep_span_is(rep_span_t a, const char *s)
{
	return a.len == strlen(s) && (a.len == 0 || memcmp(a.s, s, a.len) == 0);
}

#endif
