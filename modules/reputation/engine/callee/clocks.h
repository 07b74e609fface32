/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The clocks of the time zones: what is to be added to UTC, now and after the
 * next change. One process sets them, from the tz database; all read them, in
 * shared memory, without a lock. */

#ifndef REP_CLOCKS_H
#define REP_CLOCKS_H

#include <stdatomic.h>

#include "../base/types.h"
#include "../reply/zone_table.h"

#define REP_NO_CHANGE UINT32_MAX

typedef struct rep_clock
{
	int16_t offset; /* minutes to add to UTC, before `change` */
	int16_t after;	/* likewise, from `change` on */
	/* Minutes since 1970-01-01 UTC; REP_NO_CHANGE: none is near. */
	uint32_t change;
} rep_clock_t;

/* All zero: no clock is known. */
typedef struct rep_clocks
{
	_Atomic uint64_t zone[REP_ZONES_MAX];
} rep_clocks_t;

#define REP_CLOCK_BIAS 0x4000 /* what is known is not zero */

void rep_clocks_set(rep_clocks_t *clocks, unsigned zone, rep_clock_t clock);
/* The tz database has no such zone. */
void rep_clocks_unset(rep_clocks_t *clocks, unsigned zone);

/* False when it is not known. */
static inline bool rep_clocks_get(
		const rep_clocks_t *clocks, unsigned zone, rep_clock_t *clock)
{
	uint64_t word =
			atomic_load_explicit(&clocks->zone[zone], memory_order_relaxed);

	clock->change = (uint32_t)(word >> 32);
	clock->offset = (int16_t)((int)(word >> 16 & 0xffff) - REP_CLOCK_BIAS);
	clock->after = (int16_t)((int)(word & 0xffff) - REP_CLOCK_BIAS);
	return word != 0;
}

/* Minutes to add to UTC at this minute since 1970. */
static inline int rep_clock_offset(const rep_clock_t *clock, uint32_t now)
{
	return now < clock->change ? clock->offset : clock->after;
}

/* Minute of the day there, 0 .. 1439, likewise. */
unsigned rep_clock_minute(const rep_clock_t *clock, uint32_t now);

#endif
