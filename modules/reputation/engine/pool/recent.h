/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls of the last hour, to the step of five minutes: an hour that slides,
 * whatever the buckets are. */

#ifndef REP_RECENT_H
#define REP_RECENT_H

#include "../judge/counts.h"

#define REP_RECENT_MINUTES 60
#define REP_RECENT_STEP 5 /* minutes */
/* a full hour, and the step that has begun */
#define REP_RECENT_STEPS (REP_RECENT_MINUTES / REP_RECENT_STEP + 1)

typedef struct rep_recent
{
	uint32_t step[REP_RECENT_STEPS]; /* each step's number, a ring */
	rep_counts_t counts[REP_RECENT_STEPS];
} rep_recent_t;

/* `by` calls more, or fewer, in this minute since 1970. */
void rep_recent_add(rep_recent_t *recent, uint32_t minute, int o, int64_t by);

/* When the hour begins that ends in this minute: 60 to 64 minutes before. */
uint32_t rep_recent_begin(uint32_t minute);
/* Adds the calls of that hour. */
void rep_recent_sum(
		const rep_recent_t *recent, uint32_t minute, rep_counts_t *sum);

#endif
