/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <json-c/json.h>

#include "clock.h"
#include "../engine/base/text.h"
#include "../engine/judge/bucket.h"
#include "../engine/pool/pools.h"
#include "../engine/reply/e164.h"
#include "../formats/event.h"

#define WORD 80
#define LABELS_SHOWN 20 /* of a kind, as text */
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* ---- JSON: what every line is made of ----------------------------------- */

/* Labels come from the log: what is not UTF-8 in them is replaced. */
static void add_text(struct json_object *to, const char *name, const char *text)
{
	static const char replacement[] = "\xef\xbf\xbd";
	char *copy = malloc(3 * strlen(text) + 1), *p = copy;
	int len;

	if(!copy)
		return;
	for(; *text; text += len ? len : 1) {
		len = (int)rep_utf8_char(rep_span(text));
		p = mempcpy(p, len ? text : replacement, len ? (size_t)len : 3);
	}
	*p = '\0';
	json_object_object_add(to, name, json_object_new_string(copy));
	free(copy);
}

static void add_number(
		struct json_object *to, const char *name, double x, int decimals)
{
	char text[64];

	snprintf(text, sizeof(text), "%.*f", decimals, x);
	json_object_object_add(to, name, json_object_new_double_s(x, text));
}

static void add_count(struct json_object *to, const char *name, uint64_t n)
{
	json_object_object_add(to, name, json_object_new_int64((int64_t)n));
}

static void add_time(struct json_object *to, const char *name, rep_time_t at)
{
	char text[REPLAY_TIME_TEXT];

	add_text(to, name, replay_time_print(at, text));
}

static struct json_object *add_object(struct json_object *to, const char *name)
{
	struct json_object *object = json_object_new_object();

	json_object_object_add(to, name, object);
	return object;
}

/* Prints and frees it. */
static void print_line(FILE *out, struct json_object *object)
{
	fputs(json_object_to_json_string_ext(object,
				  JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE),
			out);
	putc('\n', out);
	json_object_put(object);
}

/* ---- events ------------------------------------------------------------- */

static const char *number_of(const rep_event_t *event, char out[REP_E164_MAX])
{
	if(event->number)
		rep_e164_print(event->number, out);
	else
		out[0] = '\0';
	return out;
}

static void put_text(void *ctx, const char *name, const char *value)
{
	add_text(ctx, name, value);
}

static void put_whole(void *ctx, const char *name, int64_t value)
{
	add_count(ctx, name, (uint64_t)value);
}

static void put_real(void *ctx, const char *name, double value)
{
	add_number(ctx, name, value, 4);
}

static void put_time(void *ctx, const char *name, rep_time_t value)
{
	add_number(ctx, name, (double)value / REP_MS, 3);
}

static void put_counts(void *ctx, const char *name, const rep_counts_t *counts)
{
	struct json_object *object = add_object(ctx, name);

	for(int o = 0; o < REP_OUTCOMES; o++)
		add_count(object, rep_outcome_name((rep_outcome_t)o), counts->n[o]);
}

static void put_mix(void *ctx, const char *name, const float *share)
{
	struct json_object *object = add_object(ctx, name);

	for(int o = 0; o < REP_OUTCOMES; o++)
		add_number(object, rep_outcome_name((rep_outcome_t)o), share[o], 5);
}

static void put_chart(
		void *ctx, const char *chart, double statistic, double threshold)
{
	char name[48];

	snprintf(name, sizeof(name), "chart_%s", chart);
	add_number(ctx, name, statistic, 4);
	snprintf(name, sizeof(name), "threshold_%s", chart);
	add_number(ctx, name, threshold, 4);
}

/* The event's members as rep:events has them, after its time in words. */
static struct json_object *event_of(const char *pool, const rep_event_t *event)
{
	struct json_object *object = json_object_new_object();
	const rep_event_visitor_t to = {object, put_text, put_whole, put_real,
			put_time, put_counts, put_mix, put_chart};

	add_time(object, "time", event->at);
	rep_event_walk(event, pool, &to);
	return object;
}

