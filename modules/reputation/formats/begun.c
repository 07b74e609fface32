/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "begun.h"

#include <stdio.h>

#include "../engine/base/decimal.h"
#include "../engine/base/text.h"

size_t rep_pack_begun(uint64_t serial, const char *pool, uint64_t callee,
		const rep_cell_t *cell, char out[REP_BEGUN_TEXT])
{
	int n = snprintf(out, REP_BEGUN_TEXT - REP_FIELD_TEXT, "%llu %.*s %llu ",
			(unsigned long long)serial, REP_POOL_MAX, pool,
			(unsigned long long)callee);

	return (size_t)n + rep_pack_field(cell, rep_span(""), out + n);
}

bool rep_unpack_begun(
		rep_span_t text, rep_span_t *pool, uint64_t *callee, rep_cell_t *cell)
{
	rep_span_t serial, number, nobody;

	return rep_span_cut(&text, ' ', &serial) && rep_span_cut(&text, ' ', pool)
		   && rep_span_cut(&text, ' ', &number)
		   && rep_u64_parse(number, UINT64_MAX, callee)
		   && rep_unpack_field(text, cell, &nobody);
}
