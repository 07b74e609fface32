/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How much a number's calls weigh in the yardstick of the others: those of a
 * run that speaks against it weigh less, those of a run that benched it
 * nothing. */

#ifndef REP_WEIGH_H
#define REP_WEIGH_H

#include "pool.h"

/* The weight, of REP_WEIGHT, of a run that gives a statistic of `s` nats, where
 * it was `before`. */
uint8_t rep_suspect_weight(float s, uint8_t before);

/* Let the newest `cells` cells of this turn of number `i` weigh so much (on a
 * route, 0 = on all), and the older ones of this turn in full. Cells without
 * judged calls are not among those counted. */
void rep_run_weigh(rep_pool_t *pool, uint32_t i, uint8_t route, uint32_t cells,
		uint8_t weight);

/* The verdict's turn has become known only now: cells of this turn weigh in
 * full, those of others, which may have benched the number, nothing. */
void rep_turns_weigh(rep_pool_t *pool, uint32_t i);

#endif
