/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "clocks.h"

#define DAY 1440

void rep_clocks_set(rep_clocks_t *clocks, unsigned zone, rep_clock_t clock)
{
	uint16_t offset = (uint16_t)(clock.offset + REP_CLOCK_BIAS);
	uint16_t after = (uint16_t)(clock.after + REP_CLOCK_BIAS);

	clocks->zone[zone] =
			(uint64_t)clock.change << 32 | (uint32_t)offset << 16 | after;
}

void rep_clocks_unset(rep_clocks_t *clocks, unsigned zone)
{
	clocks->zone[zone] = 0;
}

unsigned rep_clock_minute(const rep_clock_t *clock, uint32_t now)
{
	return (unsigned)((int64_t)now + rep_clock_offset(clock, now) + DAY) % DAY;
}
