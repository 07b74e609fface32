/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdio.h>
#include <stdlib.h>

#include "engine/base/text.h"
#include "engine/reply/headers.h"
#include "engine/reply/outcome.h"

#include "suites.h"
#include "reason_samples.h"

/* Rows of a table give only what they differ in. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

typedef struct signs_case
{
	const char *reason;
	int sip, q850, stir;
	const char *location, *q850_location;
	unsigned flags;
	const char *url, *tel, *email, *id; /* NULL = none */
} signs_case_t;

/* clang-format off */
#define A REP_SIGN_ANALYTICS
#define L REP_SIGN_LOOSE
#define BAD REP_SIGN_MALFORMED
#define TEXT(attributes) "SIP;cause=603;text=\"v=analytics1;" attributes "\""

static const signs_case_t signs_cases[] = {
	{PLUS, 603, 0, 0, "LN", "", A, "https://example.com", .id = "12345"},
	{PLUS_Q850, 0, 21, 0, "", "U", A, .tel = "+18005550100"},
	{LOOSE_PLUS, 603, 0, 0, "", "", L, "https://example.com", .id = "1"},
	{"SIP;cause=480", 480, 0, 0, "", "", 0},
	{"Q.850;cause=31;text=\"Normal, unspecified\",SIP;cause=480", 480, 31, 0, "", "", 0},
	{"STIR ;cause=436 ;text=\"Bad Identity Info\"", 0, 0, 436, "", "", 0},
	{"STIR;cause=436,STIR;cause=438", 0, 0, 438, "", "", 0},
	{"Q.850;cause=16;location=intl,SIP;cause=200;location=BI", 200, 16, 0, "BI", "INTL", 0},
	{"SIP;cause=603;location=XX", 603, 0, 0, "", "", 0},
	{"SIP;location=LPN,SIP;location=TN,SIP;location=RLN,SIP;location=RPN", 0, 0, 0, "RPN", "", 0},
	{"SIP ; cause = 607 ; text = \"x\" ; flag", 607, 0, 0, "", "", 0},
	{"X.int;reason-code=0x00000000;add-info=0573.0032.0003", 0, 0, 0, "", "", 0},
	{"Q.850;cause=17,Q.850;cause=16", 0, 17, 0, "", "", 0},
	{"SIP;cause=608,SIP;cause=480", 608, 0, 0, "", "", 0},
	{TEXT("url=https://a.example/x?y=1&z=%20#f;tel=+12125550100;email=a.b+c@d-e.example;id=A_b-9"), 603, 0, 0, "", "", A,
		"https://a.example/x?y=1&z=%20#f", "+12125550100", "a.b+c@d-e.example", "A_b-9"},
	{TEXT("tel=tel:+1-212-555-0100"), 603, 0, 0, "", "", A, .tel = "+12125550100"},
	{TEXT("url=HTTPS://E.COM"), 603, 0, 0, "", "", A, "HTTPS://E.COM"},
	{TEXT("url=https://[2001:db8::1]/"), 603, 0, 0, "", "", A, "https://[2001:db8::1]/"},
	{TEXT("url=\\\"https://e.com\\\""), 603, 0, 0, "", "", A, "https://e.com"},
	{TEXT("url=https:\\/\\/e.com"), 603, 0, 0, "", "", A, "https://e.com"},
	{TEXT(";; ;x;y=;=z; id = 7 "), 603, 0, 0, "", "", A, .id = "7"},
	{TEXT("id=1;id=2"), 603, 0, 0, "", "", A, .id = "1"},
	{"SIP;text=\"url=https://e.com;id=3;v=analytics1\"", 0, 0, 0, "", "", A, "https://e.com", .id = "3"},
	{"foo;text=\"v=analytics1;id=3\"", 0, 0, 0, "", "", A, .id = "3"},
	{"SIP;id=4;v=\"analytics1\";url=https://e.com/a,Q.850;cause=21", 0, 21, 0, "", "", L, "https://e.com/a", .id = "4"},
	{TEXT("id=good") "," LOOSE_PLUS, 603, 0, 0, "", "", A | L, "https://example.com", .id = "good"},
	/* contacts that nothing vouches for */
	{"SIP;cause=603;text=\"url=https://e.com;id=1\"", 603, 0, 0, "", "", 0},
	{"SIP;cause=603;url=\"https://e.com\"", 603, 0, 0, "", "", 0},
	{"SIP;text=\"v=analytics2;id=1\"", 0, 0, 0, "", "", 0},
	/* contacts that do not conform */
	{TEXT("url=http://e.com;id=1"), 603, 0, 0, "", "", A, "http://e.com", .id = "1"},
	{TEXT("url=tel:+12125550100"), 603, 0, 0, "", "", A, .tel = "+12125550100"},
	{TEXT("url=MailTo:a@e.com"), 603, 0, 0, "", "", A, .email = "a@e.com"},
	{TEXT("email=mailto:a@e.com"), 603, 0, 0, "", "", A, .email = "a@e.com"},
	{TEXT("url=sip:desk@e.com"), 603, 0, 0, "", "", A, "sip:desk@e.com"},
	{TEXT("url=sip:"), 603, 0, 0, "", "", A | BAD},
	{TEXT("url=sips:desk@"), 603, 0, 0, "", "", A | BAD},
	{TEXT("url=mailto:a"), 603, 0, 0, "", "", A | BAD},
	{TEXT("url=ftp://e.com/"), 603, 0, 0, "", "", A | BAD},
	{TEXT("url=data:text/html,x"), 603, 0, 0, "", "", A | BAD},
	{TEXT("url=file:///etc/passwd"), 603, 0, 0, "", "", A | BAD},
	{TEXT("url=javascript:alert(1)"), 603, 0, 0, "", "", A | BAD},
	{TEXT("url=https://"), 603, 0, 0, "", "", A | BAD},
	{TEXT("url=https://bank.example@evil.example/"), 603, 0, 0, "", "", A | BAD},
	{TEXT("url=https://e.com/a b"), 603, 0, 0, "", "", A | BAD},
	{TEXT("url=https://e.com/<script>"), 603, 0, 0, "", "", A | BAD},
	{TEXT("url=https://e.com/\x1b[2J"), 603, 0, 0, "", "", A | BAD},
	{TEXT("url=https://e.com/\x7f"), 603, 0, 0, "", "", A | BAD},
	{TEXT("url=https://\xc3\xa9.com"), 603, 0, 0, "", "", A | BAD},
	{TEXT("tel=2125550100"), 603, 0, 0, "", "", A | BAD},
	{TEXT("tel=+1"), 603, 0, 0, "", "", A | BAD},
	{TEXT("tel=+1212555010012345"), 603, 0, 0, "", "", A | BAD},
	{TEXT("tel=tel:"), 603, 0, 0, "", "", A | BAD},
	{TEXT("email=nobody"), 603, 0, 0, "", "", A | BAD},
	{TEXT("email=@e.com"), 603, 0, 0, "", "", A | BAD},
	{TEXT("email=a@"), 603, 0, 0, "", "", A | BAD},
	{TEXT("email=a@b@c.com"), 603, 0, 0, "", "", A | BAD},
	{TEXT("email=a`b@c.com"), 603, 0, 0, "", "", A | BAD},
	{TEXT("id=a b"), 603, 0, 0, "", "", A | BAD},
	{TEXT("id=a/../b"), 603, 0, 0, "", "", A | BAD},
	{TEXT("id="), 603, 0, 0, "", "", A | BAD},
	{TEXT("id=" "0123456789012345678901234567890123456789012345678901234567890123"), 603, 0, 0, "", "", A,
		.id = "0123456789012345678901234567890123456789012345678901234567890123"},
	{TEXT("id=" "01234567890123456789012345678901234567890123456789012345678901234"), 603, 0, 0, "", "", A | BAD},
	/* what does not parse */
	{"", 0, 0, 0, "", "", BAD},
	{"   ", 0, 0, 0, "", "", BAD},
	{",", 0, 0, 0, "", "", BAD},
	{";", 0, 0, 0, "", "", BAD},
	{"SIP;", 0, 0, 0, "", "", BAD},
	{"SIP;=603", 0, 0, 0, "", "", BAD},
	{"SIP;cause=603,", 603, 0, 0, "", "", BAD},
	{",SIP;cause=603", 603, 0, 0, "", "", BAD},
	{"SIP;cause=abc;location=LN", 0, 0, 0, "LN", "", BAD},
	{"SIP;cause=0", 0, 0, 0, "", "", BAD},
	{"SIP;cause=99", 0, 0, 0, "", "", BAD},
	{"SIP;cause=700", 0, 0, 0, "", "", BAD},
	{"Q.850;cause=128", 0, 0, 0, "", "", BAD},
	{"SIP;cause=603;text=\"", 603, 0, 0, "", "", BAD},
	{"SIP;cause=603;text=\"\\", 603, 0, 0, "", "", BAD},
	{"SIP;cause=603;text=\"a\\\"", 603, 0, 0, "", "", BAD},
	{"SIP;text=\"v=analytics1\"x;cause=603", 603, 0, 0, "", "", A | BAD},
	{"SIP;text=Call, Rejected;cause=603", 0, 0, 0, "", "", 0},
};
/* clang-format on */

