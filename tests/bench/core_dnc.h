/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The do-not-call list: what a pick's question costs, by its length, and how
 * long reading it may keep a call waiting. */

#ifndef CORE_DNC_H
#define CORE_DNC_H

#include "core_picks.h"

void dnc_table(uint32_t most, report_t *report);

/* For instructions.py: so many questions to a list of so many, and nothing
 * else. */
int dnc_only(uint32_t entries, unsigned calls);

#endif
