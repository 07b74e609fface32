/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdio.h>
#include <stdlib.h>

#include "engine/reply/e164.h"

#include "suites.h"

typedef struct plan_sample
{
	const char *country, *text;
	rep_e164_t number;
} plan_sample_t;

#include "plan_samples.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

typedef struct parse_case
{
	const char *text;
	rep_e164_error_t error;
	rep_e164_t number;
} parse_case_t;

/* clang-format off */
static const parse_case_t parse_cases[] = {
	{"+15551230001", REP_E164_OK, 15551230001},
	{"+442079460000", REP_E164_OK, 442079460000},
	{"+390612345678", REP_E164_OK, 390612345678},
	{"+1234567", REP_E164_OK, 1234567},
	{"+123456789012345", REP_E164_OK, 123456789012345},
	{"+999999999999999", REP_E164_OK, 999999999999999},
	{"", REP_E164_EMPTY, 0},
	{"15551230001", REP_E164_NO_PLUS, 0},
	{"+", REP_E164_SHORT, 0},
	{"+123456", REP_E164_SHORT, 0},
	{"+1234567890123456", REP_E164_LONG, 0},
	{"+99999999999999999999999999999999", REP_E164_LONG, 0},
	{"+0123456789", REP_E164_COUNTRY, 0},
	{"++15551230001", REP_E164_CHARACTER, 0},
	{"+1 555 123 0001", REP_E164_CHARACTER, 0},
	{"+1555-123-0001", REP_E164_CHARACTER, 0},
	{" +15551230001", REP_E164_CHARACTER, 0},
	{"+15551230001 ", REP_E164_CHARACTER, 0},
	{"+1555123000x", REP_E164_CHARACTER, 0},
	{"sip:+15551230001", REP_E164_CHARACTER, 0},
	{"+15551230001;ext=3", REP_E164_CHARACTER, 0},
	{"-15551230001", REP_E164_CHARACTER, 0},
	{"anonymous", REP_E164_CHARACTER, 0},
};

typedef struct complete_case {
	const char *country, *text;
	rep_e164_error_t error;
	rep_e164_t number;
} complete_case_t;

