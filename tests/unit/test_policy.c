/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdio.h>
#include <stdlib.h>

#include "engine/base/decimal.h"
#include "engine/judge/policy.h"

#include "formats/policy.h"

#include "suites.h"

/* Rows of a table give only what they differ in. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

#define WHOLE(range) "must be a whole number from " range
#define NUMBER(range) "must be a number from " range
#define UNIT NUMBER("0 to 1")
#define WEIGHTS                                                         \
	"must be outcome:number,... with each outcome once and each number" \
	" from -10 to 10"
#define WARMUP                                                             \
	"must be CALLSxDAYS,... with 1 to 1000000 calls a day, 1 to 3650 days" \
	" and 8 stages at most, or empty"
#define TAGS "must be tags separated by commas, 127 bytes at most, or empty"
#define STATUS "must be active, paused, or paused until=SECONDS since 1970"
#define ATTEST "must be A, B or C, or empty"
#define COUNTRY                                                             \
	"must be the ISO 3166-1 code, two letters, of a country whose dialling" \
	" rules are known, or empty"
#define ZONE                                                                 \
	"must be a tz database name such as Europe/Berlin, 47 bytes at most, or" \
	" empty"
#define HOURS "must be HH:MM-HH:MM such as 21:00-08:00, or empty"
#define OUTCOMES "must be outcomes separated by commas, or empty"
#define UNKNOWN "is not a policy field"
#define X31 "0123456789012345678901234567890"

typedef struct set_case
{
	const char *field, *value;
	const char *want;  /* what get gives back; NULL = as before */
	const char *error; /* NULL = none */
} set_case_t;