static bool is(const char *text, const char *wanted)
{
	return strcmp(text, wanted ? wanted : "") == 0;
}

/* RFC 8606, section 3: the tokens in its order; "" = none. */
static const char *location(uint8_t index)
{
	static const char *const tokens[] = {
			"", "U", "LPN", "LN", "TN", "RLN", "RPN", "INTL", "BI"};

	return index < COUNT(tokens) ? tokens[index] : "?";
}

START_TEST(basic_signs)
{
	int i, wrong = 0;

	for(i = 0; i < COUNT(signs_cases); i++) {
		const signs_case_t *c = &signs_cases[i];
		rep_redress_t r = {""};
		rep_signs_t s = {0};

		rep_signs_reason(&s, &r, rep_span(c->reason));
		if(s.sip == c->sip && s.q850 == c->q850 && s.stir == c->stir
				&& s.flags == c->flags && is(location(s.location), c->location)
				&& is(location(s.locations), c->q850_location)
				&& is(r.url, c->url) && is(r.tel, c->tel)
				&& is(r.email, c->email) && is(r.id, c->id))
			continue;
		wrong++;
		fprintf(stderr, "%s: %d %d %d %x <%s> <%s> <%s> <%s>\n", c->reason,
				s.sip, s.q850, s.stir, s.flags, r.url, r.tel, r.email, r.id);
	}
	ck_assert_int_eq(wrong, 0);
}
END_TEST

