/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looks over a pool for blocks of numbers that go bad together. */

#ifndef REP_SURVEY_H
#define REP_SURVEY_H

#include "pool.h"

/* Once a minute two passes over all numbers, a part with each call; benches
 * the members of bad blocks that show it. Takes the pool's lock itself, from
 * one process. True while there is more to do in this minute. */
bool rep_pool_survey(rep_pool_t *pool, rep_time_t now);

/* Gives its memory back. The lock is held, or nobody else is left. */
void rep_survey_drop(rep_pool_t *pool);

#endif
