/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values of policy fields. Every field takes the text or says why not; what
 * it took, it gives back in a form that it takes. */

#include "fuzz.h"
#include "formats/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	rep_span_t text = {(const char *)data, size}, rest = text, field;
	char value[REP_POLICY_VALUE_MAX], again[REP_POLICY_VALUE_MAX], why[160];
	rep_policy_t policy, before;
	const char *name;

	rep_policy_default(&policy);
	field = fuzz_line(&rest);
	rep_policy_parse(&policy, field, rest, why, sizeof(why));
	for(unsigned i = 0;
			(name = rep_policy_get(&policy, i, value, sizeof(value))); i++) {
		before = policy;
		if(rep_policy_parse(&policy, rep_span(name), text, why, sizeof(why))) {
			CHECK(memcmp(&policy, &before, sizeof(policy)) == 0);
			continue;
		}
		rep_policy_get(&policy, i, value, sizeof(value));
		CHECK(!rep_policy_set(
				&policy, rep_span(name), rep_span(value), why, sizeof(why)));
		rep_policy_get(&policy, i, again, sizeof(again));
		CHECK(strcmp(value, again) == 0);
	}
	return 0;
}
