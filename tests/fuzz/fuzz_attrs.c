/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The attributes of a number: JSON from Redis, a pool file or RPC. */

#include "fuzz.h"
#include "formats/attrs.h"

static void check_text(rep_span_t text, size_t room)
{
	CHECK(text.len < room && text.s[text.len] == '\0');
	for(size_t i = 0; i < text.len; i++)
		CHECK((unsigned char)text.s[i] >= ' ' && text.s[i] != 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	rep_span_t json = {(const char *)data, size};
	rep_attrs_text_t out;
	char why[160];
	const char *wrong = rep_attrs_parse(json, &out, why, sizeof(why));

	if(wrong) {
		CHECK(wrong[0] && strlen(wrong) < sizeof(why));
		return 0;
	}
	CHECK(out.attrs.weight > 0 && out.attrs.weight <= 1e6f);
	CHECK(out.attrs.since_day >= 0);
	check_text(out.attrs.tags, sizeof(out.tags));
	check_text(out.attrs.attest, sizeof(out.attest));
	check_text(out.attrs.note, sizeof(out.note));
	check_text(rep_span(out.unknown), sizeof(out.unknown));
	return 0;
}
