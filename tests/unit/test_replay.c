/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What reputation-replay reads: times, CSV, lines, names, order, records. */

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tools/clock.h"
#include "tools/columns.h"
#include "tools/policies.h"
#include "tools/records.h"

#include "suites.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* ---- times -------------------------------------------------------------- */

static const struct
{
	const char *text;
	rep_time_t at; /* 0 = refused */
} times[] = {
		{"1700000000", 1700000000000},
		{"1700000000.5", 1700000000500},
		{"1700000000.123456", 1700000000123},
		{"1700000000,25", 1700000000250},
		{"1700000000123", 1700000000123},
		{"2023-11-14T22:13:20Z", 1700000000000},
		{"2023-11-14t22:13:20z", 1700000000000},
		{"2023-11-14 22:13:20Z", 1700000000000},
		{"2023-11-14T22:13:20.750Z", 1700000000750},
		{"2023-11-15T00:13:20+02:00", 1700000000000},
		{"2023-11-15T03:43:20+0530", 1700000000000},
		{"2023-11-14T14:13:20-08", 1700000000000},
		{"2023-11-14T22:13Z", 1699999980000},
		{"2024-02-29T00:00:00Z", 1709164800000},
		{"2016-12-31T23:59:60Z", 1483228800000},
		{"2023-02-29T00:00:00Z", 0},
		{"2023-13-01T00:00:00Z", 0},
		{"2023-11-14T24:00:00Z", 0},
		{"2023-11-14T22:61:00Z", 0},
		{"2023-11-14T22:13:20", 0}, /* where? */
		{"2023-11-14", 0},
		{"2023-11-14T22:13:20Zx", 0},
		{"2023-11-14T22:13:20+2", 0},
		{"2023-11-14T22:13:20.Z", 0},
		{"1969-12-31T23:59:59Z", 0},
		{"2200-01-01T00:00:00Z", 0},
		{"9999999999999999999999", 0},
		{"-5", 0},
		{"0", 0},
		{"1700000000x", 0},
		{"1700000000.", 0},
		{"yesterday", 0},
		{"", 0},
};

START_TEST(time_table)
{
	rep_time_t at = 0;
	const char *wrong =
			replay_time_parse(rep_span(times[_i].text), REPLAY_NO_OFFSET, &at);

	ck_assert_msg(!wrong == (times[_i].at != 0), "%s: %s", times[_i].text,
			wrong ? wrong : "taken");
	ck_assert_int_eq(at, times[_i].at);
}
END_TEST

START_TEST(time_offset)
{
	rep_time_t at;
	int32_t offset;
	char text[REPLAY_TIME_TEXT];

	ck_assert(replay_offset_parse(rep_span("+02:00"), &offset));
	ck_assert_int_eq(offset, 7200);
	ck_assert_ptr_null(
			replay_time_parse(rep_span("2023-11-15 00:13:20"), offset, &at));
	ck_assert_int_eq(at, 1700000000000);
	ck_assert(!replay_offset_parse(rep_span("2"), &offset));
	ck_assert(!replay_offset_parse(rep_span(""), &offset));
	ck_assert_str_eq(replay_time_print(at + 999, text), "2023-11-14T22:13:20Z");
}
END_TEST

/* Every prefix of something right is parsed or refused, never read past. */
START_TEST(time_prefixes)
{
	static const char whole[] = "2023-11-14T22:13:20.123+05:30";
	rep_time_t at;

	for(size_t n = 0; n < sizeof(whole); n++) {
		char *copy = malloc(n ? n : 1);
		memcpy(copy, whole, n);
		replay_time_parse((rep_span_t){copy, n}, 0, &at);
		free(copy);
	}
}
END_TEST

/* ---- CSV ---------------------------------------------------------------- */

static const struct
{
	const char *record, *fields; /* joined by |; NULL = refused */
	char delimiter;
} records[] = {
		{"a,b,c", "a|b|c", ','},
		{"", "", ','},
		{",", "|", ','},
		{"a,,c,", "a||c|", ','},
		{"\"a\",b", "a|b", ','},
		{"\"a,b\",c", "a,b|c", ','},
		{"\"a \"\"b\"\" c\",d", "a \"b\" c|d", ','},
		{"\"\",x", "|x", ','},
		{"\"\"\"\"", "\"", ','},
		{"\"a\nb\",c", "a\nb|c", ','},
		{"a \"b\" c,d", "a \"b\" c|d", ','},
		{"a;\"b;c\"", "a|b;c", ';'},
		{"a\tb", "a|b", '\t'},
		{"\"open", NULL, ','},
		{"\"a\"b,c", NULL, ','},
		{"a,\"b\"\"", NULL, ','},
};

