/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A number is used by a call: its place in the order of picks, its caps, what
 * is in flight. */

#ifndef REP_USE_H
#define REP_USE_H

#include "pool.h"

/* One more call by number `i`; the ticket holds it. */
void rep_number_use(
		rep_pool_t *pool, uint32_t i, rep_time_t now, rep_ticket_t *ticket);
/* One more in flight, and nothing else. */
void rep_number_hold(rep_pool_t *pool, uint32_t i, rep_ticket_t *ticket);

/* One less in flight. */
void rep_number_let_go(rep_pool_t *pool, uint32_t i, rep_time_t now);
/* The use of this ticket was none: its windows, where they still run, and its
 * place, where no other pick gave it a later one. */
void rep_number_unuse(rep_pool_t *pool, uint32_t i, const rep_ticket_t *ticket);

#endif