/* A label as one word of a column. */
static const char *word_of(const char *text, char out[WORD])
{
	size_t n = 0;

	for(; *text && n < WORD - 1; text++)
		out[n++] = (unsigned char)*text <= ' ' || *text == 0x7f ? '_' : *text;
	if(!n)
		out[n++] = '-';
	out[n] = '\0';
	return out;
}

static void text_counts(FILE *out, const rep_counts_t *counts)
{
	const char *before = "";

	for(int o = 0; o < REP_OUTCOMES; o++)
		if(counts->n[o]) {
			fprintf(out, "%s%s=%u", before, rep_outcome_name((rep_outcome_t)o),
					counts->n[o]);
			before = ",";
		}
	if(!*before)
		putc('-', out);
}

static void event_head(replay_report_t *report)
{
	if(!report->headed)
		fprintf(report->out, "%-20s %-17s %-12s %-16s %-12s %-13s %6s %s\n",
				"time", "event", "pool", "number", "route", "reason", "score",
				"counts");
	report->headed = true;
}

static void text_event(
		replay_report_t *report, const char *pool, const rep_event_t *event)
{
	char at[REPLAY_TIME_TEXT], number[REP_E164_MAX], route[WORD];
	const char *reason = rep_event_reason(event);
	FILE *out = report->out;

	event_head(report);
	number_of(event, number);
	fprintf(out, "%-20s %-17s %-12s %-16s %-12s %-13s ",
			replay_time_print(event->at, at), rep_event_name(event->kind), pool,
			*number ? number : "-", word_of(event->route, route),
			*reason ? reason : "-");
	if(event->judged.score > 0)
		fprintf(out, "%6.2f ", event->judged.score);
	else
		fprintf(out, "%6s ", "-");
	text_counts(out, &event->counts);
	if(event->kind == REP_EVENT_BENCHED)
		fprintf(out, " until=%s strikes=%u%s%s",
				replay_time_print(event->until, at), event->strikes,
				event->detail[0] ? " " : "", event->detail);
	else if(event->kind == REP_EVENT_RELEASED)
		fprintf(out, " state=%s", rep_state_name(event->state));
	else if(event->kind == REP_EVENT_POOL_ALARM
			|| event->kind == REP_EVENT_POOL_ALARM_OVER)
		fprintf(out, " %s", event->detail);
	putc('\n', out);
}

void replay_report_event(
		void *ctx, rep_registry_t *registry, const rep_event_t *event)
{
	replay_report_t *report = ctx;
	const char *pool = rep_registry_name(registry, event->pool);

	if(report->quiet)
		return;
	replay_progress_clear(report->progress);
	if(report->json)
		print_line(report->out, event_of(pool, event));
	else
		text_event(report, pool, event);
}

/* ---- what pools came to ------------------------------------------------- */

/* What is made of several counts. */
enum
{
	MEAN_EVIDENCE = REPLAY_COUNTS, /* calls in the evidence of a bench */
	INTERVAL,					   /* judged calls from bench to bench */
	WITHHELD_SHARE,				   /* of the calls, per cent */
};

typedef struct column
{
	int count;			/* replay_count_t, or one of the above */
	const char *member; /* in JSON */
	const char *head;	/* of the column; NULL = none */
	int width;
} column_t;

#define CHART(c) (REPLAY_N_BENCHES_BY + REP_CHART_##c)
#define TRUTH(t) (REPLAY_N_TRUTHS + REPLAY_##t)

/* clang-format off */
static const column_t summary[] = {
	{REPLAY_N_NUMBERS, "numbers", "numbers", 8},
	{REPLAY_N_CALLS, "calls", "calls", 10},
	{REPLAY_N_WITHHELD, "withheld", "withheld", 9},
	{REPLAY_N_STOPPED, "stopped", "stopped", 8},
	{REPLAY_N_BENCHES, "benches", NULL, 0},
	{CHART(BLOCKED), "benches_blocked", "blocked", 8},
	{CHART(REJECTED), "benches_rejected", "rejected", 9},
	{CHART(LABELLED), "benches_labelled", "labelled", 9},
	{REPLAY_N_RETURNS, "returns", "returns", 8},
	{REPLAY_N_RESTING, "resting", "resting", 8},
	{REPLAY_N_ALARMS, "alarms", "alarms", 7},
	{REPLAY_N_EXHAUSTED, "exhausted", NULL, 0},
	{REPLAY_N_REFUSED, "caller_id_refused", NULL, 0},
	{MEAN_EVIDENCE, "calls_to_bench", "calls/bench", 11},
	{TRUTH(TRUE), "true", "true", 6},
	{TRUTH(FALSE), "false", "false", 6},
	{TRUTH(UNKNOWN), "unknown", "unknown", 8},
};