START_TEST(csv_table)
{
	char copy[64], joined[64] = "";
	rep_span_t fields[8];
	size_t n = 0, len = strlen(records[_i].record);
	const char *wrong;

	memcpy(copy, records[_i].record, len);
	wrong = replay_csv_split(copy, len, records[_i].delimiter, fields, 8, &n);
	ck_assert_int_eq(!wrong, records[_i].fields != NULL);
	for(size_t i = 0; !wrong && i < n; i++) {
		strcat(joined, i ? "|" : "");
		strncat(joined, fields[i].s, fields[i].len);
	}
	if(!wrong)
		ck_assert_str_eq(joined, records[_i].fields);
}
END_TEST

START_TEST(csv_is_open)
{
	ck_assert(!replay_csv_open(rep_span(""), ','));
	ck_assert(!replay_csv_open(rep_span("a,b"), ','));
	ck_assert(!replay_csv_open(rep_span("a,\"b\""), ','));
	ck_assert(!replay_csv_open(rep_span("a,\"b\"\"c\""), ','));
	ck_assert(!replay_csv_open(rep_span("5\" pipe,b"), ','));
	ck_assert(replay_csv_open(rep_span("a,\"b"), ','));
	ck_assert(replay_csv_open(rep_span("a,\"b\"\""), ','));
	ck_assert(replay_csv_open(rep_span("\"a\",\"b,c"), ','));
}
END_TEST

START_TEST(csv_too_many)
{
	char record[] = "1,2,3,4";
	rep_span_t fields[2];
	size_t n;

	ck_assert_ptr_null(
			replay_csv_split(record, strlen(record), ',', fields, 2, &n));
	ck_assert_uint_eq(n, 2);
	ck_assert(rep_span_is(fields[1], "2"));
	ck_assert_int_eq(replay_csv_delimiter(rep_span("a;b")), ';');
	ck_assert_int_eq(replay_csv_delimiter(rep_span("a,b;c")), ',');
	ck_assert_int_eq(replay_csv_delimiter(rep_span("a\tb")), '\t');
	ck_assert_int_eq(replay_csv_delimiter(rep_span("a")), ',');
}
END_TEST

/* Any bytes: it ends, and no field leaves the record. */
START_TEST(csv_noise)
{
	static const char letters[] = "\"\",\n a";
	unsigned seed = 1;

	for(int round = 0; round < 20000; round++) {
		size_t len = (size_t)rand_r(&seed) % 24, n = 0;
		char *record = malloc(len ? len : 1);
		rep_span_t fields[32];

		for(size_t i = 0; i < len; i++)
			record[i] = letters[(size_t)rand_r(&seed) % 6];
		bool open = replay_csv_open((rep_span_t){record, len}, ',');
		const char *wrong = replay_csv_split(record, len, ',', fields, 32, &n);
		ck_assert(!open || wrong);
		for(size_t i = 0; !wrong && i < n; i++)
			ck_assert(fields[i].s >= record
					  && fields[i].s + fields[i].len <= record + len);
		free(record);
	}
}
END_TEST

/* ---- lines -------------------------------------------------------------- */

static replay_reader_t open_text(const char *text, size_t len, char path[32])
{
	replay_reader_t reader;
	int fd;

	strcpy(path, "/tmp/rep-replay-XXXXXX");
	fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, len), len);
	close(fd);
	ck_assert(replay_reader_open(&reader, path));
	return reader;
}

START_TEST(reader_lines)
{
	static const char text[] = "one\r\ntwo\n\nfour";
	static const char *const want[] = {"one", "two", "", "four"};
	char path[32];
	replay_reader_t reader = open_text(text, strlen(text), path);
	rep_span_t line;

	for(size_t i = 0; i < COUNT(want); i++) {
		ck_assert(replay_reader_next(&reader, &line));
		ck_assert_uint_eq(reader.line, i + 1);
		ck_assert(rep_span_is(line, want[i]));
	}
	ck_assert(!replay_reader_next(&reader, &line));
	replay_reader_close(&reader);
	unlink(path);
}
END_TEST