/* clang-format off */
static const set_case_t set_cases[] = {
	{"false_bench_every", "5000", "5000"},
	{"false_bench_every", "100", "100"},
	{"false_bench_every", "1e9", "1000000000"},
	{"false_bench_every", " 2.5e3 ", "2500"},
	{"false_bench_every", "99.9", NULL, NUMBER("100 to 1000000000")},
	{"false_bench_every", "1e10", NULL, NUMBER("100 to 1000000000")},
	{"false_bench_every", "inf", NULL, NUMBER("100 to 1000000000")},
	{"false_bench_every", "nan", NULL, NUMBER("100 to 1000000000")},
	{"false_bench_every", "1e999999999999", NULL, NUMBER("100 to 1000000000")},
	{"false_bench_every", "-10000", NULL, NUMBER("100 to 1000000000")},
	{"false_bench_every", "", NULL, NUMBER("100 to 1000000000")},
	{"false_bench_every", "10000x", NULL, NUMBER("100 to 1000000000")},
	{"false_bench_every", "0x1000", NULL, NUMBER("100 to 1000000000")},
	{"false_bench_every", "10,000", NULL, NUMBER("100 to 1000000000")},
	{"weights_blocked", "blocked:4", "blocked:4"},
	{"weights_blocked", " ambiguous : 1.25 , blocked : 2 ", "blocked:2,ambiguous:1.25"},
	{"weights_blocked", "answered:-10,failed:10", "answered:-10,failed:10"},
	{"weights_blocked", "blocked:0", ""},
	{"weights_blocked", "", ""},
	{"weights_blocked", "blocked:10.1", NULL, WEIGHTS},
	{"weights_blocked", "blocked", NULL, WEIGHTS},
	{"weights_blocked", "blocked:", NULL, WEIGHTS},
	{"weights_blocked", ":3", NULL, WEIGHTS},
	{"weights_blocked", "blocked:3,", NULL, WEIGHTS},
	{"weights_blocked", ",blocked:3", NULL, WEIGHTS},
	{"weights_blocked", "blocked:3,,ambiguous:1", NULL, WEIGHTS},
	{"weights_blocked", "blocked:3,blocked:2", NULL, WEIGHTS},
	{"weights_blocked", "Blocked:3", NULL, WEIGHTS},
	{"weights_blocked", "blocked:3;ambiguous:1", NULL, WEIGHTS},
	{"weights_blocked", "none:3", NULL, WEIGHTS},
	{"weights_blocked", "blocked:nan", NULL, WEIGHTS},
	{"weights_rejected", "unwanted:3", "unwanted:3"},
	{"weights_labelled", "answered:-1", "answered:-1"},
	{"weights_other", "answered:-1", NULL, UNKNOWN},
	{"healthy_answered", "0.3", "0.3"},
	{"healthy_answered", "0", "0"},
	{"healthy_answered", "1", "1"},
	{"healthy_answered", ".5", "0.5"},
	{"healthy_answered", "1.0001", NULL, UNIT},
	{"healthy_answered", "-0.1", NULL, UNIT},
	{"healthy_answered", "25%", NULL, UNIT},
	{"healthy_answered", "NaN", NULL, UNIT},
	{"healthy_answered", "infinity", NULL, UNIT},
	{"healthy_answered", ".", NULL, UNIT},
	{"healthy_answered", "e3", NULL, UNIT},
	{"healthy_answered", "0.1e", NULL, UNIT},
	{"healthy_answered", "", NULL, UNIT},
	{"healthy_failed", "0.01", "0.01"},
	{"healthy_nobody", "0.1", NULL, UNKNOWN},
	{"healthy_", "0.1", NULL, UNKNOWN},
	{"ceiling_blocked", "0.1", "0.1"},
	{"ceiling_unwanted", "2", NULL, UNIT},
	{"window_hours", "1", "1"},
	{"window_hours", "720", "720"},
	{"window_hours", "0", NULL, WHOLE("1 to 720")},
	{"window_hours", "721", NULL, WHOLE("1 to 720")},
	{"window_hours", "72h", NULL, WHOLE("1 to 720")},
	{"window_hours", "7.2", NULL, WHOLE("1 to 720")},
	{"window_hours", "-1", NULL, WHOLE("1 to 720")},
	{"window_hours", "", NULL, WHOLE("1 to 720")},
	{"window_hours", "4294967297", NULL, WHOLE("1 to 720")},
	{"window_hours", "99999999999999999999999", NULL, WHOLE("1 to 720")},
	{"bucket_minutes", "15", "15"},
	{"bucket_minutes", "1440", "1440"},
	{"bucket_minutes", "7", NULL, WHOLE("1 to 1440") " that divides 1440"},
	{"bucket_minutes", "0", NULL, WHOLE("1 to 1440") " that divides 1440"},
	{"rest_seconds", "60", "60"},
	{"rest_seconds", "0", NULL, WHOLE("1 to 315360000")},
	{"rest_factor", "1.5", "1.5"},
	{"rest_factor", "0.5", NULL, NUMBER("1 to 100")},
	{"rest_max", "604800", "604800"},
	{"rest_jitter", "0", "0"},
	{"rest_jitter", "2", NULL, UNIT},
	{"strike_decay_seconds", "1", "1"},
	{"probation_calls", "0", "0"},
	{"probation_calls", "1000001", NULL, WHOLE("0 to 1000000")},
	{"max_benched_share", "0.25", "0.25"},
	{"max_benched_share", "50", NULL, UNIT},
	{"min_available", "0", "0"},
	{"on_exhausted", "least_bad", "least_bad"},
	{"on_exhausted", "reject", "reject"},
	{"on_exhausted", "stop", NULL, "must be reject or least_bad"},
	{"on_exhausted", "", NULL, "must be reject or least_bad"},
	{"caps", "soft", "soft"},
	{"caps", "hard", "hard"},
	{"caps", "", NULL, "must be hard or soft"},
	{"on_unknown", "use", "use"},
	{"on_unknown", "wait", "wait"},
	{"on_unknown", "", NULL, "must be wait or use"},
	{"mode", "proxy", "proxy"},
	{"mode", "enforce", "enforce"},
	{"mode", "observe", "observe"},
	{"mode", "", NULL, "must be proxy, enforce or observe"},
	{"caps", "observe", NULL, "must be hard or soft"},
	{"cap_minute", "3", "3"},
	{"cap_hour", "30", "30"},
	{"cap_day", "1000000000", "1000000000"},
	{"cap_day", "1000000001", NULL, WHOLE("0 to 1000000000")},
	{"cap_concurrent", "2", "2"},
	{"pool_cap_day", "10000", "10000"},
	{"pool_cap_second", "1000000", "1000000"},
	{"pool_cap_second", "1000001", NULL, WHOLE("0 to 1000000")},
	{"warmup", "", ""},
	{"warmup", "10x7", "10x7"},
	{"warmup", "5 x 1, 6x2", "5x1,6x2"},
	{"warmup", "1x1,2x1,3x1,4x1,5x1,6x1,7x1,8x1", "1x1,2x1,3x1,4x1,5x1,6x1,7x1,8x1"},
	{"warmup", "1x1,2x1,3x1,4x1,5x1,6x1,7x1,8x1,9x1", NULL, WARMUP},
	{"warmup", "0x7", NULL, WARMUP},
	{"warmup", "10x0", NULL, WARMUP},
	{"warmup", "10", NULL, WARMUP},
	{"warmup", "10x7,", NULL, WARMUP},
	{"warmup", "10x7x7", NULL, WARMUP},
	{"warmup", "x", NULL, WARMUP},
	{"order", "weighted", "weighted"},
	{"order", "random", NULL, "must be least_recent or weighted"},
	{"require_tags", "a", "a"},
	{"require_tags", " a , b-c ,d:e", "a,b-c,d:e"},
	{"require_tags", "", ""},
	{"require_tags", "a,,b", NULL, TAGS},
	{"require_tags", "a,", NULL, TAGS},
	{"require_tags", "a b", NULL, TAGS},
	{"require_tags", "a\x01", NULL, TAGS},
	{"require_tags", X31 "," X31 "," X31 "," X31, X31 "," X31 "," X31 "," X31},
	{"require_tags", X31 "," X31 "," X31 "," X31 "0", NULL, TAGS},
	{"require_tags", X31 "," X31 "," X31 "," X31 ",0", NULL, TAGS},
	{"require_attest", "A", "A"},
	{"require_attest", "", ""},
	{"require_attest", "D", NULL, ATTEST},
	{"require_attest", "AB", NULL, ATTEST},
	{"default_country", "US", "US"},
	{"default_country", "it", "IT"},
	{"default_country", "", ""},
	{"default_country", "XX", NULL, COUNTRY},
	{"default_country", "USA", NULL, COUNTRY},
	{"time_zone", "Europe/Berlin", "Europe/Berlin"},
	{"time_zone", "Etc/GMT+5", "Etc/GMT+5"},
	{"time_zone", "", ""},
	{"time_zone", "../etc/passwd", NULL, ZONE},
	{"time_zone", "/etc/passwd", NULL, ZONE},
	{"time_zone", "a b", NULL, ZONE},
	{"time_zone", X31 "0123456789012345", X31 "0123456789012345"},
	{"time_zone", X31 "01234567890123456", NULL, ZONE},
	{"sticky", "0", "0"},
	{"sticky", "2", NULL, WHOLE("0 to 1")},
	{"local_digits", "14", "14"},
	{"local_digits", "15", NULL, WHOLE("0 to 14")},
	{"callee_attempts_day", "3", "3"},
	{"callee_attempts_day", "251", NULL, WHOLE("0 to 250")},
	{"callee_redial_seconds", "3600", "3600"},
	{"callee_declined_rest", "0", "0"},
	{"callee_unwanted_rest", "86400", "86400"},
	{"callee_unwanted_rest", "-1", NULL, WHOLE("0 to 315360000")},
	{"quiet_hours", "21:00-08:00", "21:00-08:00"},
	{"quiet_hours", " 00:00 - 23:59 ", "00:00-23:59"},
	{"quiet_hours", "00:00-00:01", "00:00-00:01"},
	{"quiet_hours", "", ""},
	{"quiet_hours", "25:00-8", NULL, HOURS},
	{"quiet_hours", "24:00-08:00", NULL, HOURS},
	{"quiet_hours", "21:60-08:00", NULL, HOURS},
	{"quiet_hours", "21-08", NULL, HOURS},
	{"quiet_hours", "9:00-08:00", NULL, HOURS},
	{"quiet_hours", "08:00-08:00", NULL, HOURS},
	{"quiet_hours", "-", NULL, HOURS},
	{"quiet_default", "call", "call"},
	{"quiet_default", "", NULL, "must be quiet or call"},
	{"status", "paused", "paused"},
	{"status", "paused until=1795168210", "paused until=1795168210"},
	{"status", " paused until= 4294967295 ", "paused until=4294967295"},
	{"status", "retired", NULL, STATUS},
	{"status", "paused until", NULL, STATUS},
	{"status", "paused until=", NULL, STATUS},
	{"status", "paused until=0", NULL, STATUS},
	{"status", "paused until=4294967296", NULL, STATUS},
	{"status", "paused until=tomorrow", NULL, STATUS},
	{"status", "active until=1795168210", NULL, STATUS},
	{"status", "pausedly", NULL, STATUS},
	{"warn_attest_below", "A", "A"},
	{"warn_attest_below", "a", NULL, ATTEST},
	{"require_registered", "1", "1"},
	{"require_registered", "yes", NULL, WHOLE("0 to 1")},
	{"report_callees", " declined , baddest", "declined,baddest"},
	{"report_callees", "", ""},
	{"report_callees", "spam", NULL, OUTCOMES},
	{"report_callees", "declined,", NULL, OUTCOMES},
	{"report_days", "1", "1"},
	{"report_days", "0", NULL, WHOLE("1 to 3650")},
	{"", "1", NULL, UNKNOWN},
	{"window", "1", NULL, UNKNOWN},
	{"window_hours2", "1", NULL, UNKNOWN},
	{"Window_hours", "1", NULL, UNKNOWN},
};