static const complete_case_t complete_cases[] = {
	/* with a plus, or no country */
	{"", "+15551230001", REP_E164_OK, 15551230001},
	{"US", "+442079460000", REP_E164_OK, 442079460000},
	{"US", "+1 (212) 555-0100", REP_E164_OK, 12125550100},
	{"US", "(+44) 20.7946.0000", REP_E164_OK, 442079460000},
	{"ZZ", "+442079460000", REP_E164_OK, 442079460000},
	{"", "442079460000", REP_E164_OK, 442079460000},
	{"", "44 20 7946 0000", REP_E164_OK, 442079460000},
	{"", "02079460000", REP_E164_COUNTRY, 0},
	{"", "911", REP_E164_SHORT, 0},
	{"US", "+12", REP_E164_SHORT, 0},
	{"US", "+0012125550100", REP_E164_COUNTRY, 0},
	{"US", "+1234567890123456", REP_E164_LONG, 0},
	/* North America */
	{"US", "2125550100", REP_E164_OK, 12125550100},
	{"us", "2125550100", REP_E164_OK, 12125550100},
	{"US", "12125550100", REP_E164_OK, 12125550100},
	{"US", "1-212-555-0100", REP_E164_OK, 12125550100},
	{"CA", "(416) 555-0100", REP_E164_OK, 14165550100},
	{"US", "011442079460000", REP_E164_OK, 442079460000},
	{"US", "011 1 212 555 0100", REP_E164_OK, 12125550100},
	{"US", "5551230001", REP_E164_OK, 15551230001},
	{"US", "15551230001", REP_E164_OK, 15551230001},
	{"US", "1125550100", REP_E164_NATIONAL, 0},
	{"US", "0125550100", REP_E164_NATIONAL, 0},
	{"US", "2121550100", REP_E164_NATIONAL, 0},
	{"US", "2120550100", REP_E164_NATIONAL, 0},
	{"US", "9115550100", REP_E164_NATIONAL, 0},
	{"US", "11125550100", REP_E164_NATIONAL, 0},
	{"US", "5550100", REP_E164_NATIONAL, 0},
	{"US", "911", REP_E164_NATIONAL, 0},
	{"US", "442079460000", REP_E164_NATIONAL, 0},
	{"US", "21255501000", REP_E164_NATIONAL, 0},
	{"US", "0114420", REP_E164_SHORT, 0},
	{"US", "011", REP_E164_SHORT, 0},
	{"US", "0110442079460000", REP_E164_COUNTRY, 0},
	{"US", "01112345678901234567", REP_E164_LONG, 0},
	/* Latin America */
	{"MX", "5512345678", REP_E164_OK, 525512345678},
	{"MX", "01 55 1234 5678", REP_E164_OK, 525512345678},
	{"MX", "044 55 1234 5678", REP_E164_OK, 525512345678},
	{"MX", "525512345678", REP_E164_OK, 525512345678},
	{"MX", "0012125550100", REP_E164_OK, 12125550100},
	{"BR", "11 91234-5678", REP_E164_OK, 5511912345678},
	{"BR", "1131234567", REP_E164_OK, 551131234567},
	{"BR", "011 3123-4567", REP_E164_OK, 551131234567},
	{"BR", "0 15 11 91234-5678", REP_E164_OK, 5511912345678},
	{"BR", "0021 1 212 555 0100", REP_E164_OK, 12125550100},
	{"BR", "5511912345678", REP_E164_OK, 5511912345678},
	{"BR", "0044 20 7946 0000", REP_E164_NATIONAL, 0},
	{"AR", "011 4123-4567", REP_E164_OK, 541141234567},
	{"AR", "91141234567", REP_E164_OK, 5491141234567},
	{"AR", "011 15 4123-4567", REP_E164_OK, 5491141234567},
	{"AR", "0 2344 15-45-6789", REP_E164_OK, 5492344456789},
	{"AR", "0 4444 15-45-6789", REP_E164_NATIONAL, 0},
	{"CL", "912345678", REP_E164_OK, 56912345678},
	{"CL", "1230 1 212 555 0100", REP_E164_OK, 12125550100},
	{"CO", "3001234567", REP_E164_OK, 573001234567},
	{"CO", "6011234567", REP_E164_OK, 576011234567},
	{"CO", "03 300 123 4567", REP_E164_OK, 573001234567},
	{"CO", "009 1 212 555 0100", REP_E164_OK, 12125550100},
	{"PE", "01 123 4567", REP_E164_OK, 5111234567},
	{"PE", "912345678", REP_E164_OK, 51912345678},
	/* Europe */
	{"GB", "020 7946 0000", REP_E164_OK, 442079460000},
	{"GB", "2079460000", REP_E164_OK, 442079460000},
	{"GB", "442079460000", REP_E164_OK, 442079460000},
	{"GB", "07700 900123", REP_E164_OK, 447700900123},
	{"GB", "001 212 555 0100", REP_E164_OK, 12125550100},
	{"GB", "4079460000", REP_E164_NATIONAL, 0},
	{"GB", "999", REP_E164_NATIONAL, 0},
	{"IE", "01 234 5678", REP_E164_OK, 35312345678},
	{"IE", "087 123 4567", REP_E164_OK, 353871234567},
	{"FR", "01 23 45 67 89", REP_E164_OK, 33123456789},
	{"FR", "612345678", REP_E164_OK, 33612345678},
	{"FR", "33612345678", REP_E164_OK, 33612345678},
	{"FR", "0033612345678", REP_E164_OK, 33612345678},
	{"FR", "06123456789", REP_E164_NATIONAL, 0},
	{"DE", "030 1234567", REP_E164_OK, 49301234567},
	{"DE", "0170 1234567", REP_E164_OK, 491701234567},
	{"DE", "491701234567", REP_E164_OK, 491701234567},
	{"DE", "0211 1234567890", REP_E164_OK, 492111234567890},
	{"DE", "0211 12345678901", REP_E164_NATIONAL, 0},
	{"DE", "4930123456", REP_E164_OK, 4930123456},
	{"DE", "030/1234567", REP_E164_OK, 49301234567},
	{"AT", "0664 1234567", REP_E164_OK, 436641234567},
	{"AT", "01 5123456", REP_E164_OK, 4315123456},
	{"AT", "436641234567", REP_E164_OK, 436641234567},
	{"CH", "044 668 18 00", REP_E164_OK, 41446681800},
	{"IT", "06 1234 5678", REP_E164_OK, 390612345678},
	{"IT", "0039 06 1234 5678", REP_E164_OK, 390612345678},
	{"IT", "390612345678", REP_E164_OK, 390612345678},
	{"IT", "312 345 6789", REP_E164_OK, 393123456789},
	{"IT", "391 234 5678", REP_E164_OK, 393912345678},
	{"IT", "612345678", REP_E164_NATIONAL, 0},
	{"ES", "612 345 678", REP_E164_OK, 34612345678},
	{"ES", "0612345678", REP_E164_NATIONAL, 0},
	{"PT", "912345678", REP_E164_OK, 351912345678},
	{"NL", "020 123 4567", REP_E164_OK, 31201234567},
	{"NL", "0612345678", REP_E164_OK, 31612345678},
	{"BE", "02 123 45 67", REP_E164_OK, 3221234567},
	{"BE", "0470 12 34 56", REP_E164_OK, 32470123456},
	{"LU", "26 12 34 56", REP_E164_OK, 35226123456},
	{"LU", "621 123 456", REP_E164_OK, 352621123456},
	{"DK", "20 12 34 56", REP_E164_OK, 4520123456},
	{"SE", "08 123 456 78", REP_E164_OK, 46812345678},
	{"SE", "070 123 45 67", REP_E164_OK, 46701234567},
	{"NO", "40 61 23 45", REP_E164_OK, 4740612345},
	{"FI", "040 1234567", REP_E164_OK, 358401234567},
	{"IS", "611 1234", REP_E164_OK, 3546111234},
	{"PL", "512 345 678", REP_E164_OK, 48512345678},
	{"PL", "481234567", REP_E164_NATIONAL, 0}, /* two readings */
	{"CZ", "601 123 456", REP_E164_OK, 420601123456},
	{"SK", "0912 123 456", REP_E164_OK, 421912123456},
	{"HU", "06 30 123 4567", REP_E164_OK, 36301234567},
	{"HU", "06 1 234 5678", REP_E164_OK, 3612345678},
	{"RO", "0712 034 567", REP_E164_OK, 40712034567},
	{"BG", "048 123 456", REP_E164_OK, 35948123456},
	{"GR", "691 234 5678", REP_E164_OK, 306912345678},
	{"HR", "092 123 4567", REP_E164_OK, 385921234567},
	{"SI", "031 234 567", REP_E164_OK, 38631234567},
	{"RS", "060 1234567", REP_E164_OK, 381601234567},
	{"RU", "8 912 345 67 89", REP_E164_OK, 79123456789},
	{"RU", "812 123 45 67", REP_E164_OK, 78121234567},
	{"RU", "79123456789", REP_E164_OK, 79123456789},
	{"RU", "8 10 1 212 555 0100", REP_E164_OK, 12125550100},
	{"UA", "050 123 4567", REP_E164_OK, 380501234567},
	{"EE", "5123 4567", REP_E164_OK, 37251234567},
	{"LV", "21 234 567", REP_E164_OK, 37121234567},
	{"LT", "8 612 34567", REP_E164_OK, 37061234567},
	{"LT", "0 612 34567", REP_E164_OK, 37061234567},
	{"TR", "0501 234 56 78", REP_E164_OK, 905012345678},
	/* Middle East and Africa */
	{"IL", "050-234-5678", REP_E164_OK, 972502345678},
	{"IL", "013 1 212 555 0100", REP_E164_OK, 12125550100},
	{"AE", "050 123 4567", REP_E164_OK, 971501234567},
	{"SA", "051 234 5678", REP_E164_OK, 966512345678},
	{"EG", "02 34567890", REP_E164_OK, 20234567890},
	{"EG", "0100 123 4567", REP_E164_OK, 201001234567},
	{"ZA", "071 123 4567", REP_E164_OK, 27711234567},
	{"NG", "0802 123 4567", REP_E164_OK, 2348021234567},
	{"NG", "009 1 212 555 0100", REP_E164_OK, 12125550100},
	{"KE", "0712 123456", REP_E164_OK, 254712123456},
	{"KE", "000 1 212 555 0100", REP_E164_OK, 12125550100},
	/* Asia and Pacific */
	{"IN", "081234 56789", REP_E164_OK, 918123456789},
	{"IN", "918123456789", REP_E164_OK, 918123456789},
	{"PK", "0301 2345678", REP_E164_OK, 923012345678},
	{"BD", "01812-345678", REP_E164_OK, 8801812345678},
	{"CN", "131 2345 6789", REP_E164_OK, 8613123456789},
	{"CN", "010 1234 5678", REP_E164_OK, 861012345678},
	{"HK", "5123 4567", REP_E164_OK, 85251234567},
	{"HK", "001 1 212 555 0100", REP_E164_OK, 12125550100},
	{"TW", "0912 345 678", REP_E164_OK, 886912345678},
	{"JP", "03-1234-5678", REP_E164_OK, 81312345678},
	{"JP", "090-1234-5678", REP_E164_OK, 819012345678},
	{"JP", "010 1 212 555 0100", REP_E164_OK, 12125550100},
	{"KR", "02-1234-5678", REP_E164_OK, 82212345678},
	{"KR", "010-2000-0000", REP_E164_OK, 821020000000},
	{"KR", "00700 1 212 555 0100", REP_E164_OK, 12125550100},
	{"SG", "8123 4567", REP_E164_OK, 6581234567},
	{"SG", "001 1 212 555 0100", REP_E164_OK, 12125550100},
	{"MY", "012-345 6789", REP_E164_OK, 60123456789},
	{"TH", "081 234 5678", REP_E164_OK, 66812345678},
	{"VN", "0912 345 678", REP_E164_OK, 84912345678},
	{"PH", "0905 123 4567", REP_E164_OK, 639051234567},
	{"ID", "0812-345-678", REP_E164_OK, 62812345678},
	{"AU", "0412 345 678", REP_E164_OK, 61412345678},
	{"AU", "0011 1 212 555 0100", REP_E164_OK, 12125550100},
	{"NZ", "021 123 4567", REP_E164_OK, 64211234567},
	{"KR", "001 1 212 555 0100", REP_E164_OK, 12125550100},
	{"FI", "990 1 212 555 0100", REP_E164_OK, 12125550100},
	/* without the area code, where there is one only */
	{"BS", "345 6789", REP_E164_OK, 12423456789},
	{"BS", "1 242 345 6789", REP_E164_OK, 12423456789},
	{"BS", "212 555 0100", REP_E164_OK, 12125550100},
	{"GG", "256789", REP_E164_OK, 441481256789},
	{"GG", "020 7946 0000", REP_E164_OK, 442079460000},
	{"GA", "011 234 567", REP_E164_OK, 24111234567},
	/* neighbours with the same calling code */
	{"KZ", "8 495 123 45 67", REP_E164_OK, 74951234567},
	{"VA", "06 698 12345", REP_E164_OK, 390669812345},
	/* hostile */
	{"US", "", REP_E164_EMPTY, 0},
	{"US", " -.()", REP_E164_EMPTY, 0},
	{"US", "+", REP_E164_SHORT, 0},
	{"US", "anonymous", REP_E164_CHARACTER, 0},
	{"US", "212555010O", REP_E164_CHARACTER, 0},
	{"US", "2125550100,2125550101", REP_E164_CHARACTER, 0},
	{"US", "2125550100\n", REP_E164_CHARACTER, 0},
	{"US", "212+5550100", REP_E164_CHARACTER, 0},
	{"US", "2125550100;ext=1", REP_E164_CHARACTER, 0},
	{"US", "2125550100212555010021255501002125550100", REP_E164_LONG, 0},
	{"XX", "2125550100", REP_E164_NO_SUCH_RULES, 0},
	{"USA", "2125550100", REP_E164_NO_SUCH_RULES, 0},
	{"U", "2125550100", REP_E164_NO_SUCH_RULES, 0},
};
/* clang-format on */

