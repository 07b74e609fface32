/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What pools and policies came to. */

#include "report.h"

#include <inttypes.h>
#include <stdlib.h>

#include "labels.h"
#include "lines.h"
#include "../engine/pool/pools.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

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

static void add_line(struct json_object *to, const line_t *line,
		const column_t *columns, size_t n)
{
	struct json_object *outcomes;

	if(*line->pool)
		replay_add_text(to, "pool", line->pool);
	else
		json_object_object_add(to, "pool", NULL);
	for(const column_t *c = columns; c < columns + n; c++)
		if(c->count < REPLAY_COUNTS)
			replay_add_count(to, c->member, line->n[c->count]);
		else if(figure(line->n, c->count) >= 0)
			replay_add_number(
					to, c->member, figure(line->n, c->count), decimals(c) + 1);
		else
			json_object_object_add(to, c->member, NULL);
	outcomes = replay_add_object(to, "outcomes");
	for(int o = 0; o < REP_OUTCOMES; o++)
		replay_add_count(outcomes, rep_outcome_name((rep_outcome_t)o),
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
		replay_print_mix(out, &lines[i].n[REPLAY_N_OUTCOMES],
				lines[i].n[REPLAY_N_CALLS]);
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
		replay_report_labels(report->out, report->json, run->calls);
		return;
	}
	for(unsigned i = 0; i < n; i++) {
		struct json_object *object = json_object_new_object();

		replay_add_text(object, "event", "summary");
		add_line(object, &lines[i], summary, COUNT(summary));
		replay_print_line(report->out, object);
	}
	replay_report_labels(report->out, report->json, run->calls);
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

	replay_add_text(object, "event", table->event);
	policy = replay_add_object(object, "policy");
	for(size_t i = 0; i < run->n_more; i++)
		replay_add_text(policy, run->more[i].field, run->more[i].value);
	add_line(object, line, table->members, table->n_members);
	replay_print_line(out, object);
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
		replay_add_text(object, "event", "spread");
		replay_add_text(object, "pool", calls->pools.text[p]);
		replay_add_number(object, "between", spread[p].between, 0);
		replay_add_number(object, "lists", spread[p].lists, 0);
		replay_print_line(report->out, object);
	}
	if(!report->json)
		putc('\n', report->out);
}
