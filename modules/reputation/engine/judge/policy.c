/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every field of a policy: one table drives default, set and get. */

#include "policy.h"

#include <inttypes.h>
#include <stdio.h>

#include "../base/decimal.h"
#include "../base/text.h"
#include "../reply/e164.h"

typedef enum kind
{
	/* enums of words */
	KIND_ORDER,
	KIND_EXHAUSTED,
	KIND_UNKNOWN,
	KIND_CAPS,
	KIND_QUIET,
	KIND_MODE,
	WORD_KINDS,
	KIND_WHOLE = WORD_KINDS, /* uint32_t */
	KIND_FLOAT,				 /* float */
	KIND_DOUBLE,			 /* double */
	KIND_DIVISOR,			 /* uint32_t, a divisor of a day's minutes */
	KIND_WEIGHTS,			 /* float[REP_OUTCOMES] */
	KIND_WARMUP,
	KIND_TAGS,
	KIND_ATTEST,
	KIND_STATUS, /* status and paused_until */
	KIND_COUNTRY,
	KIND_ZONE,
	KIND_HOURS,	  /* quiet_hours */
	KIND_OUTCOMES /* uint32_t, a bit each */
} kind_t;

typedef struct field
{
	const char *name;
	kind_t kind;
	size_t offset;
	double min, max;
	const char *initial; /* the default, as rep_policy_set() reads it */
} field_t;

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define AT(member) offsetof(rep_policy_t, member)
#define TEN_YEARS 315360000.0
#define MANY 1e9

