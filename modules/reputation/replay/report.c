/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Benches, returns and alarms, one line each. */

#include "report.h"

#include "../engine/reply/e164.h"
#include "../store/pack.h"
#include "clock.h"

static const char *reason_of(const rep_edge_t *edge)
{
	switch(edge->kind) {
		case REP_EDGE_POOL_EXHAUSTED:
			return rep_pick_name(edge->stop);
		case REP_EDGE_REFUSED:
			return rep_outcome_name(REP_REFUSED);
		default:
			return rep_reason_name(edge->reason);
	}
}

static const char *number_of(const rep_edge_t *edge, char out[REP_E164_MAX])
{
	if(edge->number)
		rep_e164_print(edge->number, out);
	else
		out[0] = '\0';
	return out;
}

/* ---- columns ------------------------------------------------------------ */

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

static void text_head(replay_report_t *report)
{
	if(!report->headed)
		fprintf(report->out, "%-20s %-17s %-12s %-16s %-12s %-13s %6s %s\n",
				"time", "event", "pool", "number", "route", "reason", "score",
				"counts");
	report->headed = true;
}

static void text_edge(
		replay_report_t *report, const char *pool, const rep_edge_t *edge)
{
	char at[REPLAY_TIME_TEXT], number[REP_E164_MAX], route[REPLAY_WORD];
	const char *reason = reason_of(edge);
	FILE *out = report->out;

	text_head(report);
	number_of(edge, number);
	fprintf(out, "%-20s %-17s %-12s %-16s %-12s %-13s ",
			replay_time_print(edge->at, at), rep_edge_name(edge->kind), pool,
			*number ? number : "-", replay_word(edge->route, route),
			*reason ? reason : "-");
	if(edge->judged.score > 0)
		fprintf(out, "%6.2f ", edge->judged.score);
	else
		fprintf(out, "%6s ", "-");
	text_counts(out, &edge->counts);
	if(edge->kind == REP_EDGE_BENCHED)
		fprintf(out, " until=%s strikes=%u", replay_time_print(edge->until, at),
				edge->strikes);
	else if(edge->kind == REP_EDGE_RELEASED)
		fprintf(out, " state=%s", rep_state_name(edge->state));
	else if(edge->kind == REP_EDGE_POOL_ALARM)
		fprintf(out, " %s", edge->detail);
	putc('\n', out);
}

/* ---- JSON --------------------------------------------------------------- */

static void json_counts(FILE *out, const char *name, const rep_counts_t *counts)
{
	char text[512];

	rep_pack_outcomes(counts, text, sizeof(text));
	fprintf(out, ",\"%s\":%s", name, text);
}

static void json_time(FILE *out, const char *name, rep_time_t at)
{
	char text[REPLAY_TIME_TEXT];

	fprintf(out, ",\"%s\":\"%s\"", name, replay_time_print(at, text));
}

static void json_evidence(FILE *out, const rep_edge_t *edge)
{
	unsigned chart = edge->judged.chart;

	json_counts(out, "counts", &edge->counts);
	json_counts(out, "pool_counts", &edge->pool_counts);
	if(edge->kind != REP_EDGE_BENCHED || chart >= REP_CHARTS)
		return;
	fprintf(out, ",\"statistic\":%.4f,\"threshold\":%.4f,\"mix\":{",
			edge->judged.s[chart], edge->judged.threshold[chart]);
	for(int o = 0; o < REP_JUDGED; o++)
		fprintf(out, "%s\"%s\":%.5f", o ? "," : "",
				rep_outcome_name((rep_outcome_t)o), edge->mix[o]);
	putc('}', out);
}

static void json_edge(
		replay_report_t *report, const char *pool, const rep_edge_t *edge)
{
	char number[REP_E164_MAX];
	FILE *out = report->out;

	fprintf(out, "{\"event\":\"%s\"", rep_edge_name(edge->kind));
	json_time(out, "time", edge->at);
	fprintf(out, ",\"unix\":%lld.%03d", (long long)(edge->at / 1000),
			(int)(edge->at % 1000));
	fprintf(out, ",\"pool\":\"%s\",\"number\":\"%s\",\"route\":", pool,
			number_of(edge, number));
	replay_json_text(out, edge->route);
	fprintf(out, ",\"reason\":\"%s\",\"score\":%.4f", reason_of(edge),
			edge->judged.score);
	if(edge->number)
		fprintf(out, ",\"state\":\"%s\"", rep_state_name(edge->state));
	if(edge->kind == REP_EDGE_BENCHED) {
		json_time(out, "until", edge->until);
		fprintf(out, ",\"strikes\":%u", edge->strikes);
	}
	if(edge->detail[0]) {
		fputs(",\"detail\":", out);
		replay_json_text(out, edge->detail);
	}
	json_evidence(out, edge);
	fputs("}\n", out);
}

void replay_report_edge(void *ctx, rep_book_t *book, const rep_edge_t *edge)
{
	replay_report_t *report = ctx;
	const char *pool = rep_book_name(book, edge->pool);

	if(report->quiet)
		return;
	replay_progress_clear(report->progress);
	if(report->json)
		json_edge(report, pool, edge);
	else
		text_edge(report, pool, edge);
}
