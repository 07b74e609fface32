/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the ways of picking cost: by order, the callee's own number, a local
 * one. Numbers without a past; callees anywhere, some with local numbers. */

#ifndef CORE_PICKS_H
#define CORE_PICKS_H

#include <stdint.h>

typedef void report_t(const char *what, uint32_t numbers, unsigned routes,
		const char *unit, double value);

void picks_table(uint32_t most, report_t *report);

/* For instructions.py: so many calls by the way of that name, and nothing
 * else. 0, or 2 when there is no such way. */
int picks_only(const char *way, uint32_t numbers, unsigned calls);

#endif