/* clang-format off */
static const field_t fields[] = {
	{"false_bench_every", KIND_DOUBLE, AT(false_bench_every), 100, 1e9,
		"10000"},
	{"weights_blocked", KIND_WEIGHTS, AT(weights[REP_CHART_BLOCKED]), -10, 10,
		"blocked:3,ambiguous:1.5"},
	{"weights_rejected", KIND_WEIGHTS, AT(weights[REP_CHART_REJECTED]), -10, 10,
		"unwanted:2.5,declined:1,ambiguous:1"},
	{"weights_labelled", KIND_WEIGHTS, AT(weights[REP_CHART_LABELLED]), -10, 10,
		"answered:-0.9,short:0.5,declined:0.4,unwanted:1,blocked:0.5,"
		"ambiguous:0.3,noanswer:0.25"},
	/* The mix of a healthy number. What says nothing of the number
	 * (cancelled and below) is not judged and has no share. Kept as given:
	 * the judge makes them sum to 1. */
#define HEALTHY(name, outcome, initial) \
	{"healthy_" name, KIND_FLOAT, AT(healthy[outcome]), 0, 1, initial}
	HEALTHY("answered", REP_ANSWERED, "0.25"),
	HEALTHY("short", REP_SHORT, "0.02"),
	HEALTHY("declined", REP_DECLINED, "0.08"),
	HEALTHY("unwanted", REP_UNWANTED, "0.003"),
	HEALTHY("blocked", REP_BLOCKED, "0.004"),
	HEALTHY("ambiguous", REP_AMBIGUOUS, "0.005"),
	HEALTHY("busy", REP_BUSY, "0.08"),
	HEALTHY("noanswer", REP_NOANSWER, "0.558"),
	HEALTHY("cancelled", REP_CANCELLED, "0"),
	HEALTHY("baddest", REP_BADDEST, "0"),
	HEALTHY("refused", REP_REFUSED, "0"),
	HEALTHY("failed", REP_FAILED, "0"),
	/* A pool in which every number is blocked must not take that for the
	 * norm: above the ceiling its own mix is no excuse. Some four times
	 * the healthy share for what machines and annoyed people do, three for
	 * declines, which differ most between honest campaigns; none for the
	 * rest, whose level is the list's and the hour's. */
#define CEILING(name, outcome, initial) \
	{"ceiling_" name, KIND_FLOAT, AT(ceiling[outcome]), 0, 1, initial}
	CEILING("answered", REP_ANSWERED, "1"),
	CEILING("short", REP_SHORT, "1"),
	CEILING("declined", REP_DECLINED, "0.25"),
	CEILING("unwanted", REP_UNWANTED, "0.01"),
	CEILING("blocked", REP_BLOCKED, "0.02"),
	CEILING("ambiguous", REP_AMBIGUOUS, "0.02"),
	CEILING("busy", REP_BUSY, "1"),
	CEILING("noanswer", REP_NOANSWER, "1"),
	CEILING("cancelled", REP_CANCELLED, "1"),
	CEILING("baddest", REP_BADDEST, "1"),
	CEILING("refused", REP_REFUSED, "1"),
	CEILING("failed", REP_FAILED, "1"),
	{"window_hours", KIND_WHOLE, AT(window_hours), 1, 720, "72"},
	{"bucket_minutes", KIND_DIVISOR, AT(bucket_minutes), 1, 1440, "60"},
	{"rest_seconds", KIND_WHOLE, AT(rest_seconds), 1, TEN_YEARS, "86400"},
	{"rest_factor", KIND_FLOAT, AT(rest_factor), 1, 100, "2"},
	{"rest_max", KIND_WHOLE, AT(rest_max), 1, TEN_YEARS, "2592000"},
	{"rest_jitter", KIND_FLOAT, AT(rest_jitter), 0, 1, "0.1"},
	{"strike_decay_seconds", KIND_WHOLE, AT(strike_decay_seconds), 1, TEN_YEARS,
		"2592000"},
	{"probation_calls", KIND_WHOLE, AT(probation_calls), 0, 1e6, "30"},
	{"max_benched_share", KIND_FLOAT, AT(max_benched_share), 0, 1, "0.5"},
	{"min_available", KIND_WHOLE, AT(min_available), 0, 1e6, "2"},
	{"on_exhausted", KIND_EXHAUSTED, AT(on_exhausted), 0, 0, "reject"},
	{"cap_minute", KIND_WHOLE, AT(cap_minute), 0, MANY, "0"},
	{"cap_hour", KIND_WHOLE, AT(cap_hour), 0, MANY, "0"},
	{"cap_day", KIND_WHOLE, AT(cap_day), 0, MANY, "0"},
	{"cap_concurrent", KIND_WHOLE, AT(cap_concurrent), 0, MANY, "0"},
	{"pool_cap_day", KIND_WHOLE, AT(pool_cap_day), 0, MANY, "0"},
	{"pool_cap_second", KIND_WHOLE, AT(pool_cap_second), 0, 1e6, "0"},
	{"caps", KIND_CAPS, AT(caps), 0, 0, "hard"},
	{"warmup", KIND_WARMUP, 0, 0, 0, "10x7,20x7,30x7"},
	{"on_unknown", KIND_UNKNOWN, AT(on_unknown), 0, 0, "wait"},
	{"mode", KIND_MODE, AT(mode), 0, 0, "proxy"},
	{"status", KIND_STATUS, 0, 0, 0, "active"},
	{"order", KIND_ORDER, AT(order), 0, 0, "least_recent"},
	{"sticky", KIND_WHOLE, AT(sticky), 0, 1, "1"},
	{"local_digits", KIND_WHOLE, AT(local_digits), 0, 14, "0"},
	{"require_tags", KIND_TAGS, AT(require_tags), 0, 0, ""},
	{"require_attest", KIND_ATTEST, AT(require_attest), 0, 0, ""},
	{"warn_attest_below", KIND_ATTEST, AT(warn_attest_below), 0, 0, ""},
	{"require_registered", KIND_WHOLE, AT(require_registered), 0, 1, "0"},
	{"callee_attempts_day", KIND_WHOLE, AT(callee_attempts_day), 0, 250, "0"},
	{"callee_redial_seconds", KIND_WHOLE, AT(callee_redial_seconds), 0,
		TEN_YEARS, "0"},
	{"callee_declined_rest", KIND_WHOLE, AT(callee_declined_rest), 0,
		TEN_YEARS, "86400"},
	{"callee_unwanted_rest", KIND_WHOLE, AT(callee_unwanted_rest), 0,
		TEN_YEARS, "31536000"},
	{"quiet_hours", KIND_HOURS, 0, 0, 0, ""},
	{"quiet_default", KIND_QUIET, AT(quiet_default), 0, 0, "quiet"},
	{"report_callees", KIND_OUTCOMES, AT(report_callees), 0, 0, ""},
	{"report_days", KIND_WHOLE, AT(report_days), 1, 3650, "30"},
	{"default_country", KIND_COUNTRY, AT(default_country), 0, 0, ""},
	{"time_zone", KIND_ZONE, AT(time_zone), 0, 0, ""},
};
/* clang-format on */

