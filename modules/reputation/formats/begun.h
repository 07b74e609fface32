/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An answered call that may still be short, as Redis holds it: "SERIAL POOL
 * CALLEE +NUMBER|STAMP|ROUTE", the last as in the feed. Pure functions. */

#ifndef REP_BEGUN_FORMAT_H
#define REP_BEGUN_FORMAT_H

#include "cell.h"

#define REP_BEGUN_TEXT (REP_FIELD_TEXT + REP_POOL_MAX + 48)

/* `callee`: of the ticket. Of the cell the counts are of no account. */
size_t rep_pack_begun(uint64_t serial, const char *pool, uint64_t callee,
		const rep_cell_t *cell, char out[REP_BEGUN_TEXT]);
/* The reverse, without the serial; false when it is none. */
bool rep_unpack_begun(
		rep_span_t text, rep_span_t *pool, uint64_t *callee, rep_cell_t *cell);

#endif
