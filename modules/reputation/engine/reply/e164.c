/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Telephone numbers: parsing, and completion by national dialling plans. */

#include "e164.h"

#include "../base/text.h"

#define DIGITS_MIN 7
#define DIGITS_MAX 15
#define DIALLED_MAX 24 /* international prefix and 15 digits, and to spare */

/* A dialling plan. Prefixes are separated by spaces, longer before shorter;
 * x stands for any digit. A form of the national (significant) number is its
 * first digits and the range of its length; a number that matches one of the
 * forms is taken, for the point is to complete what was dialled, not to know
 * which numbers are assigned. */
typedef struct plan
{
	char iso[3];
	uint8_t more; /* digits of direct dial-in, after a trunk prefix only */
	uint16_t cc;
	const char *intl;
	const char *trunk; /* "" = none: the whole number is always dialled */
	struct
	{
		const char *first;
		uint8_t min, max;
	} form[4];
} plan_t;

#define D1_9 "123456789"
#define D2_9 "23456789"

/* clang-format off */
static const plan_t plans[] = {
	{"US", 0, 1, "011", "1", {{D2_9, 10, 10}}}, /* see also nanp_ok() */
	{"CA", 0, 1, "011", "1", {{D2_9, 10, 10}}},
	/* Trunk prefixes 01, 044 and 045 ended in 2019; lists still hold them. */
	{"MX", 0, 52, "00", "01 044 045", {{D2_9, 10, 10}}},
	/* Long distance and international calls name the carrier. */
	{"BR", 0, 55,
		"0012 0014 0015 0021 0022 0023 0025 0031 0041 0043 0055 0065 0099",
		"0 012 014 015 021 022 023 025 031 041 043 055 065 099",
		{{D1_9, 10, 11}}},
	/* 9 before the area code is a mobile seen from abroad; the domestic 15
	 * after the area code is not undone: that needs every area code. */
	{"AR", 0, 54, "00", "0", {{"12368", 10, 10}, {"9", 11, 11}}},
	{"CL", 0, 56, "00 1xx0", "", {{D2_9, 9, 9}}},
	{"CO", 0, 57, "00414 00444 00456 005 007 009", "03 0",
		{{"36", 10, 10}, {"1", 11, 11}}},
	{"PE", 0, 51, "00", "0", {{"145678", 8, 8}, {"9", 9, 9}}},
	{"GB", 0, 44, "00", "0", {{"1235789", 10, 10}, {"18", 9, 9}}},
	{"IE", 0, 353, "00", "0", {{D1_9, 7, 9}, {"1", 10, 10}}},
	{"FR", 0, 33, "00", "0", {{D1_9, 9, 9}}},
	{"DE", 2, 49, "00", "0", {{D2_9, 6, 11}, {"1", 9, 11}}},
	{"AT", 2, 43, "00", "0", {{D1_9, 6, 11}}},
	{"CH", 0, 41, "00", "0", {{D2_9, 9, 9}}},
	/* The 0 of a fixed line is part of the number, from abroad too. */
	{"IT", 0, 39, "00", "",
		{{"0", 6, 11}, {"3", 9, 10}, {"8", 6, 10}, {"5", 10, 10}}},
	{"ES", 0, 34, "00", "", {{"56789", 9, 9}}},
	{"PT", 0, 351, "00", "", {{"236789", 9, 9}}},
	{"NL", 0, 31, "00", "0",
		{{D1_9, 9, 9}, {"89", 7, 8}, {"89", 10, 10}, {"9", 11, 11}}},
	{"BE", 0, 32, "00", "0", {{D1_9, 8, 8}, {"4", 9, 9}}},
	{"LU", 0, 352, "00", "", {{"6", 9, 9}, {"2", 4, 11}, {"345789", 4, 8}}},
	{"DK", 0, 45, "00", "", {{D2_9, 8, 8}}},
	{"SE", 0, 46, "00", "0", {{D1_9, 7, 9}}},
	{"NO", 0, 47, "00", "", {{D2_9, 8, 8}}},
	{"FI", 0, 358, "00", "0", {{"1457", 6, 10}, {"235689", 6, 9}}},
	{"IS", 0, 354, "00", "", {{"456789", 7, 7}, {"3", 9, 9}}},
	{"PL", 0, 48, "00", "", {{D1_9, 9, 9}}},
	{"CZ", 0, 420, "00", "", {{D2_9, 9, 9}}},
	{"SK", 0, 421, "00", "0", {{D2_9, 9, 9}}},
	{"HU", 0, 36, "00", "06", {{D1_9, 8, 8}, {"23567", 9, 9}}},
	{"RO", 0, 40, "00", "0", {{"23789", 9, 9}}},
	{"BG", 0, 359, "00", "0", {{D2_9, 7, 9}}},
	{"GR", 0, 30, "00", "", {{"256789", 10, 10}}},
	{"HR", 0, 385, "00", "0", {{D1_9, 8, 9}}},
	{"SI", 0, 386, "00", "0", {{"12345678", 8, 8}, {"89", 6, 8}}},
	{"RS", 0, 381, "00", "0", {{"1237", 7, 9}, {"6", 8, 10}, {"89", 7, 10}}},
	{"RU", 0, 7, "810", "8", {{"3489", 10, 10}}},
	{"UA", 0, 380, "00", "0", {{"3456789", 9, 9}}},
	{"EE", 0, 372, "00", "", {{"34678", 7, 7}, {"5", 7, 8}, {"8", 8, 8}}},
	{"LV", 0, 371, "00", "", {{"26789", 8, 8}}},
	{"LT", 0, 370, "00", "0 8", {{"3456789", 8, 8}}}, /* 8 is being given up */
	{"TR", 0, 90, "00", "0", {{"234589", 10, 10}, {"4", 7, 7}}},
	{"IL", 0, 972, "00 012 013 014 015 016 017 018 019", "0",
		{{"23489", 8, 8}, {"57", 9, 9}, {"1", 10, 10}}},
	{"AE", 0, 971, "00", "0", {{"234679", 8, 8}, {"56", 9, 9}, {"8", 5, 10}}},
	{"SA", 0, 966, "00", "0", {{"159", 9, 9}, {"8", 10, 10}}},
	{"EG", 0, 20, "00", "0", {{D2_9, 8, 9}, {"1", 9, 10}, {"8", 10, 10}}},
	{"ZA", 0, 27, "00", "0", {{D1_9, 9, 9}}},
	{"NG", 0, 234, "009", "0", {{D1_9, 7, 8}, {"2789", 10, 10}}},
	{"KE", 0, 254, "000", "0", {{"17", 9, 9}, {"2456", 7, 9}, {"8", 9, 10}}},
	{"IN", 0, 91, "00", "0", {{D1_9, 10, 10}, {"1", 11, 11}}},
	{"PK", 0, 92, "00", "0", {{"2456789", 9, 10}, {"3", 10, 10}}},
	{"BD", 0, 880, "00", "0", {{"1", 10, 10}, {D2_9, 7, 10}}},
	/* First digit 1: Beijing (10 and 8 digits) or a mobile (11). */
	{"CN", 0, 86, "00", "0", {{"12", 10, 10}, {"1", 11, 11},
		{"3456789", 10, 11}}},
	{"HK", 0, 852, "0030 0050 0059 0060 001 002 006 007 008 009", "",
		{{D2_9, 8, 8}}},
	{"TW", 0, 886, "002 005 006 007 009 019", "0",
		{{"29", 9, 9}, {"345678", 8, 9}}},
	{"JP", 0, 81, "010", "0", {{D1_9, 9, 9}, {"25789", 10, 10}}},
	{"KR", 0, 82, "00345 00365 00391 00700 00727 00755 00761 00762 00766"
		" 0073 001 002 005 006 008 009", "0",
		{{"2", 8, 9}, {"13456", 9, 10}, {"1", 8, 8}, {"78", 9, 10}}},
	{"SG", 0, 65, "00x 01x 02x 03x", "", {{"3689", 8, 8}, {"18", 10, 11}}},
	{"MY", 0, 60, "00", "0", {{"1", 9, 10}, {"3", 9, 9}, {"456789", 8, 8}}},
	{"TH", 0, 66, "001 002 003 004 005 006 007 008 009", "0",
		{{"23457", 8, 8}, {"689", 9, 9}, {"1", 10, 10}}},
	{"VN", 0, 84, "00", "0", {{"35789", 9, 9}, {"2", 10, 10}, {"1", 8, 10}}},
	{"PH", 0, 63, "00", "0", {{"2345678", 9, 9}, {"9", 10, 10},
		{"1", 11, 13}}},
	{"ID", 0, 62, "001 007 008 009", "0", {{"2345679", 7, 11}, {"8", 9, 12}}},
	{"AU", 0, 61, "0011 0014 0015 0016 0018 0019", "0",
		{{"234578", 9, 9}, {"1", 6, 6}, {"1", 10, 10}}},
	{"NZ", 0, 64, "00", "0", {{"34679", 8, 8}, {"2", 8, 10}, {"58", 8, 9}}},
};
/* clang-format on */

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

