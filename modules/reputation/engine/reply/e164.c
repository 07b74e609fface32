/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Telephone numbers: parsing, and completion by national dialling plans. */

#include "e164.h"

#include "plans.h"
#include "../base/text.h"

#define DIGITS_MIN 7
#define DIGITS_MAX 15
/* A longer number that begins with the country's code has that code: national
 * ones as long are those with direct dial-in, and nobody leaves out their trunk
 * prefix. */
#define BARE_MAX 11
#define DIALLED_MAX 24 /* international prefix and 15 digits, and to spare */

static const char *const errors[] = {
		[REP_E164_OK] = "no error",
		[REP_E164_EMPTY] = "empty",
		[REP_E164_NO_PLUS] = "does not start with +",
		[REP_E164_CHARACTER] = "a character that is no digit",
		[REP_E164_SHORT] = "fewer than 7 digits",
		[REP_E164_LONG] = "more than 15 digits",
		[REP_E164_COUNTRY] = "no country code starts with 0",
		[REP_E164_NATIONAL] = "not a number of the default country's plan",
		[REP_E164_NO_SUCH_RULES] =
				"the default country's dialling rules are not known",
};

const char *rep_e164_strerror(rep_e164_error_t error)
{
	unsigned i = (unsigned)error;

	if(i >= sizeof(errors) / sizeof(errors[0]))
		return "unknown error";
	return errors[i];
}


/* The digits after the plus. */
static rep_e164_error_t international(rep_span_t digits, rep_e164_t *number)
{
	rep_e164_t n = 0;
	size_t i;

	for(i = 0; i < digits.len && i <= DIGITS_MAX; i++) {
		if(!rep_is_digit(digits.s[i]))
			return REP_E164_CHARACTER;
		n = n * 10 + (rep_e164_t)(digits.s[i] - '0');
	}
	if(digits.len > DIGITS_MAX)
		return REP_E164_LONG;
	if(digits.len > 0 && digits.s[0] == '0')
		return REP_E164_COUNTRY;
	if(digits.len < DIGITS_MIN)
		return REP_E164_SHORT;
	*number = n;
	return REP_E164_OK;
}

rep_e164_error_t rep_e164_parse(rep_span_t text, rep_e164_t *number)
{
	if(text.len == 0)
		return REP_E164_EMPTY;
	if(text.s[0] != '+')
		return rep_is_digit(text.s[0]) ? REP_E164_NO_PLUS : REP_E164_CHARACTER;
	return international((rep_span_t){text.s + 1, text.len - 1}, number);
}