static const column_t point[] = {
	{REPLAY_N_BENCHES, NULL, "benches", 8},
	{REPLAY_N_RETURNS, NULL, "returns", 8},
	{REPLAY_N_WITHHELD, NULL, "withheld", 10},
	{TRUTH(TRUE), NULL, "true", 6},
	{TRUTH(FALSE), NULL, "false", 6},
	{TRUTH(UNKNOWN), NULL, "unknown", 8},
	{MEAN_EVIDENCE, NULL, "calls/bench", 11},
};

static const column_t fitted[] = {
	{REPLAY_N_NUMBERS, "numbers", "numbers", 8},
	{REPLAY_N_CALLS, "calls", "calls", 10},
	{CHART(BLOCKED), "benches_blocked", "blocked", 8},
	{CHART(REJECTED), "benches_rejected", "rejected", 9},
	{CHART(LABELLED), "benches_labelled", "labelled", 9},
	{INTERVAL, "calls_between", "calls between", 13},
	{WITHHELD_SHARE, "withheld_percent", "withheld %", 10},
};
/* clang-format on */

typedef struct line
{
	const char *pool; /* "" = all of them */
	const uint64_t *n;
} line_t;

/* The pools with calls, then their sum when there are several. */
static unsigned lines_of(const replay_run_t *run, replay_tally_t *sum,
		line_t lines[REP_POOLS_MAX + 1])
{
	unsigned n = 0;

	*sum = (replay_tally_t){0};
	for(int p = 0; p < rep_registry_pools(run->registry); p++) {
		const uint64_t *of = run->tally[p].n;

		if(!of[REPLAY_N_CALLS])
			continue;
		lines[n++] = (line_t){rep_registry_name(run->registry, p), of};
		for(int c = 0; c < REPLAY_COUNTS; c++)
			sum->n[c] += of[c];
	}
	if(n > 1)
		lines[n++] = (line_t){"", sum->n};
	return n;
}

static const char *pool_of(const line_t *line)
{
	return *line->pool ? line->pool : "(all)";
}

/* Below 0: there is none. */
static double figure(const uint64_t *n, int count)
{
	double benches = (double)n[REPLAY_N_BENCHES];
	double calls = (double)n[REPLAY_N_CALLS];
	double withheld = (double)n[REPLAY_N_WITHHELD];

	if(count == WITHHELD_SHARE)
		return 100 * withheld / calls;
	if(!n[REPLAY_N_BENCHES])
		return -1;
	return (count == INTERVAL ? calls - withheld : (double)n[REPLAY_N_EVIDENCE])
		   / benches;
}

static int decimals(const column_t *column)
{
	return column->count == WITHHELD_SHARE ? 2 : 0;
}

static void text_head(FILE *out, const column_t *columns, size_t n)
{
	fprintf(out, "%-16s", "pool");
	for(size_t i = 0; i < n; i++)
		if(columns[i].head)
			fprintf(out, " %*s", columns[i].width, columns[i].head);
	putc('\n', out);
}

static void text_line(
		FILE *out, const line_t *line, const column_t *columns, size_t n)
{
	fprintf(out, "%-16s", pool_of(line));
	for(size_t i = 0; i < n; i++) {
		if(!columns[i].head)
			continue;
		if(columns[i].count < REPLAY_COUNTS)
			fprintf(out, " %*" PRIu64, columns[i].width,
					line->n[columns[i].count]);
		else if(figure(line->n, columns[i].count) < 0)
			fprintf(out, " %*s", columns[i].width, "-");
		else
			fprintf(out, " %*.*f", columns[i].width, decimals(&columns[i]),
					figure(line->n, columns[i].count));
	}
	putc('\n', out);
}