static const struct {
	const char *field, *value;
} defaults[] = {
	{"false_bench_every", "10000"},
	{"weights_blocked", "blocked:3,ambiguous:1.5"},
	{"weights_rejected", "declined:1,unwanted:2.5,ambiguous:1"},
	{"weights_labelled", "answered:-0.9,short:0.5,declined:0.4,unwanted:1,"
		"blocked:0.5,ambiguous:0.3,noanswer:0.25"},
	{"healthy_answered", "0.25"}, {"healthy_noanswer", "0.558"},
	{"healthy_busy", "0.08"}, {"healthy_declined", "0.08"},
	{"healthy_short", "0.02"}, {"healthy_ambiguous", "0.005"},
	{"healthy_blocked", "0.004"}, {"healthy_unwanted", "0.003"},
	{"healthy_cancelled", "0"}, {"healthy_baddest", "0"},
	{"healthy_refused", "0"}, {"healthy_failed", "0"},
	{"ceiling_blocked", "0.02"}, {"ceiling_unwanted", "0.01"},
	{"ceiling_ambiguous", "0.02"}, {"ceiling_declined", "0.25"},
	{"ceiling_answered", "1"}, {"ceiling_failed", "1"},
	{"window_hours", "72"}, {"bucket_minutes", "60"},
	{"rest_seconds", "86400"}, {"rest_factor", "2"}, {"rest_max", "2592000"},
	{"rest_jitter", "0.1"}, {"strike_decay_seconds", "2592000"},
	{"probation_calls", "30"}, {"max_benched_share", "0.5"},
	{"min_available", "2"}, {"on_exhausted", "reject"},
	{"on_unknown", "wait"}, {"cap_minute", "0"},
	{"cap_hour", "0"}, {"cap_day", "0"}, {"cap_concurrent", "0"},
	{"pool_cap_day", "0"}, {"pool_cap_second", "0"}, {"caps", "hard"}, {"warmup", "10x7,20x7,30x7"},
	{"mode", "proxy"}, {"status", "active"}, {"order", "least_recent"}, {"sticky", "1"},
	{"local_digits", "0"}, {"require_tags", ""}, {"require_attest", ""},
	{"warn_attest_below", ""}, {"require_registered", "0"},
	{"callee_attempts_day", "0"}, {"callee_redial_seconds", "0"},
	{"callee_declined_rest", "86400"}, {"callee_unwanted_rest", "31536000"},
	{"quiet_hours", ""}, {"quiet_default", "quiet"}, {"report_callees", ""},
	{"report_days", "30"},
	{"default_country", ""}, {"time_zone", ""},
};
/* clang-format on */