START_TEST(basic_parse)
{
	int i;

	for(i = 0; i < COUNT(parse_cases); i++) {
		const parse_case_t *c = &parse_cases[i];
		rep_e164_t number = 0;

		ck_assert_msg(rep_e164_parse(rep_span(c->text), &number) == c->error
							  && number == c->number,
				"%s", c->text);
	}
}
END_TEST

START_TEST(basic_complete)
{
	int i, wrong = 0;

	for(i = 0; i < COUNT(complete_cases); i++) {
		const complete_case_t *c = &complete_cases[i];
		rep_e164_t number = 0;
		rep_e164_error_t error =
				rep_e164_complete(rep_span(c->text), c->country, &number);

		if(error == c->error && number == c->number)
			continue;
		wrong++;
		fprintf(stderr, "%s %s: %s, %llu\n", c->country, c->text,
				rep_e164_strerror(error), (unsigned long long)number);
	}
	ck_assert_int_eq(wrong, 0);
}
END_TEST

START_TEST(robust_input)
{
	rep_e164_t number = 42;
	char out[REP_E164_MAX];

	ck_assert(rep_e164_parse(rep_span(NULL), &number) == REP_E164_EMPTY);
	ck_assert(
			rep_e164_complete(rep_span(NULL), NULL, &number) == REP_E164_EMPTY);
	ck_assert(rep_e164_complete((rep_span_t){"212555\0100", 10}, "US", &number)
			  == REP_E164_CHARACTER);
	ck_assert_uint_eq(number, 42);
	ck_assert(rep_e164_country_known("") && rep_e164_country_known(NULL));
	ck_assert(rep_e164_country_known("IT") && rep_e164_country_known("it"));
	ck_assert(!rep_e164_country_known("XX") && !rep_e164_country_known("ITA"));
	ck_assert_uint_eq(rep_e164_print(UINT64_MAX, out), 1);
	ck_assert_str_eq(out, "+");
	rep_e164_print(0, out);
	ck_assert_str_eq(out, "+0");
	ck_assert_str_eq(rep_e164_strerror((rep_e164_error_t)99), "unknown error");
	for(int i = REP_E164_OK; i <= REP_E164_NO_SUCH_RULES; i++)
		ck_assert_ptr_nonnull(rep_e164_strerror((rep_e164_error_t)i));
}
END_TEST

