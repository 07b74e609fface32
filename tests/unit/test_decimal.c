/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers as others read them, whatever the locale. */

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/decimal.h"
#include "formats/health.h"
#include "formats/record.h"

#include "suites.h"

START_TEST(fixed)
{
	static const struct
	{
		double x;
		unsigned places;
		const char *text;
	} rows[] = {{0, 4, "0.0000"}, {0.25, 4, "0.2500"}, {0.99996, 4, "1.0000"},
			{12.0349, 3, "12.035"}, {0.00004, 4, "0.0000"},
			{-0.00004, 4, "0.0000"}, {-1.5, 1, "-1.5"}, {1.0 / 3, 5, "0.33333"},
			{1e6, 4, "1000000.0000"}, {1e300, 9, "1000000000.000000000"},
			{-1e300, 1, "-1000000000.0"}, {0.0 / 0.0, 4, "0.0000"}};
	char out[REP_DECIMAL_MAX];

	for(size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_str_eq(
				rep_fixed_print(rows[i].x, rows[i].places, out), rows[i].text);
}
END_TEST

#ifdef __GLIBC__
/* LC_NUMERIC of a locale whose point is a comma, as glibc keeps it in a file:
 * a magic number, how many items, where each begins. */
static void comma_locale(void)
{
	static const struct
	{
		uint32_t magic, items, at[6], none, comma, word[2];
	} data = {0x20031115 ^ LC_NUMERIC, 6, {36, 32, 32, 40, 44, 32}, 0, ',',
			{',', 0}};
	char dir[] = "/tmp/rep-locale-XXXXXX", path[64];
	FILE *file;
	bool set;

	ck_assert_ptr_nonnull(mkdtemp(dir));
	setenv("LOCPATH", dir, 1);
	snprintf(path, sizeof(path), "%s/comma", dir);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/comma/LC_NUMERIC", dir);
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(&data, sizeof(data), 1, file), 1);
	fclose(file);
	set = setlocale(LC_NUMERIC, "comma") != NULL;
	unlink(path);
	snprintf(path, sizeof(path), "%s/comma", dir);
	rmdir(path);
	rmdir(dir);
	ck_assert_msg(set, "glibc does not read the locale");
}

/* What goes to Redis has points, and is read as it was written. */
START_TEST(comma_for_a_point)
{
	rep_number_view_t view = {.number = 15551230001};
	rep_health_labels_t labels = {.n = {1}};
	rep_record_t in = {.number = 15551230001,
						 .turn = 1,
						 .state = REP_BENCHED,
						 .reason = REP_REASON_BLOCKED,
						 .score = 1.5f},
				 back;
	char text[REP_HEALTH_TEXT], decimal[REP_DECIMAL_MAX];

	comma_locale();
	snprintf(text, sizeof(text), "%.1f", 1.5);
	ck_assert_str_eq(text, "1,5");
	ck_assert_str_eq(rep_fixed_print(1.5, 1, decimal), "1.5");
	ck_assert_str_eq(rep_decimal_print(1.5, decimal), "1.5");
	rep_pack_record(&in, "n", text);
	ck_assert_str_eq(text, "1 benched blocked 0 0 0 0 1.5000 0 n");
	ck_assert(
			rep_unpack_record(rep_span("+15551230001"), rep_span(text), &back));
	ck_assert(back.score == 1.5f);
	view.judged.score = 1.5f;
	view.counts.n[REP_ANSWERED] = view.counts.n[REP_BLOCKED] = 1;
	strcpy(labels.labels[REP_DIM_CAMPAIGN][0].label, "spring");
	labels.labels[REP_DIM_CAMPAIGN][0].counts = view.counts;
	rep_pack_health(&view, &labels, text);
	ck_assert_ptr_nonnull(strstr(text, "\"score\":1.500,"));
	ck_assert_ptr_nonnull(strstr(text,
			"\"answered\":0.5000,\"declined\":0.0000,\"rejected\":0.0000,"
			"\"blocked\":0.5000}"));
	ck_assert_ptr_nonnull(strstr(text,
			"\"answered\":0.5000,\"rejected\":0.0000,\"blocked\":0.5000}}"));
}
END_TEST
#endif

Suite *decimal_suite(void)
{
	Suite *suite = suite_create("decimal");
	TCase *c = tcase_create("decimal");

	tcase_add_test(c, fixed);
#ifdef __GLIBC__
	tcase_add_test(c, comma_for_a_point);
#endif
	suite_add_tcase(suite, c);
	return suite;
}