START_TEST(basic_call_info)
{
	static const struct
	{
		const char *body, *url;
		unsigned flags;
	} cases[] = {
			{JWS, "https://block.example.net/complaint-jws", REP_SIGN_JWSCARD},
			{"<https://e.com/a,b;c>; purpose = \"JWSCard\"",
					"https://e.com/a,b;c", REP_SIGN_JWSCARD},
			{"<http://e.com/i.jpg>;purpose=icon, <https://e.com/j> "
			 ";purpose=jwscard;x=1",
					"https://e.com/j", REP_SIGN_JWSCARD},
			{"https://e.com/j;purpose=jwscard", "https://e.com/j",
					REP_SIGN_JWSCARD},
			{"<http://e.com/j>;purpose=jwscard", "http://e.com/j",
					REP_SIGN_JWSCARD},
			{"<javascript:alert(1)>;purpose=jwscard", "",
					REP_SIGN_JWSCARD | BAD},
			{"<https://a@b/j>;purpose=jwscard", "", REP_SIGN_JWSCARD | BAD},
			{"<https://e.com/j>;purpose=card", "", 0},
			{"<https://e.com/j>", "", 0},
			{"<https://e.com/j>;x=\"<https://f>;purpose=jwscard\"", "", 0},
			{"<https://e.com/j;purpose=jwscard", "", BAD}, {"<", "", BAD},
			{"<>;purpose=jwscard", "", REP_SIGN_JWSCARD | BAD}};
	int i;

	for(i = 0; i < COUNT(cases); i++) {
		rep_redress_t redress = {""};
		rep_signs_t signs = {0};

		rep_signs_call_info(&signs, &redress, rep_span(cases[i].body));
		ck_assert_str_eq(redress.url, cases[i].url);
		ck_assert_uint_eq(signs.flags, cases[i].flags);
		rep_signs_call_info(&signs, NULL, rep_span(cases[i].body));
	}
}
END_TEST