static const char *const charts[REP_CHARTS] = {
		"blocked", "rejected", "labelled"};
static const char *const words[WORD_KINDS][3] = {
		[KIND_ORDER] = {"least_recent", "weighted"},
		[KIND_EXHAUSTED] = {"reject", "least_bad"},
		[KIND_UNKNOWN] = {"wait", "use"},
		[KIND_CAPS] = {"hard", "soft"},
		[KIND_QUIET] = {"quiet", "call"},
		[KIND_MODE] = {"proxy", "enforce", "observe"},
};

const char *rep_chart_name(rep_chart_t chart)
{
	return (unsigned)chart < REP_CHARTS ? charts[chart] : "none";
}

const char *rep_mode_name(rep_mode_t mode)
{
	return words[KIND_MODE][(unsigned)mode < REP_MODES ? mode : REP_AS_PROXY];
}

rep_mode_t rep_mode_parse(rep_span_t name)
{
	return (rep_mode_t)rep_word_find(words[KIND_MODE], REP_MODES, name);
}

/* ---- setting ---- */

static bool set_weights(const field_t *field, float *weights, rep_span_t text)
{
	float w[REP_OUTCOMES] = {0};
	unsigned seen = 0;
	rep_span_t list = rep_items(text), item, name, number;

	while(rep_item_next(&list, &item)) {
		rep_outcome_t outcome;
		double x;

		if(!rep_split(item, ':', &name, &number)
				|| !rep_decimal_parse(number, field->min, field->max, &x))
			return false;
		outcome = rep_outcome_parse(name);
		if(outcome == REP_OUTCOMES || seen & 1u << outcome)
			return false;
		seen |= 1u << outcome;
		w[outcome] = (float)x;
	}
	memcpy(weights, w, sizeof(w));
	return true;
}

static bool set_warmup(rep_policy_t *policy, rep_span_t text)
{
	rep_policy_t new = {.warmup_stages = 0};
	rep_span_t list = rep_items(text), item, calls, days;

	while(rep_item_next(&list, &item)) {
		unsigned i = new.warmup_stages++;

		if(i == REP_WARMUP_STAGES || !rep_split(item, 'x', &calls, &days)
				|| !rep_whole_parse(calls, 1, 1000000, &new.warmup[i].calls)
				|| !rep_whole_parse(days, 1, 3650, &new.warmup[i].days))
			return false;
	}
	memcpy(policy->warmup, new.warmup, sizeof(new.warmup));
	policy->warmup_stages = new.warmup_stages;
	return true;
}

static bool tag_ok(rep_span_t tag)
{
	size_t i;

	for(i = 0; i < tag.len; i++) {
		if((unsigned char)tag.s[i] <= ' ' || tag.s[i] == 0x7f)
			return false;
	}
	return tag.len > 0;
}

static bool set_tags(char *tags, rep_span_t text)
{
	char new[REP_TAGS_MAX + 1];
	rep_span_t list = rep_items(text), item;
	size_t n = 0;

	while(rep_item_next(&list, &item)) {
		if(!tag_ok(item) || n + (n > 0) + item.len > REP_TAGS_MAX)
			return false;
		if(n > 0)
			new[n++] = ',';
		memcpy(new + n, item.s, item.len);
		n += item.len;
	}
	new[n] = '\0';
	memcpy(tags, new, n + 1);
	return true;
}