static const plan_t *find_plan(const char *country)
{
	size_t i;

	if(strlen(country) != 2)
		return NULL;
	for(i = 0; i < sizeof(plans) / sizeof(plans[0]); i++) {
		if(plans[i].iso[0] == upper(country[0])
				&& plans[i].iso[1] == upper(country[1]))
			return &plans[i];
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
		} else if(c == '\0' || !strchr("-.() ", c)) {
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

/* NXX-NXX-XXXX. N11 is a service code, no area. 555 is no area either: it
 * stands for "a number" in documents and laboratories, with any exchange. */
static bool nanp_ok(rep_span_t n)
{
	if(n.s[1] == '1' && n.s[2] == '1')
		return false;
	return n.s[3] >= '2' || memcmp(n.s, "555", 3) == 0;
}

static bool national(const plan_t *plan, rep_span_t n, unsigned more)
{
	size_t i;

	for(i = 0; i < sizeof(plan->form) / sizeof(plan->form[0]); i++) {
		if(!plan->form[i].first)
			break;
		if(n.len < plan->form[i].min || n.len > plan->form[i].max + more)
			continue;
		if(strchr(plan->form[i].first, n.s[0]))
			return plan->cc != 1 || nanp_ok(n);
	}
	return false;
}

static rep_e164_error_t with_country_code(
		const plan_t *plan, rep_span_t n, rep_e164_t *number)
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
static rep_span_t own_code(const plan_t *plan, rep_span_t digits)
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
	return national(plan, digits, plan->more) ? digits : rep_span("");
}

static rep_e164_error_t dialled(
		const plan_t *plan, rep_span_t digits, rep_e164_t *number)
{
	const char *list;
	rep_span_t own;
	bool bare;
	size_t n;

	for(list = plan->intl; *list;) {
		n = next_prefix(&list, digits);
		if(n > 0)
			return international(after(digits, n), number);
	}
	for(list = plan->trunk; *list;) {
		n = next_prefix(&list, digits);
		if(n > 0 && n < digits.len
				&& national(plan, after(digits, n), plan->more))
			return with_country_code(plan, after(digits, n), number);
	}
	bare = national(plan, digits, 0);
	own = own_code(plan, digits);
	/* In plans of varying length both readings can hold. A guess would now
	 * and then call somebody else, so neither is taken. */
	if(bare && own.len == 0)
		return with_country_code(plan, digits, number);
	if(!bare && own.len > 0)
		return with_country_code(plan, own, number);
	return REP_E164_NATIONAL;
}

rep_e164_error_t rep_e164_complete(
		rep_span_t text, const char *country, rep_e164_t *number)
{
	char buffer[DIALLED_MAX];
	rep_span_t digits = {buffer, 0};
	const plan_t *plan;
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