static char value[REP_POLICY_VALUE_MAX];

static const char *get(const rep_policy_t *policy, const char *field)
{
	const char *name;
	unsigned i;

	for(i = 0; (name = rep_policy_get(policy, i, value, sizeof(value))); i++) {
		if(strcmp(name, field) == 0)
			return value;
	}
	return NULL;
}

static int set_differs(const set_case_t *c)
{
	rep_policy_t policy, before;
	char why[160];
	const char *error;

	rep_policy_default(&policy);
	before = policy;
	error = rep_policy_set(
			&policy, rep_span(c->field), rep_span(c->value), why, sizeof(why));
	if(c->error ? error && strcmp(error, c->error) == 0
							&& memcmp(&policy, &before, sizeof(policy)) == 0
				: !error && strcmp(get(&policy, c->field), c->want) == 0)
		return 0;
	fprintf(stderr, "%s=%s: %s\n", c->field, c->value,
			error ? error : get(&policy, c->field));
	return 1;
}

START_TEST(basic_set)
{
	int i, wrong = 0;

	for(i = 0; i < COUNT(set_cases); i++)
		wrong += set_differs(&set_cases[i]);
	ck_assert_int_eq(wrong, 0);
}
END_TEST

START_TEST(basic_defaults)
{
	rep_policy_t policy;
	float sum = 0;
	int i;

	rep_policy_default(&policy);
	for(i = 0; i < COUNT(defaults); i++)
		ck_assert_str_eq(get(&policy, defaults[i].field), defaults[i].value);
	for(i = 0; i < REP_OUTCOMES; i++)
		sum += policy.healthy[i];
	ck_assert_float_eq_tol(sum, 1, 1e-6);
	ck_assert_float_eq(policy.weights[REP_CHART_LABELLED][REP_ANSWERED], -0.9f);
	ck_assert_uint_eq(policy.warmup[2].calls, 30);
	ck_assert_uint_eq(policy.warmup_stages, 3);
	ck_assert_str_eq(rep_chart_name(REP_CHART_BLOCKED), "blocked");
	ck_assert_str_eq(rep_chart_name(REP_CHART_REJECTED), "rejected");
	ck_assert_str_eq(rep_chart_name(REP_CHART_LABELLED), "labelled");
	ck_assert_ptr_nonnull(rep_chart_name(REP_CHARTS));
}
END_TEST

