/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The name of a cell of evidence. */

#include "cell.h"

#include "route.h"
#include "../engine/base/decimal.h"
#include "../engine/base/text.h"
#include "../engine/reply/e164.h"

size_t rep_pack_field(
		const rep_cell_t *cell, const char *writer, char out[REP_FIELD_TEXT])
{
	size_t n = rep_e164_print(cell->number, out);

	out[n++] = '|';
	n += rep_u32_print(cell->stamp, out + n);
	out[n++] = '|';
	if(writer) {
		n += rep_pack_text(out + n, writer, REP_WRITER_MAX);
		out[n++] = '|';
	}
	n += rep_pack_text(out + n, cell->route, REP_ROUTE_MAX);
	out[n] = '\0';
	return n;
}

bool rep_unpack_field(rep_span_t text, rep_cell_t *out, rep_span_t *writer)
{
	rep_span_t number, turn, who = {NULL, 0};
	uint64_t v;

	if(!rep_span_cut(&text, '|', &number) || !rep_span_cut(&text, '|', &turn)
			|| (writer && !rep_span_cut(&text, '|', &who)) || !text.s)
		return false;
	if(rep_e164_parse(number, &out->number) != REP_E164_OK
			|| !rep_u64_parse(turn, UINT32_MAX, &v)
			|| !rep_unpack_route(text, out->route))
		return false;
	out->stamp = (uint32_t)v;
	if(writer)
		*writer = who;
	return true;
}
