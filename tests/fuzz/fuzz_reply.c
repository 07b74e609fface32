/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A whole reply as a carrier sends it: its headers are found, what they say
 * is taken in, and its status line comes to an outcome. */

#include "fuzz.h"
#include "engine/reply/headers.h"
#include "engine/reply/outcome.h"

/* Headers stand in the message, one behind the other, none in its body. */
static void try_headers(rep_span_t message)
{
	rep_span_t rest = rep_headers(message), name, value, tag;
	const char *at = message.s, *end = message.s + message.len;

	while(rep_headers_next(&rest, &name, &value)) {
		CHECK(name.s >= at && name.s + name.len < value.s);
		CHECK(value.s + value.len <= rest.s);
		CHECK(rest.s + rest.len == end);
		CHECK(!name.len || !memchr(name.s, '\n', name.len));
		CHECK(rep_trim(value).len == value.len);
		tag = rep_header_tag(value);
		CHECK(tag.s >= value.s && tag.s + tag.len <= value.s + value.len);
		at = rest.s;
	}
	CHECK(!rep_headers_next(&rest, &name, &value));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	rep_span_t message = {(const char *)data, size}, rest = message;
	rep_span_t phrase = fuzz_line(&rest);
	rep_redress_t redress = {.url = ""};
	rep_signs_t signs = {.flags = 0}, later = {.flags = 0}, twice;

	try_headers(message);
	rep_signs_message(&signs, &redress, message);
	CHECK(signs.q850 <= 127 && signs.sip <= 699 && signs.stir <= 699);
	CHECK(signs.location <= 8 && signs.locations <= 8);
	check_place(redress.url, sizeof(redress.url));
	check_place(redress.tel, sizeof(redress.tel));
	check_place(redress.email, sizeof(redress.email));
	check_place(redress.id, sizeof(redress.id));
	/* read before the lock and added, or read into what there is */
	rep_signs_message(&later, NULL, message);
	twice = signs;
	rep_signs_merge(&twice, &later);
	rep_signs_message(&signs, &redress, message);
	CHECK(signs.q850 == twice.q850 && signs.sip == twice.sip);
	CHECK(signs.stir == twice.stir && signs.location == twice.location);
	CHECK(signs.retry_after == twice.retry_after);
	/* without contacts to check, less can be malformed */
	CHECK((signs.flags | REP_SIGN_MALFORMED)
			== (twice.flags | REP_SIGN_MALFORMED));
	for(int status = 100; status < 700; status++) {
		rep_class_t class = rep_classify(&signs, status, phrase, 0);

		CHECK((class.outcome == REP_OUTCOMES)
				== (status < 200 || status == 401 || status == 407));
		CHECK(class.confidence <= 100);
	}
	rep_classify_bye(&signs);
	return 0;
}