START_TEST(reader_more_and_back)
{
	static const char text[] = "a\nb\nc\nd\n";
	char path[32];
	replay_reader_t reader = open_text(text, strlen(text), path);
	rep_span_t line;

	ck_assert(replay_reader_next(&reader, &line));
	ck_assert(replay_reader_more(&reader, &line));
	ck_assert(replay_reader_more(&reader, &line));
	ck_assert(rep_span_is(line, "a\nb\nc"));
	replay_reader_back(&reader, &line);
	ck_assert(rep_span_is(line, "a"));
	ck_assert(replay_reader_next(&reader, &line));
	ck_assert_uint_eq(reader.line, 2);
	ck_assert(replay_reader_more(&reader, &line));
	ck_assert(replay_reader_next(&reader, &line));
	ck_assert_uint_eq(reader.line, 4);
	ck_assert(!replay_reader_more(&reader, &line));
	ck_assert(!replay_reader_next(&reader, &line));
	replay_reader_close(&reader);
	unlink(path);
}
END_TEST

/* Lines around the limit, between short ones. */
START_TEST(reader_long)
{
	static const size_t lengths[] = {3, REPLAY_LINE_MAX - 1,
			REPLAY_LINE_MAX + 1, 2, REPLAY_LINE_MAX * 5, 0, 1,
			REPLAY_LINE_MAX * 3};
	char *text = malloc(REPLAY_LINE_MAX * 12), *p = text, path[32];
	replay_reader_t reader;
	rep_span_t line;

	for(size_t i = 0; i < COUNT(lengths); i++) {
		memset(p, 'x', lengths[i]);
		p[lengths[i]] = '\n';
		p += lengths[i] + 1;
	}
	reader = open_text(text, (size_t)(p - text), path);
	for(size_t i = 0; i < COUNT(lengths); i++) {
		bool fits = lengths[i] < REPLAY_LINE_MAX;

		ck_assert(replay_reader_next(&reader, &line));
		ck_assert_int_eq(reader.too_long, !fits);
		ck_assert_uint_eq(line.len, fits ? lengths[i] : 0);
		ck_assert_uint_eq(reader.line, i + 1);
	}
	ck_assert(!replay_reader_next(&reader, &line));
	replay_reader_close(&reader);
	unlink(path);
	free(text);
}
END_TEST

/* ---- names, fields ------------------------------------------------------ */

START_TEST(fields_by_name)
{
	replay_aliases_t aliases = {0};
	replay_places_t places = {0};
	unsigned rank, proper;

	ck_assert_int_eq(replay_field_of(&aliases, rep_span("number"), &proper),
			REPLAY_NUMBER);
	ck_assert_int_eq(replay_field_of(&aliases, rep_span("Caller-ID"), &rank),
			REPLAY_NUMBER);
	ck_assert_uint_gt(rank, proper);
	ck_assert_int_eq(replay_field_of(&aliases, rep_span("SIP code"), &rank),
			REPLAY_STATUS);
	ck_assert_int_eq(
			replay_field_of(&aliases, rep_span("ani2"), &rank), REPLAY_FIELDS);
	ck_assert_ptr_null(replay_alias_add(&aliases, "number=ani2"));
	ck_assert_int_eq(
			replay_field_of(&aliases, rep_span("ANI2"), &rank), REPLAY_NUMBER);
	ck_assert_uint_lt(rank, proper);
	ck_assert_ptr_nonnull(replay_alias_add(&aliases, "nonsense=x"));
	ck_assert_ptr_nonnull(replay_alias_add(&aliases, "number="));
	ck_assert_ptr_nonnull(replay_alias_add(&aliases, "number"));
	for(int round = 0; round < 3; round++) {
		ck_assert_int_eq(
				replay_field_at(&aliases, &places, 0,
						rep_span(round == 1 ? "route" : "pool"), &rank),
				round == 1 ? REPLAY_ROUTE : REPLAY_POOL);
		ck_assert_int_eq(replay_field_at(&aliases, &places, 999,
								 rep_span("duration"), &rank),
				REPLAY_DURATION);
	}
}
END_TEST

