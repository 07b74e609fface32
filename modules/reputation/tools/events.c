/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events as they happen. */

#include "events.h"

#include "clock.h"
#include "lines.h"
#include "../engine/judge/bucket.h"
#include "../engine/pool/pools.h"
#include "../engine/reply/e164.h"
#include "../formats/event.h"

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
	replay_add_text(ctx, name, value);
}

static void put_whole(void *ctx, const char *name, int64_t value)
{
	replay_add_count(ctx, name, (uint64_t)value);
}

static void put_real(void *ctx, const char *name, double value)
{
	replay_add_number(ctx, name, value, 4);
}

static void put_time(void *ctx, const char *name, rep_time_t value)
{
	replay_add_number(ctx, name, (double)value / REP_MS, 3);
}

static void put_counts(void *ctx, const char *name, const rep_counts_t *counts)
{
	struct json_object *object = replay_add_object(ctx, name);

	for(int o = 0; o < REP_OUTCOMES; o++)
		replay_add_count(
				object, rep_outcome_name((rep_outcome_t)o), counts->n[o]);
}

static void put_mix(void *ctx, const char *name, const float *share)
{
	struct json_object *object = replay_add_object(ctx, name);

	for(int o = 0; o < REP_OUTCOMES; o++)
		replay_add_number(
				object, rep_outcome_name((rep_outcome_t)o), share[o], 5);
}

static void put_chart(
		void *ctx, const char *chart, double statistic, double threshold)
{
	char name[48];

	snprintf(name, sizeof(name), "chart_%s", chart);
	replay_add_number(ctx, name, statistic, 4);
	snprintf(name, sizeof(name), "threshold_%s", chart);
	replay_add_number(ctx, name, threshold, 4);
}

/* The event's members as rep:events has them, after its time in words. */
static struct json_object *event_of(const char *pool, const rep_event_t *event)
{
	struct json_object *object = json_object_new_object();
	const rep_event_visitor_t to = {object, put_text, put_whole, put_real,
			put_time, put_counts, put_mix, put_chart};

	replay_add_time(object, "time", event->at);
	rep_event_walk(event, pool, &to);
	return object;
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
	char at[REPLAY_TIME_TEXT], number[REP_E164_MAX], route[REPLAY_WORD];
	const char *reason = rep_event_reason(event);
	FILE *out = report->out;

	event_head(report);
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
		replay_print_line(report->out, event_of(pool, event));
	else
		text_event(report, pool, event);
}
