/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The name of a cell of evidence. */

#include "cell.h"

#include "route.h"
#include "../engine/base/decimal.h"
#include "../engine/base/text.h"
#include "../engine/reply/e164.h"

/* ---- labels --------------------------------------------------------------- */

static unsigned bars(rep_span_t text)
{
	unsigned n = 0;

	for(size_t i = 0; i < text.len; i++)
		n += text.s[i] == '|';
	return n;
}

static size_t pack_escaped(char *out, const char *label)
{
	size_t n = 0;

	for(; *label; label++)
		if(*label == '|' || *label == '%') {
			out[n++] = '%';
			out[n++] = *label == '|' ? '7' : '2';
			out[n++] = *label == '|' ? 'C' : '5';
		} else {
			out[n++] = *label;
		}
	return n;
}

/* A route alone stands as it is, bars and all. With two bars it would look
 * like three labels. */
static size_t pack_dims(char *out, const rep_dims_t *dims)
{
	size_t n;

	if(!dims->campaign[0] && !dims->network[0]
			&& bars(rep_span(dims->route)) != 2)
		return rep_pack_text(out, dims->route, REP_ROUTE_MAX);
	n = pack_escaped(out, dims->route);
	out[n++] = '|';
	n += pack_escaped(out + n, dims->campaign);
	out[n++] = '|';
	return n + pack_escaped(out + n, dims->network);
}

static bool unpack_escaped(rep_span_t text, char out[REP_ROUTE_MAX + 1])
{
	char plain[REP_ROUTE_MAX];
	size_t n = 0;

	for(size_t i = 0; i < text.len; i++) {
		char c = text.s[i];
		if(c == '%') {
			int high = i + 2 < text.len ? rep_hex_digit(text.s[i + 1]) : -1;
			int low = high < 0 ? -1 : rep_hex_digit(text.s[i + 2]);
			if(low < 0)
				return false;
			c = (char)(high * 16 + low);
			i += 2;
		}
		if(n == sizeof(plain))
			return false;
		plain[n++] = c;
	}
	return rep_unpack_route((rep_span_t){plain, n}, out);
}

static bool unpack_dims(rep_span_t text, rep_dims_t *out)
{
	rep_span_t route, campaign;

	if(bars(text) != 2) {
		memset(out, 0, sizeof(*out));
		return rep_unpack_route(text, out->route);
	}
	rep_span_cut(&text, '|', &route);
	rep_span_cut(&text, '|', &campaign);
	return unpack_escaped(route, out->route)
		   && unpack_escaped(campaign, out->campaign)
		   && unpack_escaped(text, out->network);
}

/* ---- cells ---------------------------------------------------------------- */

size_t rep_pack_field(
		const rep_cell_t *cell, rep_span_t writer, char out[REP_FIELD_TEXT])
{
	size_t n = rep_e164_print(cell->number, out);
	size_t len = writer.len < REP_WRITER_MAX ? writer.len : REP_WRITER_MAX;

	out[n++] = '|';
	n += rep_u32_print(cell->stamp, out + n);
	if(cell->repeat)
		out[n++] = 'r';
	out[n++] = '|';
	memcpy(out + n, writer.s, len);
	n += len;
	out[n++] = '|';
	n += pack_dims(out + n, &cell->dims);
	out[n] = '\0';
	return n;
}

bool rep_unpack_field(rep_span_t text, rep_cell_t *out, rep_span_t *writer)
{
	rep_span_t number, turn;
	uint64_t v;

	if(!rep_span_cut(&text, '|', &number) || !rep_span_cut(&text, '|', &turn)
			|| !rep_span_cut(&text, '|', writer) || !text.s)
		return false;
	out->repeat = turn.len && turn.s[turn.len - 1] == 'r';
	turn.len -= out->repeat;
	if(rep_e164_parse(number, &out->number) != REP_E164_OK
			|| !rep_u64_parse(turn, UINT32_MAX, &v)
			|| !unpack_dims(text, &out->dims))
		return false;
	out->stamp = (uint32_t)v;
	return true;
}