START_TEST(names_many)
{
	replay_names_t names = {0};
	char text[16];

	ck_assert_uint_eq(replay_name_find(&names, rep_span("x")), REPLAY_NO_NAME);
	for(int round = 0; round < 2; round++)
		for(uint32_t i = 0; i < 1000; i++) {
			snprintf(text, sizeof(text), "n%u", i);
			ck_assert_uint_eq(replay_name_put(&names, rep_span(text), 1000), i);
		}
	ck_assert_uint_eq(
			replay_name_put(&names, rep_span("x"), 1000), REPLAY_NO_NAME);
	ck_assert_uint_eq(replay_name_find(&names, rep_span("n7")), 7);
	ck_assert_uint_eq(replay_name_find(&names, rep_span("x")), REPLAY_NO_NAME);
	replay_names_free(&names);
}
END_TEST

/* ---- calls -------------------------------------------------------------- */

/* Any order comes out stable; `unused` marks the original place. */
START_TEST(calls_sort)
{
	unsigned seed = 7;

	for(size_t n = 0; n < 300; n++) {
		replay_calls_t calls = {0};
		bool moved, fell = false;

		for(size_t i = 0; i < n; i++) {
			replay_call_t call = {
					.at = rand_r(&seed) % 20, .number = (uint32_t)i};
			if(i && call.at < calls.call[i - 1].at)
				fell = true;
			ck_assert(replay_call_add(&calls, &call));
		}
		ck_assert(replay_calls_sort(&calls, &moved));
		ck_assert_int_eq(moved, fell);
		ck_assert_uint_eq(calls.n, n);
		for(size_t i = 1; i < n; i++) {
			const replay_call_t *a = &calls.call[i - 1], *b = a + 1;
			ck_assert(
					a->at < b->at || (a->at == b->at && a->number < b->number));
		}
		replay_calls_free(&calls);
	}
}
END_TEST

START_TEST(calls_numbers)
{
	replay_calls_t calls = {.max = 3};
	replay_call_t call = {.at = 1};

	ck_assert_uint_eq(replay_number_find(&calls, 0, 15551230001), UINT32_MAX);
	for(int round = 0; round < 2; round++)
		for(uint32_t i = 0; i < 5000; i++)
			ck_assert_uint_eq(
					replay_number_put(&calls, i % 3, 15550000000 + i / 3), i);
	ck_assert_uint_eq(replay_number_find(&calls, 1, 15550000000), 1);
	ck_assert_uint_eq(replay_number_find(&calls, 9, 15550000000), UINT32_MAX);
	for(int i = 0; i < 3; i++)
		ck_assert(replay_call_add(&calls, &call));
	ck_assert(!replay_call_add(&calls, &call));
	calls.call[1].outcome = REP_OUTCOMES;
	replay_calls_drop(&calls);
	ck_assert_uint_eq(calls.n, 2);
	replay_calls_free(&calls);
}
END_TEST

/* ---- records ------------------------------------------------------------ */

static const struct
{
	const char *status, *phrase, *header, *duration, *outcome;
	rep_outcome_t want; /* REP_OUTCOMES = refused */
} rows[] = {
		{"200", "OK", "", "61.5", "", REP_ANSWERED},
		{"200", "OK", "", "", "", REP_ANSWERED},
		{"200", "OK", "", "6", "", REP_SHORT},
		{"200", "OK", "", "6.001", "", REP_ANSWERED},
		{"200", "OK", "", "long", "", REP_OUTCOMES},
		{"200", "OK", "SIP;cause=607;text=\"Unwanted\"", "2", "", REP_UNWANTED},
		{"486", "Busy Here", "", "", "", REP_BUSY},
		{"603", "Decline", "", "", "", REP_DECLINED},
		{"603", "Network Blocked", "", "", "", REP_BLOCKED},
		{"603", "Decline", "Q.850;cause=21", "", "", REP_AMBIGUOUS},
		{"603", "Decline", "SIP;cause=603;text=\"v=analytics1\"", "", "",
				REP_BLOCKED},
		{"608", "Rejected", "", "", "", REP_BLOCKED},
		{"408", "", "", "", "", REP_NOANSWER},
		{"180", "Ringing", "", "", "", REP_OUTCOMES},
		{"700", "", "", "", "", REP_OUTCOMES},
		{"20", "", "", "", "", REP_OUTCOMES},
		{"abc", "", "", "", "", REP_OUTCOMES},
		{"", "", "", "", "", REP_OUTCOMES},
		{"", "", "", "", "declined", REP_DECLINED},
		{"200", "OK", "", "60", " blocked ", REP_BLOCKED},
		{"200", "OK", "", "60", "nonsense", REP_OUTCOMES},
};

