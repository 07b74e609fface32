/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A number's moves between its states, everywhere and on one route. */

#ifndef REP_VERDICT_H
#define REP_VERDICT_H

#include "assess.h"

/* Bench number `i` on a route (0 = everywhere) for `rest` ms, 0 = as the
 * policy says. `on`: the evidence, `confined`: to what it is (rep_confined());
 * both may be NULL. */
void rep_verdict_bench(rep_pool_t *pool, uint32_t i, uint8_t route,
		rep_reason_t reason, rep_time_t rest, const struct rep_assessed *on,
		const char *confined, rep_time_t now);
/* Back in use since `since`: on probation, or (REP_ACTIVE) in good standing. */
void rep_verdict_restore(rep_pool_t *pool, uint32_t i, uint8_t route,
		rep_state_t state, rep_time_t since, const struct rep_assessed *on,
		rep_time_t now);
/* The evidence is gone. */
void rep_verdict_forget(rep_pool_t *pool, uint32_t i);

/* Judge a number on what is known now and make the moves that follow. */
void rep_verdict_judge(rep_pool_t *pool, uint32_t i, rep_time_t now);
/* Returns from rest that are due. */
void rep_verdict_due(rep_pool_t *pool, uint32_t i, rep_time_t now);

/* After a move: it is to be shared, published, and to have its effect. */
void rep_verdict_moved(
		rep_pool_t *pool, uint32_t i, rep_verdict_t *verdict, rep_time_t now);
/* `judged`, `counts`, `pool_counts` and `detail` may be NULL. */
void rep_verdict_announce(rep_pool_t *pool, const rep_number_t *number,
		uint8_t route, rep_event_kind_t kind, const rep_judged_t *judged,
		const rep_counts_t *counts, const rep_counts_t *pool_counts,
		const char *detail, bool adopted, rep_time_t now);

#endif