static uint64_t random_number(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return *seed >> 20;
}

/* What is printed is what a naive printer prints, and parses to itself. */
START_TEST(sweep_round_trip)
{
	uint64_t seed = 1;
	int i;

	for(i = 0; i < 50000; i++) {
		char out[REP_E164_MAX], naive[32];
		uint64_t power = 1, digits = 7 + random_number(&seed) % 9, k;
		rep_e164_t n, back = 0;

		for(k = 1; k < digits; k++)
			power *= 10;
		n = power + random_number(&seed) * 7919 % (9 * power);
		snprintf(naive, sizeof(naive), "+%llu", (unsigned long long)n);
		ck_assert_uint_eq(rep_e164_print(n, out), strlen(naive));
		ck_assert_str_eq(out, naive);
		ck_assert(rep_e164_parse(rep_span(out), &back) == REP_E164_OK);
		ck_assert_uint_eq(back, n);
		ck_assert(rep_e164_complete(rep_span(out), "IT", &back) == REP_E164_OK);
		ck_assert_uint_eq(back, n);
	}
}
END_TEST

/* The plain rules of North America, written down a second time. */
static rep_e164_t naive_nanp(const char *s)
{
	if(strncmp(s, "011", 3) == 0)
		return strlen(s) >= 10 && strlen(s) <= 18 && s[3] != '0'
					   ? strtoull(s + 3, NULL, 10)
					   : 0;
	if(strlen(s) == 11 && s[0] == '1')
		s++;
	if(strlen(s) != 10 || s[0] < '2' || (s[1] == '1' && s[2] == '1'))
		return 0;
	if(s[3] < '2' && strncmp(s, "555", 3) != 0)
		return 0;
	return 10000000000u + strtoull(s, NULL, 10);
}