/* A field that changes must not touch another. */
START_TEST(basic_fields_apart)
{
	rep_policy_t one, two;
	const char *name;
	char text[REP_POLICY_VALUE_MAX], other[REP_POLICY_VALUE_MAX];
	unsigned i, k;

	rep_policy_default(&one);
	for(k = 0; set_cases[k].field[0]; k++) {
		if(!set_cases[k].want)
			continue;
		rep_policy_default(&two);
		rep_policy_set(&two, rep_span(set_cases[k].field),
				rep_span(set_cases[k].value), NULL, 0);
		for(i = 0; (name = rep_policy_get(&one, i, text, sizeof(text))); i++) {
			rep_policy_get(&two, i, other, sizeof(other));
			if(strcmp(name, set_cases[k].field) != 0)
				ck_assert_str_eq(text, other);
		}
	}
}
END_TEST

START_TEST(robust_input)
{
	rep_policy_t policy, before;
	char why[16], small[4];
	unsigned i;

	rep_policy_default(&policy);
	before = policy;
	ck_assert_ptr_nonnull(rep_policy_set(
			&policy, rep_span("window_hours"), rep_span("x"), NULL, 0));
	ck_assert_ptr_nonnull(rep_policy_set(
			&policy, rep_span("window_hours"), rep_span(NULL), why, 1));
	rep_policy_set(
			&policy, rep_span("window_hours"), rep_span("x"), why, sizeof(why));
	ck_assert_str_eq(why, "must be a whole");
	ck_assert_ptr_nonnull(
			rep_policy_set(&policy, rep_span(NULL), rep_span(NULL), why, 0));
	ck_assert_ptr_nonnull(rep_policy_set(&policy, rep_span("default_country"),
			(rep_span_t){"U\0", 2}, why, sizeof(why)));
	ck_assert_ptr_nonnull(rep_policy_set(&policy, rep_span("time_zone"),
			(rep_span_t){"UT\0C", 4}, why, sizeof(why)));
	ck_assert_ptr_nonnull(rep_policy_set(&policy, rep_span("require_tags"),
			(rep_span_t){"a\0b", 3}, why, sizeof(why)));
	ck_assert_mem_eq(&policy, &before, sizeof(policy));
	for(i = 0; rep_policy_get(&policy, i, small, sizeof(small)); i++)
		ck_assert_uint_lt(strlen(small), sizeof(small));
	ck_assert_uint_eq(i, COUNT(defaults) + 6);
	ck_assert_ptr_nonnull(rep_policy_get(&policy, 0, NULL, 0));
	ck_assert_ptr_null(rep_policy_get(&policy, i, small, sizeof(small)));
	ck_assert_ptr_null(rep_policy_get(&policy, UINT32_MAX, small, 4));
}
END_TEST

