/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stamps: in which turn of the verdict a call was counted. Each move of a
 * verdict starts a new turn, and only evidence of the present one is judged. */

#ifndef REP_STAMP_H
#define REP_STAMP_H

#include "pool.h"

rep_stamp_t rep_stamp_of(
		const rep_pool_t *pool, const rep_number_t *number, uint8_t route);

/* The turn that the eight bits of a stamp stand for, while the verdict is in
 * `turn`: that one, one of the 191 before it or of the 64 after it. */
uint32_t rep_stamp_turn(uint32_t turn, unsigned bits);

/* The turns of the number and on the route in which a cell was counted. */
void rep_stamp_read(const rep_pool_t *pool, const rep_number_t *number,
		const rep_cell_head_t *cell, uint32_t *turn, uint32_t *route_turn);

#endif