static void text_mix(FILE *out, const uint64_t *outcomes, uint64_t calls)
{
	const char *before = " ";

	for(int o = 0; o < REP_OUTCOMES; o++) {
		/* cppcheck-suppress objectIndex ; one of REPLAY_COUNTS */
		if(!outcomes[o])
			continue;
		fprintf(out, "%s%s %.1f%%", before, rep_outcome_name((rep_outcome_t)o),
				100.0 * (double)outcomes[o] / (double)calls);
		before = ", ";
	}
	putc('\n', out);
}

static void add_line(struct json_object *to, const line_t *line,
		const column_t *columns, size_t n)
{
	struct json_object *outcomes;

	if(*line->pool)
		add_text(to, "pool", line->pool);
	else
		json_object_object_add(to, "pool", NULL);
	for(const column_t *c = columns; c < columns + n; c++)
		if(c->count < REPLAY_COUNTS)
			add_count(to, c->member, line->n[c->count]);
		else if(figure(line->n, c->count) >= 0)
			add_number(
					to, c->member, figure(line->n, c->count), decimals(c) + 1);
		else
			json_object_object_add(to, c->member, NULL);
	outcomes = add_object(to, "outcomes");
	for(int o = 0; o < REP_OUTCOMES; o++)
		add_count(outcomes, rep_outcome_name((rep_outcome_t)o),
				line->n[REPLAY_N_OUTCOMES + o]);
}

static void text_summary(FILE *out, const line_t *lines, unsigned n)
{
	text_head(out, summary, COUNT(summary));
	for(unsigned i = 0; i < n; i++)
		text_line(out, &lines[i], summary, COUNT(summary));
	fprintf(out, "\nMix of all calls in the log:\n");
	for(unsigned i = 0; i < n; i++) {
		fprintf(out, "%-16s", pool_of(&lines[i]));
		text_mix(out, &lines[i].n[REPLAY_N_OUTCOMES],
				lines[i].n[REPLAY_N_CALLS]);
	}
}

/* ---- by label ----------------------------------------------------------- */

/* What the calls of one campaign, or to one network, came to. */
typedef struct labelled
{
	const char *label;
	uint64_t calls, outcomes[REP_OUTCOMES];
} labelled_t;

static int most_first(const void *a, const void *b)
{
	const labelled_t *x = a, *y = b;

	return (x->calls < y->calls) - (x->calls > y->calls);
}

/* All calls of the log by their labels, most calls first; to be freed. NULL
 * where no call has one, or without memory. */
static labelled_t *by_label(const replay_calls_t *calls, bool network)
{
	const replay_names_t *names =
			network ? &calls->networks : &calls->campaigns;
	labelled_t *by;

	if(names->n == 0 || (names->n == 1 && !names->text[0][0]))
		return NULL;
	by = calloc(names->n, sizeof(*by));
	for(uint32_t i = 0; by && i < names->n; i++)
		by[i].label = names->text[i];
	for(size_t i = 0; by && i < calls->n; i++) {
		const replay_call_t *call = &calls->call[i];
		labelled_t *of = &by[network ? call->network : call->campaign];
		of->calls++;
		of->outcomes[call->outcome]++;
	}
	if(by)
		qsort(by, names->n, sizeof(*by), most_first);
	return by;
}

static void text_labelled(FILE *out, const labelled_t *of)
{
	char label[WORD];

	fprintf(out, "%-16s %8" PRIu64, word_of(of->label, label), of->calls);
	text_mix(out, of->outcomes, of->calls);
}

static void json_labelled(FILE *out, const char *kind, const labelled_t *of)
{
	struct json_object *object = json_object_new_object(), *outcomes;

	add_text(object, "event", "label");
	add_text(object, kind, of->label);
	add_count(object, "calls", of->calls);
	outcomes = add_object(object, "outcomes");
	for(int o = 0; o < REP_OUTCOMES; o++)
		add_count(
				outcomes, rep_outcome_name((rep_outcome_t)o), of->outcomes[o]);
	print_line(out, object);
}

