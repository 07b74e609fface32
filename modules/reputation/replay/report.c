/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Benches, returns and alarms, one line each. */

#include "report.h"

#include "clock.h"
#include "../engine/pool/pools.h"
#include "../engine/reply/e164.h"
#include "../formats/counts.h"

static const char *reason_of(const rep_event_t *event)
{
	switch(event->kind) {
		case REP_EVENT_POOL_EXHAUSTED:
			return rep_pick_name(event->stop);
		case REP_EVENT_REFUSED:
			return rep_outcome_name(REP_REFUSED);
		default:
			return rep_reason_name(event->reason);
	}
}

static const char *number_of(const rep_event_t *event, char out[REP_E164_MAX])
{
	if(event->number)
		rep_e164_print(event->number, out);
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

static void text_event(
		replay_report_t *report, const char *pool, const rep_event_t *event)
{
	char at[REPLAY_TIME_TEXT], number[REP_E164_MAX], route[REPLAY_WORD];
	const char *reason = reason_of(event);
	FILE *out = report->out;

	text_head(report);
	number_of(event, number);
	fprintf(out, "%-20s %-17s %-12s %-16s %-12s %-13s ",
			replay_time_print(event->at, at), rep_event_name(event->kind), pool,
			*number ? number : "-", replay_word(event->route, route),
			*reason ? reason : "-");
	if(event->judged.score > 0)
		fprintf(out, "%6.2f ", event->judged.score);
	else
		fprintf(out, "%6s ", "-");
	text_counts(out, &event->counts);
	if(event->kind == REP_EVENT_BENCHED)
		fprintf(out, " until=%s strikes=%u",
				replay_time_print(event->until, at), event->strikes);
	else if(event->kind == REP_EVENT_RELEASED)
		fprintf(out, " state=%s", rep_state_name(event->state));
	else if(event->kind == REP_EVENT_POOL_ALARM)
		fprintf(out, " %s", event->detail);
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

static void json_evidence(FILE *out, const rep_event_t *event)
{
	unsigned chart = event->judged.chart;

	json_counts(out, "counts", &event->counts);
	json_counts(out, "pool_counts", &event->pool_counts);
	if(event->kind != REP_EVENT_BENCHED || chart >= REP_CHARTS)
		return;
	fprintf(out, ",\"statistic\":%.4f,\"threshold\":%.4f,\"mix\":{",
			event->judged.s[chart], event->judged.threshold[chart]);
	for(int o = 0; o < REP_JUDGED; o++)
		fprintf(out, "%s\"%s\":%.5f", o ? "," : "",
				rep_outcome_name((rep_outcome_t)o), event->mix[o]);
	putc('}', out);
}

static void json_event(
		replay_report_t *report, const char *pool, const rep_event_t *event)
{
	char number[REP_E164_MAX];
	FILE *out = report->out;

	fprintf(out, "{\"event\":\"%s\"", rep_event_name(event->kind));
	json_time(out, "time", event->at);
	fprintf(out, ",\"unix\":%lld.%03d", (long long)(event->at / 1000),
			(int)(event->at % 1000));
	fprintf(out, ",\"pool\":\"%s\",\"number\":\"%s\",\"route\":", pool,
			number_of(event, number));
	replay_json_text(out, event->route);
	fprintf(out, ",\"reason\":\"%s\",\"score\":%.4f", reason_of(event),
			event->judged.score);
	if(event->number)
		fprintf(out, ",\"state\":\"%s\"", rep_state_name(event->state));
	if(event->kind == REP_EVENT_BENCHED) {
		json_time(out, "until", event->until);
		fprintf(out, ",\"strikes\":%u", event->strikes);
	}
	if(event->detail[0]) {
		fputs(",\"detail\":", out);
		replay_json_text(out, event->detail);
	}
	json_evidence(out, event);
	fputs("}\n", out);
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
		json_event(report, pool, event);
	else
		text_event(report, pool, event);
}