static bool set_attest(char *attest, rep_span_t text)
{
	if(text.len > 1 || (text.len == 1 && (text.s[0] < 'A' || text.s[0] > 'C')))
		return false;
	*attest = text.len ? text.s[0] : '\0';
	return true;
}

/* active, paused, or paused until=SECONDS since 1970. */
static bool set_status(rep_policy_t *policy, rep_span_t text)
{
	rep_span_t what, end;
	uint32_t until = 0;
	bool paused = rep_span_is(text, "paused")
				  || (rep_split(text, '=', &what, &end)
						  && rep_span_is(what, "paused until")
						  && rep_whole_parse(end, 1, UINT32_MAX, &until));

	if(!paused && !rep_span_is(text, "active"))
		return false;
	policy->status = paused ? REP_POOL_PAUSED : REP_POOL_ACTIVE;
	policy->paused_until = until;
	return true;
}

static bool set_country(char *country, rep_span_t text)
{
	char new[3] = "";
	size_t i;

	if(text.len != 0 && text.len != 2)
		return false;
	for(i = 0; i < text.len; i++) {
		bool small = text.s[i] >= 'a' && text.s[i] <= 'z';

		new[i] = small ? (char)(text.s[i] - 'a' + 'A') : text.s[i];
	}
	if(strlen(new) != text.len || !rep_e164_country_known(new))
		return false;
	memcpy(country, new, sizeof(new));
	return true;
}

/* The name becomes part of a path: no dot, no slash at its start. */
static bool set_zone(char *zone, rep_span_t text)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
								  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-/";
	size_t i;

	if(text.len > REP_ZONE_MAX || (text.len && text.s[0] == '/'))
		return false;
	for(i = 0; i < text.len; i++) {
		if(!memchr(letters, text.s[i], sizeof(letters) - 1))
			return false;
	}
	if(text.len)
		memcpy(zone, text.s, text.len);
	zone[text.len] = '\0';
	return true;
}

static bool set_word(kind_t kind, unsigned *place, rep_span_t text)
{
	size_t n = words[kind][2] ? 3 : 2;
	size_t word = rep_word_find(words[kind], n, text);

	if(word == n)
		return false;
	*place = (unsigned)word;
	return true;
}

/* HH:MM, of 24 hours. */
static bool set_minutes(uint16_t *minutes, rep_span_t text)
{
	rep_span_t hour, minute;
	uint32_t h, m;

	if(text.len != 5 || !rep_split(text, ':', &hour, &minute) || hour.len != 2
			|| !rep_whole_parse(hour, 0, 23, &h)
			|| !rep_whole_parse(minute, 0, 59, &m))
		return false;
	*minutes = (uint16_t)(h * 60 + m);
	return true;
}

static bool set_hours(rep_policy_t *policy, rep_span_t text)
{
	rep_span_t from, to;
	uint16_t a = 0, b = 0;

	if(text.len
			&& (!rep_split(text, '-', &from, &to)
					|| !set_minutes(&a, rep_trim(from))
					|| !set_minutes(&b, rep_trim(to)) || a == b))
		return false;
	policy->quiet_hours.from = a;
	policy->quiet_hours.to = b;
	return true;
}

static bool set_outcomes(uint32_t *bits, rep_span_t text)
{
	rep_span_t list = rep_items(text), item;
	uint32_t new = 0;

	while(rep_item_next(&list, &item)) {
		rep_outcome_t outcome = rep_outcome_parse(item);

		if(outcome == REP_OUTCOMES)
			return false;
		new |= UINT32_C(1) << outcome;
	}
	*bits = new;
	return true;
}

static bool set_number(const field_t *field, void *place, rep_span_t text)
{
	uint32_t n;
	double x;

	if(field->kind == KIND_WHOLE || field->kind == KIND_DIVISOR) {
		if(!rep_whole_parse(
				   text, (uint32_t)field->min, (uint32_t)field->max, &n)
				|| (field->kind == KIND_DIVISOR && 1440 % n != 0))
			return false;
		*(uint32_t *)place = n;
		return true;
	}
	if(!rep_decimal_parse(text, field->min, field->max, &x))
		return false;
	if(field->kind == KIND_DOUBLE)
		*(double *)place = x;
	else
		*(float *)place = (float)x;
	return true;
}