static void report_labels(
		const replay_report_t *report, const replay_calls_t *calls)
{
	static const char *const kinds[] = {"campaign", "network"};

	for(int k = 0; k < 2; k++) {
		labelled_t *by = by_label(calls, k == 1);
		uint32_t n = k ? calls->networks.n : calls->campaigns.n;
		if(!by)
			continue;
		if(!report->json)
			fprintf(report->out, "\nMix by %s:\n", kinds[k]);
		for(uint32_t i = 0; i < n && by[i].calls; i++)
			if(report->json)
				json_labelled(report->out, kinds[k], &by[i]);
			else if(i < LABELS_SHOWN)
				text_labelled(report->out, &by[i]);
		free(by);
	}
}

void replay_report_summary(replay_report_t *report, const replay_run_t *run)
{
	static line_t lines[REP_POOLS_MAX + 1];
	replay_tally_t sum;
	unsigned n = lines_of(run, &sum, lines);

	if(!report->json) {
		if(report->headed)
			putc('\n', report->out);
		text_summary(report->out, lines, n);
		report_labels(report, run->calls);
		return;
	}
	for(unsigned i = 0; i < n; i++) {
		struct json_object *object = json_object_new_object();

		add_text(object, "event", "summary");
		add_line(object, &lines[i], summary, COUNT(summary));
		print_line(report->out, object);
	}
	report_labels(report, run->calls);
}

/* ---- what policies come to ----------------------------------------------- */

/* A table of them: a line for each policy and pool. */
typedef struct table
{
	const char *event; /* in JSON */
	const column_t *shown, *members;
	size_t n_shown, n_members;
} table_t;

static const table_t sweeps = {
		"sweep", point, summary, COUNT(point), COUNT(summary)};
static const table_t fits = {
		"fit", fitted, fitted, COUNT(fitted), COUNT(fitted)};

static void json_point(FILE *out, const table_t *table, const replay_run_t *run,
		const line_t *line)
{
	struct json_object *object = json_object_new_object(), *policy;

	add_text(object, "event", table->event);
	policy = add_object(object, "policy");
	for(size_t i = 0; i < run->n_more; i++)
		add_text(policy, run->more[i].field, run->more[i].value);
	add_line(object, line, table->members, table->n_members);
	print_line(out, object);
}

static void report_point(replay_report_t *report, const table_t *table,
		const replay_run_t *run, const replay_setting_t *fields,
		size_t n_fields)
{
	static line_t lines[REP_POOLS_MAX + 1];
	replay_tally_t sum;
	unsigned n = lines_of(run, &sum, lines);
	FILE *out = report->out;

	replay_progress_clear(report->progress);
	if(!report->json && !report->headed) {
		for(size_t i = 0; i < n_fields; i++)
			fprintf(out, "%18s ", fields[i].field);
		text_head(out, table->shown, table->n_shown);
	}
	report->headed = true;
	for(unsigned i = 0; i < n; i++) {
		if(report->json) {
			json_point(out, table, run, &lines[i]);
			continue;
		}
		for(size_t v = 0; v < n_fields; v++)
			fprintf(out, "%18s ", run->n_more ? run->more[v].value : "present");
		text_line(out, &lines[i], table->shown, table->n_shown);
	}
	fflush(out);
}

void replay_report_point(replay_report_t *report, const replay_run_t *run)
{
	report_point(report, &sweeps, run, run->more, run->n_more);
}

void replay_report_fit(replay_report_t *report, const replay_run_t *run,
		const replay_setting_t *fields, size_t n_fields)
{
	report_point(report, &fits, run, fields, n_fields);
}

void replay_report_spread(replay_report_t *report, const replay_calls_t *calls,
		const rep_spread_t *spread)
{
	replay_progress_clear(report->progress);
	if(!report->json)
		fprintf(report->out, "%-16s %15s %15s\n", "pool", "between numbers",
				"between lists");
	for(uint32_t p = 0; p < calls->pools.n; p++) {
		struct json_object *object;

		if(!report->json) {
			fprintf(report->out, "%-16s %15.0f %15.0f\n", calls->pools.text[p],
					spread[p].between, spread[p].lists);
			continue;
		}
		object = json_object_new_object();
		add_text(object, "event", "spread");
		add_text(object, "pool", calls->pools.text[p]);
		add_number(object, "between", spread[p].between, 0);
		add_number(object, "lists", spread[p].lists, 0);
		print_line(report->out, object);
	}
	if(!report->json)
		putc('\n', report->out);
}
