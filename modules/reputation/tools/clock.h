/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Times as call logs write them. */

#ifndef REP_REPLAY_CLOCK_H
#define REP_REPLAY_CLOCK_H

#include "../engine/base/types.h"

#define REPLAY_NO_OFFSET INT32_MIN
#define REPLAY_TIME_TEXT 32

/* Unix seconds (a fraction is fine), unix milliseconds (more than eleven
 * digits), or ISO 8601 with a date and a time of day. `offset`: seconds east
 * of UTC of a time that does not say, or REPLAY_NO_OFFSET to refuse those.
 * NULL and `*out`, or what is wrong (static). */
const char *replay_time_parse(rep_span_t text, int32_t offset, rep_time_t *out);

/* "Z", "+02:00", "-0330", "+02"; false when it is neither. */
bool replay_offset_parse(rep_span_t text, int32_t *seconds);

/* "2024-01-31T12:00:00Z", rounded down to the second; returns `out`. */
const char *replay_time_print(rep_time_t at, char out[REPLAY_TIME_TEXT]);

#endif