/* Leaves the policy as it was when it returns false. */
static bool set_field(
		rep_policy_t *policy, const field_t *field, rep_span_t text)
{
	void *place = (char *)policy + field->offset;

	switch(field->kind) {
		case KIND_WEIGHTS:
			return set_weights(field, place, text);
		case KIND_WARMUP:
			return set_warmup(policy, text);
		case KIND_HOURS:
			return set_hours(policy, text);
		case KIND_STATUS:
			return set_status(policy, text);
		case KIND_OUTCOMES:
			return set_outcomes(place, text);
		case KIND_TAGS:
			return set_tags(place, text);
		case KIND_ATTEST:
			return set_attest(place, text);
		case KIND_COUNTRY:
			return set_country(place, text);
		case KIND_ZONE:
			return set_zone(place, text);
		case KIND_WHOLE:
		case KIND_FLOAT:
		case KIND_DOUBLE:
		case KIND_DIVISOR:
			return set_number(field, place, text);
		default:
			return set_word(field->kind, place, text);
	}
}

/* What a value must be. Before a range, if there is an `after`. */
static const struct
{
	const char *text, *after;
} wants[] = {
		[KIND_WHOLE] = {"must be a whole number", ""},
		[KIND_FLOAT] = {"must be a number", ""},
		[KIND_DOUBLE] = {"must be a number", ""},
		[KIND_DIVISOR] = {"must be a whole number", " that divides 1440"},
		[KIND_WEIGHTS] = {"must be outcome:number,... with each outcome once"
						  " and each number",
				""},
		[KIND_WARMUP] = {"must be CALLSxDAYS,... with 1 to 1000000 calls a day,"
						 " 1 to 3650 days and 8 stages at most, or empty",
				NULL},
		[KIND_ORDER] = {"must be least_recent or weighted", NULL},
		[KIND_EXHAUSTED] = {"must be reject or least_bad", NULL},
		[KIND_UNKNOWN] = {"must be wait or use", NULL},
		[KIND_CAPS] = {"must be hard or soft", NULL},
		[KIND_QUIET] = {"must be quiet or call", NULL},
		[KIND_MODE] = {"must be proxy, enforce or observe", NULL},
		[KIND_STATUS] = {"must be active, paused, or paused until=SECONDS since"
						 " 1970",
				NULL},
		[KIND_HOURS] = {"must be HH:MM-HH:MM such as 21:00-08:00, or empty",
				NULL},
		[KIND_OUTCOMES] = {"must be outcomes separated by commas, or empty",
				NULL},
		[KIND_TAGS] = {"must be tags separated by commas, 127 bytes at most, or"
					   " empty",
				NULL},
		[KIND_ATTEST] = {"must be A, B or C, or empty", NULL},
		[KIND_COUNTRY] = {"must be the ISO 3166-1 code, two letters, of a"
						  " country whose dialling rules are known, or empty",
				NULL},
		[KIND_ZONE] = {"must be a tz database name such as Europe/Berlin, 47"
					   " bytes at most, or empty",
				NULL},
};

static const char *complaint(const field_t *field, char *why, size_t size)
{
	char min[REP_DECIMAL_MAX], max[REP_DECIMAL_MAX];

	if(!wants[field->kind].after || !why || size == 0)
		return wants[field->kind].text;
	snprintf(min, sizeof(min), "%.0f", field->min);
	snprintf(max, sizeof(max), "%.0f", field->max);
	snprintf(why, size, "%s from %s to %s%s", wants[field->kind].text, min, max,
			wants[field->kind].after);
	return why;
}

const char *rep_policy_set(rep_policy_t *policy, rep_span_t field,
		rep_span_t value, char *why, size_t why_size)
{
	size_t i;

	for(i = 0; i < COUNT(fields); i++) {
		if(!rep_span_is(field, fields[i].name))
			continue;
		if(set_field(policy, &fields[i], rep_trim(value)))
			return NULL;
		return complaint(&fields[i], why, why_size);
	}
	return "is not a policy field";
}

