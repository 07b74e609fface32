/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "clocks.h"

#define DAY 1440
#define BIAS 0x4000 /* what is known is not zero */

void rep_clocks_set(rep_clocks_t *clocks, unsigned zone, rep_clock_t clock)
{
	uint16_t offset = (uint16_t)(clock.offset + BIAS);
	uint16_t after = (uint16_t)(clock.after + BIAS);

	clocks->zone[zone] =
			(uint64_t)clock.change << 32 | (uint32_t)offset << 16 | after;
}

void rep_clocks_unset(rep_clocks_t *clocks, unsigned zone)
{
	clocks->zone[zone] = 0;
}

bool rep_clocks_get(
		const rep_clocks_t *clocks, unsigned zone, rep_clock_t *clock)
{
	uint64_t word = clocks->zone[zone];

	clock->change = (uint32_t)(word >> 32);
	clock->offset = (int16_t)((int)(word >> 16 & 0xffff) - BIAS);
	clock->after = (int16_t)((int)(word & 0xffff) - BIAS);
	return word != 0;
}

unsigned rep_clock_minute(const rep_clock_t *clock, uint32_t now)
{
	int offset = now < clock->change ? clock->offset : clock->after;

	return (unsigned)((int64_t)now + offset + DAY) % DAY;
}