static uint64_t random_number(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return *seed >> 33;
}

/* What get gives, set takes, and the policy is the same again. */
START_TEST(sweep_round_trip)
{
	uint64_t seed = 5;
	int round;

	for(round = 0; round < 3000; round++) {
		rep_policy_t one, two;
		const char *name;
		unsigned i;
		int k;

		rep_policy_default(&one);
		rep_policy_default(&two);
		for(k = 0; k < REP_OUTCOMES; k++) {
			one.weights[round % REP_CHARTS][k] =
					(float)random_number(&seed) / (float)(1u << 27) - 8;
			one.healthy[k] = (float)random_number(&seed) / 2147483648.0f;
			one.ceiling[k] = (float)random_number(&seed) / 2147483648.0f;
		}
		one.false_bench_every = 100 + (double)random_number(&seed) / 8;
		one.rest_factor = 1 + (float)random_number(&seed) / 2147483648.0f;
		one.cap_day = (uint32_t)(random_number(&seed) % 1000000001);
		one.order = (rep_order_t)(round % 2);
		one.status = (rep_pool_status_t)(round / 2 % 2);
		one.paused_until =
				one.status == REP_POOL_PAUSED ? (uint32_t)(round % 7) : 0;
		one.report_callees =
				(uint32_t)random_number(&seed) % (1u << REP_OUTCOMES);
		one.quiet_hours.from = (uint16_t)(random_number(&seed) % 1440);
		one.quiet_hours.to =
				(uint16_t)((one.quiet_hours.from + 1 + round % 1439) % 1440);
		one.warmup_stages = 1 + (unsigned)round % REP_WARMUP_STAGES;
		for(k = 0; k < REP_WARMUP_STAGES; k++) {
			bool used = (unsigned)k < one.warmup_stages;

			one.warmup[k].calls =
					used ? 1 + (uint32_t)random_number(&seed) % 1000000 : 0;
			one.warmup[k].days =
					used ? 1 + (uint32_t)random_number(&seed) % 3650 : 0;
		}
		for(i = 0; (name = rep_policy_get(&one, i, value, sizeof(value))); i++)
			ck_assert_ptr_null(rep_policy_set(
					&two, rep_span(name), rep_span(value), NULL, 0));
		ck_assert_mem_eq(&one, &two, sizeof(one));
	}
}
END_TEST

/* Any bytes in a buffer of exactly their size: set or left as it was, and
 * what is set can be read back. */
START_TEST(sweep_bytes)
{
	static const char alphabet[] = "0123456789.,:x-+eE aAnblockedUS/\0\xff";
	uint64_t seed = 6;
	int round;

	for(round = 0; round < 50000; round++) {
		const set_case_t *c = &set_cases[random_number(&seed) % 100];
		size_t n = random_number(&seed) % 12, k;
		char *text = malloc(n ? n : 1), why[160];
		rep_policy_t policy, before;

		rep_policy_default(&policy);
		before = policy;
		for(k = 0; k < n; k++)
			text[k] = alphabet[random_number(&seed) % (sizeof(alphabet) - 1)];
		if(rep_policy_set(&policy, rep_span(c->field), (rep_span_t){text, n},
				   why, sizeof(why)))
			ck_assert_mem_eq(&policy, &before, sizeof(policy));
		else
			ck_assert_ptr_null(rep_policy_set(&policy, rep_span(c->field),
					rep_span(get(&policy, c->field)), why, sizeof(why)));
		free(text);
	}
}
END_TEST