void rep_policy_default(rep_policy_t *policy)
{
	size_t i;

	memset(policy, 0, sizeof(*policy));
	for(i = 0; i < COUNT(fields); i++)
		set_field(policy, &fields[i], rep_span(fields[i].initial));
}

/* ---- getting ---- */

static void get_weights(const float *w, char *value, size_t size)
{
	char number[REP_DECIMAL_MAX];
	size_t n = 0;
	int i;

	for(i = 0; i < REP_OUTCOMES && n < size; i++) {
		if(w[i] != 0)
			n += (size_t)snprintf(value + n, size - n, "%s%s:%s", n ? "," : "",
					rep_outcome_name((rep_outcome_t)i),
					rep_float_print(w[i], number));
	}
}

static void get_warmup(const rep_policy_t *policy, char *value, size_t size)
{
	size_t n = 0;
	unsigned i;

	for(i = 0; i < policy->warmup_stages && n < size; i++)
		n += (size_t)snprintf(value + n, size - n, "%s%" PRIu32 "x%" PRIu32,
				n ? "," : "", policy->warmup[i].calls, policy->warmup[i].days);
}

static void get_hours(const rep_policy_t *policy, char *value, size_t size)
{
	unsigned from = policy->quiet_hours.from, to = policy->quiet_hours.to;

	if(from != to)
		snprintf(value, size, "%02u:%02u-%02u:%02u", from / 60, from % 60,
				to / 60, to % 60);
}

static void get_status(const rep_policy_t *policy, char *value, size_t size)
{
	int n = snprintf(value, size, "%s",
			policy->status == REP_POOL_PAUSED ? "paused" : "active");

	if(policy->status == REP_POOL_PAUSED && policy->paused_until
			&& (size_t)n < size)
		snprintf(value + n, size - (size_t)n, " until=%" PRIu32,
				policy->paused_until);
}

static void get_outcomes(uint32_t bits, char *value, size_t size)
{
	size_t n = 0;

	for(int i = 0; i < REP_OUTCOMES && n < size; i++)
		if(bits >> i & 1)
			n += (size_t)snprintf(value + n, size - n, "%s%s", n ? "," : "",
					rep_outcome_name((rep_outcome_t)i));
}

static void get_field(const rep_policy_t *policy, const field_t *field,
		char *value, size_t size)
{
	const void *place = (const char *)policy + field->offset;
	char number[REP_DECIMAL_MAX] = "";
	const char *text = number;

	switch(field->kind) {
		case KIND_WEIGHTS:
			get_weights(place, value, size);
			return;
		case KIND_WARMUP:
			get_warmup(policy, value, size);
			return;
		case KIND_WHOLE:
		case KIND_DIVISOR:
			snprintf(number, sizeof(number), "%" PRIu32,
					*(const uint32_t *)place);
			break;
		case KIND_FLOAT:
			rep_float_print(*(const float *)place, number);
			break;
		case KIND_DOUBLE:
			rep_decimal_print(*(const double *)place, number);
			break;
		case KIND_HOURS:
			get_hours(policy, value, size);
			return;
		case KIND_STATUS:
			get_status(policy, value, size);
			return;
		case KIND_OUTCOMES:
			get_outcomes(*(const uint32_t *)place, value, size);
			return;
		case KIND_ATTEST:
			number[0] = *(const char *)place;
			break;
		case KIND_TAGS:
		case KIND_COUNTRY:
		case KIND_ZONE:
			text = place;
			break;
		default:
			text = words[field->kind][*(const unsigned *)place % 3];
	}
	snprintf(value, size, "%s", text);
}

const char *rep_policy_get(
		const rep_policy_t *policy, unsigned i, char *value, size_t size)
{
	if(i >= COUNT(fields))
		return NULL;
	if(size > 0) {
		value[0] = '\0';
		get_field(policy, &fields[i], value, size);
	}
	return fields[i].name;
}
