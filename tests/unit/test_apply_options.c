/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options of reputation_apply(). */

#include <stdio.h>
#include <string.h>

#include "formats/apply_options.h"

#include "suites.h"

/* the options, and the sentence about them; NULL = they are good */
static const char *const texts[][2] = {
		{"", NULL},
		{";", NULL},
		{" from = tel ; pai = none ; ", NULL},
		{"from=sip;pai=sip;name=attr;anonymous=keep", NULL},
		{"from=keep;pai=tel;name=keep;user=phone;ppi=keep;rpid=keep", NULL},
		{"from=none", "from: 'none' is not sip, tel or keep"},
		{"from=", "from: '' is not sip, tel or keep"},
		{"from=SIP", "from: 'SIP' is not sip, tel or keep"},
		{"from", "'from' has no value"},
		{"pai=keep", "pai: 'keep' is not sip, tel or none"},
		{"name=Acme", "name: 'Acme' is not attr, keep or none"},
		{"user=ip", "user: 'ip' is not phone"},
		{"user=", "user: '' is not phone"},
		{"ppi=none", "ppi: 'none' is not keep"},
		{"rpid=", "rpid: '' is not keep"},
		{"anonymous=hide", "anonymous: 'hide' is not keep or show"},
		{"form=tel", "there is no option 'form'"},
		{"=tel", "there is no option ''"},
		{"from=tel,pai=tel", "from: 'tel,pai=tel' is not sip, tel or keep"},
		{"from=tel;pai=no;x=1", "pai: 'no' is not sip, tel or none"},
		{"host=example.com", NULL},
		{"host=sip_1.example.com:5080", NULL},
		{"host=192.0.2.1:65535", NULL},
		{"host=[2001:db8::1]", NULL},
		{"host=[2001:db8::1]:5060", NULL},
		{"host=2001:db8::1", NULL},
		{"host=", "host: '' is not a host name or address"},
		{"host=a b", "host: 'a b' is not a host name or address"},
		{"host=a>", "host: 'a>' is not a host name or address"},
		{"host=a@b", "host: 'a@b' is not a host name or address"},
		{"host=a:0", "host: 'a:0' is not a host name or address"},
		{"host=a:", "host: 'a:' is not a host name or address"},
		{"host=a:65536", "host: 'a:65536' is not a host name or address"},
		{"host=:5060", "host: ':5060' is not a host name or address"},
		{"host=[::1", "host: '[::1' is not a host name or address"},
		{"host=[]", "host: '[]' is not a host name or address"},
		{"host=[::1]x", "host: '[::1]x' is not a host name or address"},
		{"host=[::1]:", "host: '[::1]:' is not a host name or address"},
		{"host=::g%", "host: '::g%' is not a host name or address"},
};

START_TEST(table)
{
	rep_apply_options_t out;
	char why[160];
	const char *text = texts[_i][0], *sentence = texts[_i][1];
	const char *wrong =
			rep_apply_options_parse(rep_span(text), &out, why, sizeof(why));

	if(!sentence)
		ck_assert_msg(wrong == NULL, "%s: %s", text, wrong);
	else
		ck_assert_str_eq(wrong, sentence);
}
END_TEST

static rep_apply_options_t parsed(const char *text)
{
	rep_apply_options_t out;
	char why[160];

	ck_assert_ptr_null(
			rep_apply_options_parse(rep_span(text), &out, why, sizeof(why)));
	return out;
}

START_TEST(defaults)
{
	rep_apply_options_t o = parsed("");

	ck_assert_int_eq(o.from, REP_IDENTITY_SIP);
	ck_assert_int_eq(o.pai, REP_IDENTITY_SIP);
	ck_assert_int_eq(o.name, REP_DISPLAY_ATTR);
	ck_assert(rep_span_is(o.host, ""));
	ck_assert(!o.user_phone && !o.keep_ppi && !o.keep_rpid);
	ck_assert(!o.show_anonymous);
}
END_TEST

START_TEST(values)
{
	rep_apply_options_t o =
			parsed("from=tel;pai=none;host=a.example:5080;name=keep;user=phone;"
				   "ppi=keep;anonymous=show");

	ck_assert_int_eq(o.from, REP_IDENTITY_TEL);
	ck_assert_int_eq(o.pai, REP_IDENTITY_UNWRITTEN);
	ck_assert_int_eq(o.name, REP_DISPLAY_KEEP);
	ck_assert(rep_span_is(o.host, "a.example:5080"));
	ck_assert(o.user_phone && o.keep_ppi && !o.keep_rpid);
	ck_assert(o.show_anonymous);
	o = parsed("rpid=keep;from=keep;pai=tel;name=none;from=sip");
	ck_assert_int_eq(o.from, REP_IDENTITY_SIP);
	ck_assert_int_eq(o.pai, REP_IDENTITY_TEL);
	ck_assert_int_eq(o.name, REP_DISPLAY_NONE);
	ck_assert(o.keep_rpid && !o.keep_ppi);
}
END_TEST

START_TEST(brackets)
{
	ck_assert(rep_host_wants_brackets(rep_span("::1")));
	ck_assert(!rep_host_wants_brackets(rep_span("[::1]:5060")));
	ck_assert(!rep_host_wants_brackets(rep_span("a.example:5060")));
	ck_assert(!rep_host_wants_brackets(rep_span("")));
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

Suite *apply_options_suite(void)
{
	Suite *suite = suite_create("apply_options");
	TCase *c = tcase_create("apply_options");

	tcase_add_loop_test(c, table, 0, COUNT(texts));
	tcase_add_test(c, defaults);
	tcase_add_test(c, values);
	tcase_add_test(c, brackets);
	suite_add_tcase(suite, c);
	return suite;
}
