/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stamps. */

#include "stamp.h"

#include "standing.h"
#include "strata.h"

#define PAST 192 /* of the 256 turns that eight bits name, those behind */

rep_stamp_t rep_stamp_of(
		const rep_pool_t *pool, const rep_number_t *number, uint8_t route)
{
	const rep_verdict_t *on =
			route ? rep_verdict_of(pool, number, route) : NULL;

	return (rep_stamp_t)((number->verdict.turn & 0xff) << 8
						 | (on ? on->turn & 0xff : 0));
}

uint32_t rep_stamp_turn(uint32_t turn, unsigned bits)
{
	uint8_t ago = (uint8_t)(turn - bits);

	/* a turn that this node has not heard of looks long ago: it is ahead */
	return ago < PAST && ago <= turn ? turn - ago : turn + (256 - ago);
}

void rep_stamp_read(const rep_pool_t *pool, const rep_number_t *number,
		const rep_cell_head_t *cell, uint32_t *turn, uint32_t *route_turn)
{
	uint8_t route = rep_stratum_of(pool, cell)->route;
	const rep_verdict_t *on =
			route ? rep_verdict_of(pool, number, route) : NULL;

	*turn = rep_stamp_turn(number->verdict.turn, cell->stamp >> 8);
	*route_turn = rep_stamp_turn(on ? on->turn : 0, cell->stamp & 0xff);
}