/* Against the C library, in the locale that has a point. */
START_TEST(sweep_decimal)
{
	uint64_t seed = 8;
	int round;

	for(round = 0; round < 50000; round++) {
		char text[64], out[REP_DECIMAL_MAX];
		double mine = -1, theirs, back = -1;

		snprintf(text, sizeof(text), "%s%llu.%llue%d",
				random_number(&seed) % 2 ? "-" : "",
				(unsigned long long)random_number(&seed) % 100000,
				(unsigned long long)random_number(&seed) % 100000000,
				(int)(random_number(&seed) % 30) - 15);
		theirs = strtod(text, NULL);
		ck_assert(rep_decimal_parse(rep_span(text), -1e300, 1e300, &mine));
		ck_assert_double_eq_tol(
				mine, theirs, (theirs < 0 ? -theirs : theirs) * 4.5e-16);
		ck_assert(rep_decimal_parse(
				rep_span(rep_decimal_print(mine, out)), -1e300, 1e300, &back));
		ck_assert_double_eq_tol(mine, back, (mine < 0 ? -mine : mine) * 1e-15);
	}
}
END_TEST

/* What is too small for a double is nothing, not minus nothing: "-0". */
START_TEST(basic_minus_nothing)
{
	static const char *const texts[] = {"-0", "-0.0", "-3e-6010", "3e-6010"};
	char out[REP_DECIMAL_MAX];
	double x;

	for(size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		ck_assert(rep_decimal_parse(rep_span(texts[i]), -1, 1, &x));
		ck_assert_str_eq(rep_decimal_print(x, out), "0");
	}
}
END_TEST

/* A time zone must be one of this machine; a refused one leaves the last. */
START_TEST(basic_time_zone)
{
	rep_policy_t policy;
	char why[160];

	rep_policy_default(&policy);
	ck_assert_ptr_null(rep_policy_parse(
			&policy, rep_span("time_zone"), rep_span("UTC"), why, sizeof(why)));
	ck_assert_str_eq(policy.time_zone, "UTC");
	ck_assert_ptr_nonnull(rep_policy_parse(&policy, rep_span("time_zone"),
			rep_span("Nowhere/Here"), why, sizeof(why)));
	ck_assert_str_eq(policy.time_zone, "UTC");
	ck_assert_ptr_nonnull(rep_policy_parse(&policy, rep_span("time_zone"),
			rep_span("../etc"), why, sizeof(why)));
	ck_assert_ptr_null(rep_policy_parse(
			&policy, rep_span("time_zone"), rep_span(""), why, sizeof(why)));
	ck_assert_str_eq(policy.time_zone, "");
	ck_assert_ptr_null(rep_policy_parse(
			&policy, rep_span("cap_day"), rep_span("7"), why, sizeof(why)));
	ck_assert_uint_eq(policy.cap_day, 7);
}
END_TEST

Suite *policy_suite(void)
{
	Suite *suite = suite_create("policy");
	TCase *basic = tcase_create("basic"), *robust = tcase_create("robust"),
		  *sweep = tcase_create("sweep");

	tcase_add_test(basic, basic_set);
	tcase_add_test(basic, basic_defaults);
	tcase_add_test(basic, basic_time_zone);
	tcase_add_test(basic, basic_minus_nothing);
	tcase_add_test(basic, basic_fields_apart);
	tcase_add_test(robust, robust_input);
	tcase_add_test(sweep, sweep_round_trip);
	tcase_add_test(sweep, sweep_bytes);
	tcase_add_test(sweep, sweep_decimal);
	tcase_set_timeout(sweep, 60);
	suite_add_tcase(suite, basic);
	suite_add_tcase(suite, robust);
	suite_add_tcase(suite, sweep);
	return suite;
}
