/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The body of one header: Reason, Call-Info, X-Twilio-Error, Retry-After, and
 * the phrase of a status line. */

#include "fuzz.h"
#include "engine/reply/outcome.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int statuses[] = {183, 200, 403, 480, 486, 503, 603, 608};
	rep_span_t text = {(const char *)data, size};
	rep_redress_t redress = {.url = ""};
	rep_signs_t signs = {.flags = 0}, bare = {.flags = 0};

	rep_signs_reason(&signs, &redress, text);
	rep_signs_reason(&bare, NULL, text);
	CHECK((signs.flags | REP_SIGN_MALFORMED)
			== (bare.flags | REP_SIGN_MALFORMED));
	rep_signs_call_info(&signs, &redress, text);
	rep_signs_twilio_error(&signs, text);
	rep_signs_retry_after(&signs, text);
	CHECK(signs.q850 <= 127 && signs.sip <= 699 && signs.stir <= 699);
	CHECK(signs.location <= 8 && signs.locations <= 8);
	check_place(redress.url, sizeof(redress.url));
	check_place(redress.tel, sizeof(redress.tel));
	check_place(redress.email, sizeof(redress.email));
	check_place(redress.id, sizeof(redress.id));
	for(size_t i = 0; i < COUNT(statuses); i++) {
		rep_class_t class = rep_classify(&signs, statuses[i], text, 0);

		CHECK((class.outcome == REP_OUTCOMES) == (statuses[i] < 200));
		CHECK(class.confidence <= 100);
	}
	return 0;
}
