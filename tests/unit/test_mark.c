/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The mark of a call: what goes in comes out, and nothing else gets in. */

#include "kamailio/mark.h"

#include "suites.h"

#define KEY rep_sipkey_of(rep_span("0123456789abcdef"), 1)
#define CALL rep_span("call@h")
#define TAG rep_span("tag")

static const rep_mark_t sample = {
		0xdeadbeef, 1700000000, 999999999999999, 1, 2};

static rep_span_t text_of(char out[REP_MARK_LEN])
{
	rep_mark_write(KEY, CALL, TAG, &sample, out);
	return (rep_span_t){out, REP_MARK_LEN};
}

START_TEST(there_and_back)
{
	char out[REP_MARK_LEN];
	rep_mark_t m;

	ck_assert(rep_mark_read(KEY, CALL, TAG, text_of(out), &m));
	ck_assert_uint_eq(m.incarnation, sample.incarnation);
	ck_assert_uint_eq(m.picked, sample.picked);
	ck_assert_uint_eq(m.number, sample.number);
	ck_assert_uint_eq(m.pool, sample.pool);
	ck_assert_uint_eq(m.route, sample.route);
	for(int i = 0; i < REP_MARK_LEN; i++)
		ck_assert(rep_span_is((rep_span_t){&out[i], 1}, "-") || out[i] == '_'
				  || (out[i] >= '0' && out[i] <= '9')
				  || ((out[i] | 0x20) >= 'a' && (out[i] | 0x20) <= 'z'));
}
END_TEST

/* Worked out by another program: nodes of several versions read it. */
START_TEST(on_the_wire)
{
	char out[REP_MARK_LEN];

	text_of(out);
	ck_assert_mem_eq(
			out, "At6tvu9lU_EAYstPjz1EG1yeM49ZEnSOdFO2zs1j", REP_MARK_LEN);
	ck_assert_uint_eq(rep_mark_tag(KEY, rep_span("sales")), 52642);
}
END_TEST

START_TEST(of_another_call_or_key)
{
	char out[REP_MARK_LEN];
	rep_span_t text = text_of(out);
	rep_mark_t m;

	ck_assert(!rep_mark_read(KEY, rep_span("call@"), TAG, text, &m));
	ck_assert(!rep_mark_read(KEY, CALL, rep_span("Tag"), text, &m));
	ck_assert(
			!rep_mark_read(KEY, rep_span("call@ht"), rep_span("ag"), text, &m));
	ck_assert(!rep_mark_read(rep_sipkey_of(rep_span("0123456789abcdeg"), 1),
			CALL, TAG, text, &m));
	text.len--;
	ck_assert(!rep_mark_read(KEY, CALL, TAG, text, &m));
	ck_assert(!rep_mark_read(KEY, CALL, TAG, rep_span(""), &m));
}
END_TEST

/* Any byte changed to any other, wherever. */
START_TEST(tampered)
{
	char out[REP_MARK_LEN];
	rep_span_t text = text_of(out);
	rep_mark_t m;

	for(int i = 0; i < REP_MARK_LEN; i++) {
		char good = out[i];
		for(int c = 0; c < 256; c++) {
			out[i] = (char)c;
			ck_assert_int_eq(
					rep_mark_read(KEY, CALL, TAG, text, &m), out[i] == good);
		}
		out[i] = good;
	}
}
END_TEST

Suite *mark_suite(void)
{
	Suite *suite = suite_create("mark");
	TCase *tc = tcase_create("mark");

	tcase_add_test(tc, there_and_back);
	tcase_add_test(tc, on_the_wire);
	tcase_add_test(tc, of_another_call_or_key);
	tcase_add_test(tc, tampered);
	suite_add_tcase(suite, tc);
	return suite;
}