START_TEST(sweep_nanp)
{
	uint64_t seed = 2;
	int i;

	for(i = 0; i < 100000; i++) {
		static const char *const starts[] = {
				"", "1", "011", "21", "555", "911"};
		char text[32];
		rep_e164_t number = 0;
		size_t n, want = random_number(&seed) % 20;

		strcpy(text, starts[random_number(&seed) % 6]);
		for(n = strlen(text); n < want; n++)
			text[n] = (char)('0' + random_number(&seed) % 10);
		text[n] = '\0';
		(void)rep_e164_complete(rep_span(text), "US", &number);
		ck_assert_msg(number == naive_nanp(text), "%s", text);
	}
}
END_TEST

/* Whatever the bytes and the country: no overread, and a success is a number
 * that prints and parses. */
START_TEST(sweep_bytes)
{
	static const char alphabet[] = "0123456789+-.() 01185x\0";
	uint64_t seed = 3;
	int i;

	for(i = 0; i < 50000; i++) {
		const complete_case_t *c =
				&complete_cases[random_number(&seed) % COUNT(complete_cases)];
		size_t n = random_number(&seed) % 26, k;
		char *text = malloc(n ? n : 1), out[REP_E164_MAX];
		rep_e164_t number = 0, back = 0;

		for(k = 0; k < n; k++)
			text[k] = alphabet[random_number(&seed) % (sizeof(alphabet) - 1)];
		if(rep_e164_complete((rep_span_t){text, n}, c->country, &number)
				== REP_E164_OK) {
			rep_e164_print(number, out);
			ck_assert(rep_e164_parse(rep_span(out), &back) == REP_E164_OK);
			ck_assert_uint_eq(number, back);
		} else {
			ck_assert_uint_eq(number, 0);
		}
		free(text);
	}
}
END_TEST