static replay_row_t row_of(size_t i)
{
	replay_row_t row = {0};

	row.field[REPLAY_TIME] = rep_span("1700000000");
	row.field[REPLAY_NUMBER] = rep_span("+15551230001");
	row.field[REPLAY_STATUS] = rep_span(rows[i].status);
	row.field[REPLAY_REASON] = rep_span(rows[i].phrase);
	row.field[REPLAY_REASON_HEADER] = rep_span(rows[i].header);
	row.field[REPLAY_DURATION] = rep_span(rows[i].duration);
	row.field[REPLAY_OUTCOME] = rep_span(rows[i].outcome);
	return row;
}

static replay_take_t take_of(replay_calls_t *calls)
{
	return (replay_take_t){.calls = calls,
			.pool = "default",
			.country = "",
			.utc_offset = REPLAY_NO_OFFSET,
			.short_ms = 6000};
}

START_TEST(take_table)
{
	replay_calls_t calls = {0};
	replay_take_t take = take_of(&calls);
	replay_row_t row = row_of((size_t)_i);
	replay_call_t call = {0};
	const char *wrong = replay_take(&take, &row, &call);

	ck_assert_int_eq(!wrong, rows[_i].want != REP_OUTCOMES);
	if(!wrong)
		ck_assert_int_eq(call.outcome, rows[_i].want);
	else /* a record that is refused leaves nothing behind */
		ck_assert_uint_eq(calls.pools.n + calls.routes.n + calls.n_numbers, 0);
	replay_calls_free(&calls);
}
END_TEST

/* A callee is compared with others, whatever it is. */
START_TEST(take_callee)
{
	static const struct
	{
		const char *text, *country;
		uint64_t want; /* 1: no number, and anything */
	} callees[] = {{"+15557770000", "", 15557770000}, {"", "", 0},
			{"  ", "", 0}, {"2125550100", "US", 12125550100},
			{"2125550100", "", 1}, {"alice", "US", 1}};
	replay_calls_t calls = {0};
	replay_take_t take = take_of(&calls);
	replay_row_t row = row_of(0);
	replay_call_t call = {0};

	take.country = callees[_i].country;
	row.field[REPLAY_CALLEE] = rep_span(callees[_i].text);
	ck_assert_ptr_null(replay_take(&take, &row, &call));
	if(callees[_i].want == 1)
		ck_assert_uint_gt(call.callee, UINT64_C(999999999999999));
	else
		ck_assert_uint_eq(call.callee, callees[_i].want);
	ck_assert_int_eq(calls.callees, callees[_i].want != 0);
	replay_calls_free(&calls);
}
END_TEST

static bool taken_with(replay_field_t field, rep_span_t value)
{
	replay_calls_t calls = {0};
	replay_take_t take = take_of(&calls);
	replay_row_t row = row_of(0);
	replay_call_t call = {0};
	const char *wrong;

	row.field[field] = value;
	wrong = replay_take(&take, &row, &call);
	replay_calls_free(&calls);
	return !wrong;
}

START_TEST(take_refuses)
{
	char *huge = malloc(100000);
	rep_span_t most = {huge, 100000};

	memset(huge, 'x', 100000);
	for(int f = 0; f < REPLAY_FIELDS; f++)
		ck_assert_int_eq(taken_with((replay_field_t)f, most),
				f == REPLAY_CALLEE || f == REPLAY_REASON
						|| f == REPLAY_REASON_HEADER || f == REPLAY_CALL_ID
						|| f == REPLAY_METHOD);
	free(huge);
	ck_assert(!taken_with(REPLAY_NUMBER, rep_span("15551230001")));
	ck_assert(!taken_with(REPLAY_NUMBER, rep_span("+155")));
	ck_assert(!taken_with(REPLAY_NUMBER, rep_span("")));
	ck_assert(!taken_with(REPLAY_POOL, rep_span("two words")));
	ck_assert(taken_with(REPLAY_POOL, rep_span("")));
	ck_assert(taken_with(REPLAY_ROUTE, rep_span("any thing, at all")));
	ck_assert(!taken_with(REPLAY_ROUTE, (rep_span_t){"a\0b", 3}));
}
END_TEST

/* ---- pairs -------------------------------------------------------------- */