static char upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static const rep_plan_t *find_plan(const char *country)
{
	unsigned low = 0, high = rep_plan_count;
	char iso[3] = {0};

	if(strlen(country) != 2)
		return NULL;
	iso[0] = upper(country[0]);
	iso[1] = upper(country[1]);
	while(low < high) {
		unsigned middle = (low + high) / 2;
		int order = memcmp(iso, rep_plans[middle].iso, 2);

		if(order == 0)
			return &rep_plans[middle];
		if(order > 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

bool rep_e164_country_known(const char *country)
{
	return !country || !country[0] || find_plan(country);
}

/* The digits of `text`, and whether a plus stood before them. */
static rep_e164_error_t undress(
		rep_span_t text, char *digits, size_t *count, bool *plus)
{
	size_t i, n = 0;

	*plus = false;
	for(i = 0; i < text.len; i++) {
		char c = text.s[i];

		if(rep_is_digit(c)) {
			if(n == DIALLED_MAX)
				return REP_E164_LONG;
			digits[n++] = c;
		} else if(c == '+' && n == 0 && !*plus) {
			*plus = true;
		} else if(c == '\0' || !strchr("-.() /", c)) {
			return REP_E164_CHARACTER;
		}
	}
	*count = n;
	return n || *plus ? REP_E164_OK : REP_E164_EMPTY;
}

/* The next of the prefixes in `*list` if `digits` starts with it: its length;
 * else 0. `*list` moves on to the prefix after it. */
static size_t next_prefix(const char **list, rep_span_t digits)
{
	const char *p = *list;
	size_t n = 0;
	bool same = true;

	for(; *p && *p != ' '; p++, n++) {
		if(n >= digits.len || (*p != 'x' && *p != digits.s[n]))
			same = false;
	}
	*list = *p ? p + 1 : p;
	return same ? n : 0;
}

static rep_span_t after(rep_span_t s, size_t n)
{
	return (rep_span_t){s.s + n, s.len - n};
}

/* The length of the first of the prefixes that `digits` starts with; else 0. */
static size_t prefix_of(const char *list, rep_span_t digits)
{
	size_t n = 0;

	while(*list && n == 0)
		n = next_prefix(&list, digits);
	return n;
}

/* NXX-NXX-XXXX. N11 is a service code, no area. 555 is no area either: it
 * stands for "a number" in documents and laboratories, with any exchange. */
static bool nanp_ok(rep_span_t n)
{
	if(n.len != 10 || (n.s[1] == '1' && n.s[2] == '1'))
		return false;
	return n.s[3] >= '2' || memcmp(n.s, "555", 3) == 0;
}

static bool national(const rep_plan_t *plan, rep_span_t n)
{
	const rep_plan_form_t *form;

	for(form = plan->form; form->first; form++) {
		if(n.len <= DIGITS_MAX && form->lengths >> n.len & 1
				&& prefix_of(form->first, n))
			return plan->cc != 1 || nanp_ok(n);
	}
	return false;
}

static rep_e164_error_t with_country_code(
		const rep_plan_t *plan, rep_span_t n, rep_e164_t *number)
{
	rep_e164_t value = plan->cc;
	size_t i, digits = plan->cc >= 100 ? 3 : plan->cc >= 10 ? 2 : 1;

	if(n.len + digits > DIGITS_MAX)
		return REP_E164_LONG;
	if(n.len + digits < DIGITS_MIN)
		return REP_E164_SHORT;
	for(i = 0; i < n.len; i++)
		value = value * 10 + (rep_e164_t)(n.s[i] - '0');
	*number = value;
	return REP_E164_OK;
}

/* What follows the country's own code, when the digits start with it and a
 * national number follows; empty if not. */
static rep_span_t own_code(const rep_plan_t *plan, rep_span_t digits)
{
	uint16_t cc = plan->cc;
	size_t n = cc >= 100 ? 3 : cc >= 10 ? 2 : 1, i;

	if(digits.len <= n)
		return rep_span("");
	for(i = n; i > 0; i--, cc /= 10) {
		if(digits.s[i - 1] != '0' + cc % 10)
			return rep_span("");
	}
	digits = after(digits, n);
	return national(plan, digits) ? digits : rep_span("");
}

/* The national number that the plan's rule makes of the digits, in `buffer`;
 * empty when it is not for them. */
static rep_span_t by_rule(
		const rep_plan_t *plan, rep_span_t digits, char buffer[DIALLED_MAX])
{
	const rep_plan_rule_t *rule = plan->rule;
	rep_span_t made = {buffer, 0};
	size_t n, put;

	if(!rule || digits.len != rule->length)
		return rep_span("");
	n = prefix_of(rule->first, digits);
	if(n == 0)
		return rep_span("");
	put = strlen(rule->put);
	memcpy(buffer, rule->put, put);
	memcpy(buffer + put, digits.s, n - rule->cut);
	memcpy(buffer + put + n - rule->cut, digits.s + n, digits.len - n);
	made.len = put + digits.len - rule->cut;
	return national(plan, made) ? made : rep_span("");
}

/* A national number behind a trunk prefix. */
static rep_span_t by_trunk(
		const rep_plan_t *plan, rep_span_t digits, char buffer[DIALLED_MAX])
{
	const char *list;

	for(list = plan->trunk; *list;) {
		size_t n = next_prefix(&list, digits);
		rep_span_t rest = after(digits, n), made;

		if(n == 0 || rest.len == 0)
			continue;
		if(national(plan, rest))
			return rest;
		made = by_rule(plan, rest, buffer);
		if(made.len > 0)
			return made;
	}
	return rep_span("");
}

static rep_e164_error_t dialled(
		const rep_plan_t *plan, rep_span_t digits, rep_e164_t *number)
{
	char buffer[DIALLED_MAX];
	size_t n = prefix_of(plan->intl, digits);
	rep_span_t own;

	if(n > 0)
		return international(after(digits, n), number);
	own = by_trunk(plan, digits, buffer);
	if(own.len > 0)
		return with_country_code(plan, own, number);
	own = own_code(plan, digits);
	if(national(plan, digits)) {
		/* In plans of varying length both readings can hold. A guess would
		 * now and then call somebody else, so neither is taken. */
		if(own.len > 0 && digits.len <= BARE_MAX)
			return REP_E164_NATIONAL;
		if(own.len == 0)
			own = digits;
	}
	if(own.len == 0)
		own = by_rule(plan, digits, buffer);
	return own.len > 0 ? with_country_code(plan, own, number)
					   : REP_E164_NATIONAL;
}

rep_e164_error_t rep_e164_complete(
		rep_span_t text, const char *country, rep_e164_t *number)
{
	char buffer[DIALLED_MAX];
	rep_span_t digits = {buffer, 0};
	const rep_plan_t *plan;
	bool plus;
	rep_e164_error_t error = undress(text, buffer, &digits.len, &plus);

	if(error != REP_E164_OK)
		return error;
	if(plus || !country || !country[0])
		return international(digits, number);
	plan = find_plan(country);
	if(!plan)
		return REP_E164_NO_SUCH_RULES;
	return dialled(plan, digits, number);
}

size_t rep_e164_print(rep_e164_t number, char out[REP_E164_MAX])
{
	char digits[20];
	size_t n = 0, length = 0;

	do {
		digits[n++] = (char)('0' + number % 10);
		number /= 10;
	} while(number > 0);
	if(n > DIGITS_MAX) /* no E.164 number; do not overrun for it */
		n = 0;
	out[length++] = '+';
	while(n > 0)
		out[length++] = digits[--n];
	out[length] = '\0';
	return length;
}