/* What people dial for the example numbers of every country: the national and
 * the international form, and the digits alone. These may have two readings:
 * then they are refused, never another number. */
START_TEST(sweep_countries)
{
	int i, wrong = 0, refused = 0;

	for(i = 0; i < COUNT(plan_samples); i++) {
		const plan_sample_t *s = &plan_samples[i];
		rep_e164_t number = 0, digits = 0;
		char e164[REP_E164_MAX];
		rep_e164_error_t error =
				rep_e164_complete(rep_span(s->text), s->country, &number);

		rep_e164_print(s->number, e164);
		if(error != REP_E164_OK || number != s->number) {
			wrong++;
			fprintf(stderr, "%s %s: %s, %llu\n", s->country, s->text,
					rep_e164_strerror(error), (unsigned long long)number);
		}
		ck_assert(rep_e164_country_known(s->country));
		ck_assert(rep_e164_complete(rep_span(e164), s->country, &number)
				  == REP_E164_OK);
		ck_assert_uint_eq(number, s->number);
		if(strstr(s->text, " 44 20 7946 0000")) /* another country's */
			continue;
		if(rep_e164_complete(rep_span(e164 + 1), s->country, &digits)
				!= REP_E164_OK)
			refused++;
		else
			ck_assert_msg(digits == s->number, "%s %s: %llu", s->country,
					e164 + 1, (unsigned long long)digits);
	}
	ck_assert_int_eq(wrong, 0);
	ck_assert_int_lt(refused, 400);
}
END_TEST

Suite *e164_suite(void)
{
	Suite *suite = suite_create("e164");
	TCase *basic = tcase_create("basic"), *robust = tcase_create("robust"),
		  *sweep = tcase_create("sweep");

	tcase_add_test(basic, basic_parse);
	tcase_add_test(basic, basic_complete);
	tcase_add_test(robust, robust_input);
	tcase_add_test(sweep, sweep_round_trip);
	tcase_add_test(sweep, sweep_nanp);
	tcase_add_test(sweep, sweep_bytes);
	tcase_add_test(sweep, sweep_countries);
	tcase_set_timeout(sweep, 60);
	suite_add_tcase(suite, basic);
	suite_add_tcase(suite, robust);
	suite_add_tcase(suite, sweep);
	return suite;
}
