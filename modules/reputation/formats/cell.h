/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The name of a cell of evidence, as Redis and the feed hold it (layout 2 of
 * docs/redis.md). Pure functions. */

#ifndef REP_CELL_FORMAT_H
#define REP_CELL_FORMAT_H

#include "../engine/pool/exchange.h"

#define REP_FIELD_TEXT 704 /* +NUMBER|STAMP|WRITER|ROUTE|CAMPAIGN|NETWORK */
#define REP_WRITER_MAX 95  /* longest writer's name */

/* The field of a cell in its bucket's hash: "+NUMBER|STAMP|WRITER|ROUTE", or
 * "+NUMBER|STAMP|WRITER|ROUTE|CAMPAIGN|NETWORK" with % as %25 and | as %7C in
 * the labels. STAMPr: repeats. */
size_t rep_pack_field(
		const rep_cell_t *cell, rep_span_t writer, char out[REP_FIELD_TEXT]);
/* The reverse; the bucket and the counts are left alone. */
bool rep_unpack_field(rep_span_t text, rep_cell_t *out, rep_span_t *writer);

#endif