/* What a later reply names replaces, what it does not name stays. */
START_TEST(basic_redress_over_replies)
{
	rep_redress_t r = {""};
	rep_signs_t s = {0};

	rep_signs_reason(&s, &r, rep_span(TEXT("url=https://one.com;id=1")));
	rep_signs_reason(&s, &r, rep_span("SIP;cause=603"));
	ck_assert_str_eq(r.url, "https://one.com");
	ck_assert(!r.refused);
	rep_signs_reason(&s, &r, rep_span(TEXT("url=ftp://bad;id=2")));
	ck_assert_str_eq(r.url, "https://one.com");
	ck_assert_str_eq(r.id, "2");
	ck_assert(r.refused);
}
END_TEST

START_TEST(robust_input)
{
	rep_redress_t r = {""};
	rep_signs_t s = {0};
	char *big = malloc(1 << 20);
	size_t i;

	rep_signs_reason(&s, &r, (rep_span_t){NULL, 0});
	rep_signs_call_info(&s, &r, (rep_span_t){NULL, 0});
	rep_signs_twilio_error(&s, (rep_span_t){NULL, 0});
	ck_assert_uint_eq(s.flags, BAD);
	ck_assert(rep_classify(&s, 603, (rep_span_t){NULL, 0}, 0).outcome
			  == REP_DECLINED);
	/* A million of anything takes no longer than a million bytes do. */
	for(i = 0; i < 7; i++) {
		memset(big, ",;\"=<\\ "[i], 1 << 20);
		rep_signs_reason(&s, &r, (rep_span_t){big, 1 << 20});
		rep_signs_call_info(&s, &r, (rep_span_t){big, 1 << 20});
		rep_classify(&s, 403, (rep_span_t){big, 1 << 20}, 0);
	}
	for(i = 0; i < 1 << 20; i++)
		big[i] = "a;text=\"v;x=\","[i % 13];
	rep_signs_reason(&s, &r, (rep_span_t){big, 1 << 20});
	ck_assert_str_eq(r.url, "");
	free(big);
}
END_TEST

static uint64_t random_number(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return *seed >> 33;
}

static bool printable(const char *s, size_t size)
{
	size_t i;

	for(i = 0; i < size && s[i]; i++) {
		if(s[i] <= ' ' || s[i] > '~')
			return false;
	}
	return i < size;
}

/* In a buffer of exactly its size, so that a read past it is noticed. */
static void feed(const char *text, size_t n)
{
	char *copy = malloc(n ? n : 1);
	rep_redress_t r = {""};
	rep_signs_t s = {0};
	rep_class_t class;

	memcpy(copy, text, n);
	rep_signs_reason(&s, &r, (rep_span_t){copy, n});
	rep_signs_call_info(&s, &r, (rep_span_t){copy, n});
	rep_signs_twilio_error(&s, (rep_span_t){copy, n});
	class = rep_classify(&s, 603, (rep_span_t){copy, n}, 0);
	ck_assert(class.outcome < REP_OUTCOMES && class.confidence <= 100);
	ck_assert(s.q850 <= 127 && s.sip <= 699 && s.stir <= 699);
	ck_assert(printable(r.url, sizeof(r.url)));
	ck_assert(printable(r.tel, sizeof(r.tel)));
	ck_assert(printable(r.email, sizeof(r.email)));
	ck_assert(printable(r.id, sizeof(r.id)));
	ck_assert(!r.url[0] || rep_same((rep_span_t){r.url, 8}, "https://")
			  || rep_same((rep_span_t){r.url, 7}, "http://")
			  || rep_same((rep_span_t){r.url, 4}, "sip:")
			  || rep_same((rep_span_t){r.url, 5}, "sips:"));
	ck_assert(!r.tel[0] || r.tel[0] == '+');
	free(copy);
}

