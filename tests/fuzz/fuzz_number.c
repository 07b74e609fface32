/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Telephone numbers as callers, operators and carriers write them. */

#include "fuzz.h"
#include "engine/base/decimal.h"
#include "engine/reply/e164.h"

static void try_decimals(rep_span_t text)
{
	char out[REP_DECIMAL_MAX];
	double x, back;
	uint64_t u;
	uint32_t w;

	if(rep_decimal_parse(text, -1e9, 1e9, &x)) {
		CHECK(x >= -1e9 && x <= 1e9);
		rep_decimal_print(x, out);
		CHECK(rep_decimal_parse(rep_span(out), -1e9, 1e9, &back));
	}
	if(rep_whole_parse(text, 5, 70000, &w))
		CHECK(w >= 5 && w <= 70000);
	if(rep_u64_parse(text, UINT32_MAX, &u))
		CHECK(u <= UINT32_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const countries[] = {"", "US", "GB", "IT", "BR", "DE",
			"RU", "KR", "FR", "MX", "AU", "ZZ"};
	rep_span_t text = {(const char *)data, size};
	char out[REP_E164_MAX];
	rep_e164_t number, back = 0;

	for(size_t i = 0; i < COUNT(countries); i++) {
		rep_e164_error_t error = rep_e164_complete(text, countries[i], &number);

		CHECK(rep_e164_strerror(error));
		if(error != REP_E164_OK)
			continue;
		rep_e164_print(number, out);
		CHECK(rep_e164_parse(rep_span(out), &back) == REP_E164_OK);
		CHECK(back == number);
		/* what is complete stays as it is */
		CHECK(rep_e164_complete(rep_span(out), countries[i], &back)
				== REP_E164_OK);
		CHECK(back == number);
	}
	if(rep_e164_parse(text, &number) == REP_E164_OK) {
		CHECK(rep_e164_print(number, out) == text.len);
		CHECK(memcmp(out, text.s, text.len) == 0);
	}
	try_decimals(text);
	return 0;
}
