/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counts by outcome, as text. */

#include "counts.h"

#include <string.h>

#include "../engine/base/decimal.h"
#include "../engine/base/text.h"

/* of an outcome, besides its name: quotes, a colon, digits, and the end */
#define OUTCOME_MORE 16

size_t rep_pack_counts(const rep_counts_t *counts, char out[REP_COUNTS_TEXT])
{
	int last = REP_OUTCOMES - 1;
	size_t n = 0;

	while(last > 0 && counts->n[last] == 0)
		last--;
	for(int i = 0; i <= last; i++) {
		if(i > 0)
			out[n++] = ',';
		n += rep_u32_print(counts->n[i], out + n);
	}
	out[n] = '\0';
	return n;
}

bool rep_unpack_counts(rep_span_t text, rep_counts_t *out)
{
	rep_counts_t counts = {0};
	rep_span_t part;

	if(!text.s)
		return false;
	for(int i = 0; i < REP_OUTCOMES && text.s; i++) {
		uint64_t v;

		rep_span_cut(&text, ',', &part);
		if(!rep_u64_parse(part, UINT64_MAX, &v))
			return false;
		counts.n[i] = v > UINT32_MAX ? UINT32_MAX : (uint32_t)v;
	}
	*out = counts;
	return true;
}

size_t rep_pack_outcomes(const rep_counts_t *counts, char *out, size_t size)
{
	size_t n = 0;

	for(int i = 0; i < REP_OUTCOMES; i++) {
		const char *name = rep_outcome_name((rep_outcome_t)i);
		size_t length = strlen(name);

		if(n + length + OUTCOME_MORE > size)
			break;
		out[n++] = i ? ',' : '{';
		out[n++] = '"';
		memcpy(out + n, name, length);
		n += length;
		out[n++] = '"';
		out[n++] = ':';
		n += rep_u32_print(counts->n[i], out + n);
	}
	out[n++] = '}';
	out[n] = '\0';
	return n;
}