static void damage(const char *sample)
{
	static const char bytes[] = "\"\\;,=<> \r\0\x80v";
	char text[512];
	size_t n = strlen(sample), i, k;

	memcpy(text, sample, n);
	for(i = 0; i <= n; i++)
		feed(text, i);
	for(i = 0; i < n; i++) {
		for(k = 0; k < sizeof(bytes) - 1; k++) {
			text[i] = bytes[k];
			feed(text, n);
		}
		text[i] = sample[i];
	}
}

START_TEST(sweep_damage)
{
	int i;

	for(i = 0; i < COUNT(signs_cases); i++)
		damage(signs_cases[i].reason);
	damage(JWS);
}
END_TEST

START_TEST(sweep_bytes)
{
	static const char *const parts[] = {"SIP", "Q.850", ";", ";", ",", "\"",
			"\\", "=", "cause=", "603", "21", "text=\"", "v=analytics1", " ",
			"\r\n ", "url=https://e.com", "<", ">", "tel=+12125550100",
			"email=a@b.c", "id=x", "location=LN", "purpose=jwscard", "\x01"};
	uint64_t seed = 1;
	int i;

	for(i = 0; i < 30000; i++) {
		char text[512];
		size_t n = 0, k = random_number(&seed) % 16;

		while(k-- > 0) {
			const char *part = parts[random_number(&seed) % COUNT(parts)];

			memcpy(text + n, part, strlen(part));
			n += strlen(part);
		}
		feed(text, n);
	}
}
END_TEST

static size_t odd_case(char *out, const char *word, uint64_t *seed)
{
	size_t i;

	for(i = 0; word[i]; i++) {
		bool letter = (word[i] | 32) >= 'a' && (word[i] | 32) <= 'z';

		out[i] = letter && random_number(seed) % 2 ? (char)(word[i] ^ 32)
												   : word[i];
	}
	return i;
}

static size_t odd_space(char *out, uint64_t *seed)
{
	static const char *const spaces[] = {"", "", " ", "\t", "  ", "\r\n "};
	const char *space = spaces[random_number(seed) % COUNT(spaces)];

	memcpy(out, space, strlen(space));
	return strlen(space);
}

/* Well-formed headers, written with any case and spacing from facts that the
 * model knows: they must all come back. */
START_TEST(sweep_well_formed)
{
	static const char *const quoted[] = {"", "a,b;c", "\\\"", "SIP;cause=607",
			"x\\\\", "v=analytics2", "=;=,"};
	uint64_t seed = 7;
	int round;

	for(round = 0; round < 20000; round++) {
		int values = 1 + (int)(random_number(&seed) % 3), v;
		unsigned sip = 0, stir = 0, q850 = 0;
		bool analytics = false;
		rep_signs_t s = {0};
		char text[1024];
		size_t n = 0;

		for(v = 0; v < values; v++) {
			static const char *const names[] = {"SIP", "Q.850", "STIR"};
			unsigned which = (unsigned)(random_number(&seed) % 3);
			unsigned cause =
					which == 1 ? 1 + (unsigned)(random_number(&seed) % 15)
							   : 400 + (unsigned)(random_number(&seed) % 200);
			bool here = random_number(&seed) % 4 == 0;
			const char *inside = here ? "v=analytics1;id=9"
									  : quoted[random_number(&seed) % 7];

			if(v > 0)
				text[n++] = ',';
			n += odd_space(text + n, &seed);
			n += odd_case(text + n, names[which], &seed);
			n += odd_space(text + n, &seed);
			text[n++] = ';';
			n += odd_space(text + n, &seed);
			n += odd_case(text + n, "text", &seed);
			n += odd_space(text + n, &seed);
			n += (size_t)sprintf(text + n, "=\"%s\"", inside);
			n += odd_space(text + n, &seed);
			text[n++] = ';';
			n += odd_case(text + n, "cause", &seed);
			n += odd_space(text + n, &seed);
			text[n++] = '=';
			n += odd_space(text + n, &seed);
			n += (size_t)sprintf(text + n, "%u", cause);
			n += odd_space(text + n, &seed);
			*(which == 0 ? &sip : which == 1 ? &q850 : &stir) = cause;
			analytics |= here;
		}
		rep_signs_reason(&s, NULL, (rep_span_t){text, n});
		ck_assert_msg(s.sip == sip && s.q850 == q850 && s.stir == stir
							  && s.flags == (analytics ? A : 0),
				"%.*s", (int)n, text);
	}
}
END_TEST