static void half(replay_pairs_t *pairs, uint64_t hash, rep_time_t at,
		size_t call, bool unwanted)
{
	replay_half_t h = {hash, at, call, unwanted};

	ck_assert(replay_half_add(pairs, &h));
}

START_TEST(pairs_join)
{
	replay_calls_t calls = {0};
	replay_pairs_t pairs = {0};
	static const rep_outcome_t want[] = {REP_SHORT, REP_ANSWERED, REP_UNWANTED,
			REP_DECLINED, REP_OUTCOMES, REP_BUSY, REP_BUSY};

	for(size_t i = 0; i < COUNT(want); i++) {
		replay_call_t call = {.at = 1000000,
				.number = 1,
				.outcome = i < 3   ? REP_ANSWERED
						   : i < 5 ? REP_DECLINED
								   : REP_BUSY};
		calls.max = 0;
		ck_assert(replay_call_add(&calls, &call));
	}
	calls.call[6].at += 60000;
	half(&pairs, 11, 1003000, REPLAY_BYE, false); /* before its INVITE */
	half(&pairs, 11, 1000000, 0, false);
	half(&pairs, 12, 1000000, 1, false);
	half(&pairs, 12, 1060000, REPLAY_BYE, false);
	half(&pairs, 13, 1000000, 2, false);
	half(&pairs, 13, 1090000, REPLAY_BYE, true);
	half(&pairs, 14, 1000000, 3, false);
	half(&pairs, 14, 1000000, 4, false); /* told twice */
	half(&pairs, 15, 1000000, 5, false);
	half(&pairs, 15, 1060000, 6, false); /* tried again */
	half(&pairs, 16, 1000000, REPLAY_BYE, false);
	ck_assert_uint_eq(replay_pairs_join(&pairs, &calls, 6000), 1);
	for(size_t i = 0; i < COUNT(want); i++)
		ck_assert_int_eq(calls.call[i].outcome, want[i]);
	replay_calls_free(&calls);
}
END_TEST

/* ---- sweeps ------------------------------------------------------------- */

START_TEST(sweep_grid)
{
	replay_sweep_t sweep = {0};
	replay_setting_t at[REPLAY_SWEEP_FIELDS];
	char why[160];

	ck_assert_ptr_null(replay_sweep_add(
			&sweep, "false_bench_every=1000,10000", why, sizeof(why)));
	ck_assert_ptr_null(replay_sweep_add(
			&sweep, "warmup=10x7,20x7;30x7;", why, sizeof(why)));
	ck_assert_uint_eq(replay_sweep_points(&sweep), 6);
	replay_sweep_point(&sweep, 4, at);
	ck_assert_str_eq(at[0].field, "false_bench_every");
	ck_assert_str_eq(at[0].value, "10000");
	ck_assert_str_eq(at[1].value, "30x7");
	static const char *const wrong[] = {"", "=", "x", "rest_seconds",
			"rest_seconds=", "=1,2", "nonsense=1", "rest_seconds=1,x",
			"false_bench_every=500", "rest_seconds=1,,2"};
	for(size_t i = 0; i < COUNT(wrong); i++)
		ck_assert_ptr_nonnull(
				replay_sweep_add(&sweep, wrong[i], why, sizeof(why)));
	ck_assert_uint_eq(sweep.n, 2);
	replay_sweep_free(&sweep);
}
END_TEST

Suite *replay_suite(void)
{
	Suite *suite = suite_create("replay");
	TCase *t = tcase_create("replay");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, time_table, 0, COUNT(times));
	tcase_add_test(t, time_offset);
	tcase_add_test(t, time_prefixes);
	tcase_add_loop_test(t, csv_table, 0, COUNT(records));
	tcase_add_test(t, csv_is_open);
	tcase_add_test(t, csv_too_many);
	tcase_add_test(t, csv_noise);
	tcase_add_test(t, reader_lines);
	tcase_add_test(t, reader_more_and_back);
	tcase_add_test(t, reader_long);
	tcase_add_test(t, fields_by_name);
	tcase_add_test(t, names_many);
	tcase_add_test(t, calls_sort);
	tcase_add_test(t, calls_numbers);
	tcase_add_loop_test(t, take_table, 0, COUNT(rows));
	tcase_add_loop_test(t, take_callee, 0, 6);
	tcase_add_test(t, take_refuses);
	tcase_add_test(t, pairs_join);
	tcase_add_test(t, sweep_grid);
	suite_add_tcase(suite, t);
	return suite;
}