/* ---- Retry-After, RFC 3261 20.33 ------------------------------------- */

static const struct
{
	const char *body;
	uint32_t seconds;
	unsigned flags;
} retries[] = {{"18000;duration=3600", 18000, 0},
		{"120 (in a meeting)", 120, 0}, {"120(x)", 120, 0}, {" 5 ", 5, 0},
		{"5 ;x", 5, 0}, {"5\r\n (x)", 5, 0}, {"0", 0, 0}, {"007", 7, 0},
		{"4294967295", UINT32_MAX, 0}, {"4294967296", UINT32_MAX, 0},
		{"99999999999999999999999999", UINT32_MAX, 0}, {"", 0, BAD},
		{"soon", 0, BAD}, {"-1", 0, BAD}, {"+1", 0, BAD}, {"5s", 0, BAD},
		{"5.5", 0, BAD}, {"5,6", 0, BAD}, {"Fri, 27 Nov 2026", 0, BAD},
		{"(x) 5", 0, BAD}};

START_TEST(retry_after)
{
	rep_signs_t signs = {0};

	rep_signs_retry_after(&signs, rep_span(retries[_i].body));
	ck_assert_uint_eq(signs.retry_after, retries[_i].seconds);
	ck_assert_uint_eq(signs.flags, retries[_i].flags);
}
END_TEST

START_TEST(location_names)
{
	ck_assert_str_eq(rep_location_name(0), "");
	ck_assert_str_eq(rep_location_name(1), "U");
	ck_assert_str_eq(rep_location_name(8), "BI");
	ck_assert_str_eq(rep_location_name(9), "");
	ck_assert_str_eq(rep_location_name(255), "");
}
END_TEST

/* ---- messages -------------------------------------------------------- */

START_TEST(all_headers_of_a_message)
{
	rep_signs_t signs = {0};
	rep_redress_t redress = {0};

	rep_signs_message(&signs, &redress,
			rep_span("SIP/2.0 603 Network Blocked\r\nVia: ;;;\r\n\xff\r\n"
					 "reason : SIP;cause=603;text=\"v=analytics1;\r\n"
					 " id=7\";location=LN\r\nx\r\nREASON: Q.850;cause=21\r\n"
					 "call-info: <https://a.example/x>;purpose=jwscard\r\n"
					 "X-TWILIO-Error: 32215 x\r\nRetry-After: 60;x\r\n\r\n"
					 "Reason: SIP;cause=607\r\n"));
	ck_assert_uint_eq(signs.sip, 603);
	ck_assert_uint_eq(signs.q850, 21);
	ck_assert_uint_eq(signs.retry_after, 60);
	ck_assert_str_eq(rep_location_name(signs.location), "LN");
	ck_assert_uint_eq(signs.flags, A | REP_SIGN_JWSCARD | REP_SIGN_TWILIO);
	ck_assert_str_eq(redress.id, "7");
	ck_assert_str_eq(redress.url, "https://a.example/x");
}
END_TEST

/* Lines that begin like ours and are not, folds, lines without a colon or an
 * end: what stands in them is found as by reading each header. */
START_TEST(sweep_of_headers)
{
	static const char *const pieces[] = {"Reason: SIP;cause=603", "\r\n", "\n",
			"\r\n", "\r\n ", "reas", "REASON", " : Q.850;cause=21",
			"Reasons: SIP;cause=607", "Call-ID: 1", "call-info", "X-Tw",
			"x-twilio-error:32215", "Retry-After: 7", "RETRY-AFTER:9", "Retr",
			"Via: x", "Contact: <sip:a@b>", ":", "\r\n\r\n", " ",
			"Call-Info: <https://a.example/x>;purpose=jwscard",
			"\r\nREASON: STIR;cause=436", "\rReason: SIP;cause=608"};
	uint64_t state = 1;
	char text[1024];

	for(unsigned round = 0; round < 20000; round++) {
		rep_signs_t quick, slow;
		rep_span_t rest, name, value;
		size_t n = (size_t)sprintf(text, "Via: x");
		char *exact;

		while(n < 900) {
			state = state * 6364136223846793005u + 1442695040888963407u;
			if((state >> 33) % 20 == 0)
				break;
			n += (size_t)sprintf(
					text + n, "%s", pieces[(state >> 40) % COUNT(pieces)]);
		}
		exact = malloc(n ? n : 1); /* nothing is read behind it */
		memcpy(exact, text, n);
		rest = (rep_span_t){exact, n};
		memset(&quick, 0, sizeof(quick));
		memset(&slow, 0, sizeof(slow));
		rep_signs_headers(&quick, NULL, rest);
		while(rep_headers_next(&rest, &name, &value))
			rep_signs_header(&slow, NULL, name, value);
		ck_assert_mem_eq(&quick, &slow, sizeof(quick));
		free(exact);
	}
}
END_TEST

/* Replies one after the other, or each by itself and then put together: of
 * three, with every way to put them together. */
START_TEST(sweep_merge)
{
	static const char *const bodies[] = {"x", "Q.850;cause=16;location=U",
			"Q.850;cause=21", "Q.850;cause=31", "Q.850;cause=17;location=LN",
			"SIP;cause=603;location=BI", "SIP;cause=607", "SIP;cause=608",
			"STIR;cause=436", "SIP;cause=480, Q.850;cause=18",
			"Q.850;cause=20,Q.850;cause=127", "Q.850;cause=200", PLUS};
	rep_signs_t one[3], straight, left, right;

	for(int code = 0; code < 13 * 13 * 13; code++) {
		memset(one, 0, sizeof(one));
		memset(&straight, 0, sizeof(straight));
		for(int i = 0, c = code; i < 3; i++, c /= 13) {
			rep_signs_reason(&one[i], NULL, rep_span(bodies[c % 13]));
			rep_signs_reason(&straight, NULL, rep_span(bodies[c % 13]));
		}
		left = one[0];
		rep_signs_merge(&left, &one[1]);
		rep_signs_merge(&left, &one[2]);
		rep_signs_merge(&one[1], &one[2]);
		right = one[0];
		rep_signs_merge(&right, &one[1]);
		ck_assert_mem_eq(&left, &straight, sizeof(left));
		ck_assert_mem_eq(&right, &straight, sizeof(right));
	}
}
END_TEST

START_TEST(merge_keeps_the_latest_wait)
{
	rep_signs_t a = {.retry_after = 5}, b = {.retry_after = 7}, none = {0};

	rep_signs_merge(&a, &none);
	ck_assert_uint_eq(a.retry_after, 5);
	rep_signs_merge(&a, &b);
	ck_assert_uint_eq(a.retry_after, 7);
}
END_TEST

Suite *reason_suite(void)
{
	Suite *suite = suite_create("reason");
	TCase *basic = tcase_create("basic"), *robust = tcase_create("robust"),
		  *sweep = tcase_create("sweep");

	tcase_add_test(basic, basic_signs);
	tcase_add_test(basic, basic_call_info);
	tcase_add_test(basic, basic_redress_over_replies);
	tcase_add_loop_test(basic, retry_after, 0, COUNT(retries));
	tcase_add_test(basic, location_names);
	tcase_add_test(basic, all_headers_of_a_message);
	tcase_add_test(basic, merge_keeps_the_latest_wait);
	tcase_add_test(robust, robust_input);
	tcase_add_test(sweep, sweep_damage);
	tcase_add_test(sweep, sweep_bytes);
	tcase_add_test(sweep, sweep_well_formed);
	tcase_add_test(sweep, sweep_of_headers);
	tcase_add_test(sweep, sweep_merge);
	tcase_set_timeout(sweep, 60);
	suite_add_tcase(suite, basic);
	suite_add_tcase(suite, robust);
	suite_add_tcase(suite, sweep);
	return suite;
}
