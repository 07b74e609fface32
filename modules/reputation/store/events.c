/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rep:events: every edge of the registry, written once over all proxies. A move
 * of a number waits until Redis has accepted its verdict: the proxy whose
 * verdict stands writes the event. A guard key next to the stream makes a
 * repeated writing harmless. */

#include "events.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "errors.h"
#include "keys.h"
#include "pipe.h"
#include "refusal.h"
#include "scripts.h"
#include "../engine/base/decimal.h"
#include "../engine/base/text.h"
#include "../engine/pool/pools.h"
#include "../engine/pool/redress.h"
#include "../engine/reply/e164.h"
#include "../formats/counts.h"
#include "../formats/event.h"

#define LENGTH 10000		  /* of the stream, about */
#define AT_ONCE 32			  /* in an exchange */
#define UNDECIDED_MS 30000	  /* then the guard alone must do */
#define SAME_MS 60000		  /* edges of proxies that close are one; */
#define SAME_ALARM_MS 1800000 /* alarms: they last for an hour at least; */
#define SAME_CALLS_MS 300000  /* what calls show: REP_REFUSALS_QUIET */
#define SAME_DAY_MS 86400000  /* a number's: each proxy says it once a day */
#define GUARD_SECONDS 172800  /* longer than any outage that we bridge */

/* Moves of numbers come with a verdict that decides about them. */
static bool has_record(const rep_event_t *event)
{
	return event->kind == REP_EVENT_BENCHED
		   || event->kind == REP_EVENT_RELEASED;
}

static bool is_alarm(const rep_event_t *event)
{
	return event->kind == REP_EVENT_POOL_ALARM
		   || event->kind == REP_EVENT_POOL_ALARM_OVER;
}

/* A proxy sees them when it has a call. */
static bool is_by_calls(const rep_event_t *event)
{
	return (event->kind == REP_EVENT_POOL_EXHAUSTED
				   || event->kind == REP_EVENT_POOL_EXHAUSTED_OVER)
		   && event->stop != REP_PICK_ALL_BENCHED
		   && event->stop != REP_PICK_SHARE_BENCHED;
}

/* ms within which two proxies' edges are the same. */
static int64_t same_ms(const rep_event_t *event)
{
	return has_record(event)					   ? INT64_C(1) << 52
		   : is_alarm(event)					   ? SAME_ALARM_MS
		   : is_by_calls(event)					   ? SAME_CALLS_MS
		   : event->kind == REP_EVENT_ATTEST_BELOW ? SAME_DAY_MS
												   : SAME_MS;
}

static void remove_at(rep_store_t *store, size_t i)
{
	store->n_pending--;
	memmove(&store->pending[i], &store->pending[i + 1],
			(store->n_pending - i) * sizeof(*store->pending));
}

static void add(rep_store_t *store, const rep_event_t *event)
{
	if(store->n_pending == REP_PENDING_MAX) {
		remove_at(store, 0);
		store->lost_events++;
	}
	store->pending[store->n_pending++] = (rep_pending_t){.event = *event,
			.ready = !has_record(event),
			.since = rep_mono_ms()};
}

void rep_events_drain(rep_store_t *store)
{
	rep_event_t events[16];
	size_t n;

	do {
		n = rep_events_read(rep_registry_events(store->registry),
				&store->event_cursor, events, 16);
		for(size_t i = 0; i < n; i++)
			if(!events[i].adopted)
				add(store, &events[i]);
	} while(n == 16);
}

void rep_events_decide(
		rep_store_t *store, int pool, const rep_record_t *record, bool ours)
{
	for(size_t i = 0; i < store->n_pending; i++) {
		rep_pending_t *p = &store->pending[i];

		if(p->ready || p->event.pool != pool
				|| p->event.number != record->number
				|| p->event.turn > record->turn
				|| strcmp(p->event.route, record->route) != 0)
			continue;
		if(ours)
			p->ready = true;
		else
			remove_at(store, i--);
	}
}

/* ---- one event --------------------------------------------------------------- */

static void field(rep_store_t *store, const char *name, const char *value)
{
	rep_args_text(&store->args, name);
	rep_args_text(&store->args, value);
}

/* A member of the event for XADD: each value is a text. */
static void put_text(void *ctx, const char *name, const char *value)
{
	field(ctx, name, value);
}

static void put_whole(void *ctx, const char *name, int64_t value)
{
	rep_store_t *store = ctx;

	rep_args_text(&store->args, name);
	rep_args_int(&store->args, value);
}

static void put_real(void *ctx, const char *name, double value)
{
	char text[REP_DECIMAL_MAX];

	field(ctx, name, rep_fixed_print(value, 4, text));
}

/* Seconds; when it happened, to the millisecond. */
static void put_time(void *ctx, const char *name, rep_time_t value)
{
	char text[48];

	snprintf(text, sizeof(text), "%" PRId64 ".%03d", value / 1000,
			(int)(value % 1000));
	if(strcmp(name, "at") == 0)
		field(ctx, name, text);
	else
		put_whole(ctx, name, value / 1000);
}

static void put_counts(void *ctx, const char *name, const rep_counts_t *counts)
{
	char text[400];

	rep_pack_outcomes(counts, text, sizeof(text));
	field(ctx, name, text);
}

static void put_mix(void *ctx, const char *name, const float *share)
{
	char text[512], part[REP_DECIMAL_MAX];
	size_t n = 0;

	for(int i = 0; i < REP_OUTCOMES && n < sizeof(text); i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s\"%s\":%s",
				i ? "," : "{", rep_outcome_name((rep_outcome_t)i),
				rep_fixed_print((double)share[i], 5, part));
	if(n + 1 < sizeof(text))
		strcpy(text + n, "}");
	field(ctx, name, text);
}

static void put_chart(
		void *ctx, const char *chart, double statistic, double threshold)
{
	char name[48];

	snprintf(name, sizeof(name), "chart_%s", chart);
	put_real(ctx, name, statistic);
	snprintf(name, sizeof(name), "threshold_%s", chart);
	put_real(ctx, name, threshold);
}

/* Whom to ask about it. */
static void put_redress(rep_store_t *store, const rep_event_t *event)
{
	rep_redress_t redress;

	if(!rep_redress_newest(
			   store->registry, event->pool, event->number, &redress))
		return;
	field(store, "redress_url", redress.url);
	field(store, "redress_tel", redress.tel);
	field(store, "redress_email", redress.email);
	field(store, "redress_id", redress.id);
}

static void put_event(rep_store_t *store, const rep_event_t *event)
{
	const rep_event_visitor_t to = {store, put_text, put_whole, put_real,
			put_time, put_counts, put_mix, put_chart};
	char *json = event->kind == REP_EVENT_BENCHED
						 ? rep_event_buckets(store->registry, event)
						 : NULL;

	rep_event_walk(event, rep_event_pool(event, store->registry), &to);
	if(json)
		field(store, "buckets", json);
	if(rep_event_is_block(event))
		put_redress(store, event);
	free(json);
	field(store, "node", store->node);
}

/* What makes two proxies' edges the same. The braces put the guard into the
 * slot of the stream. */
static void guard_key(const rep_store_t *store, const rep_event_t *event,
		char out[REP_KEY_MAX])
{
	const char *pool = rep_event_pool(event, store->registry);
	/* of an alarm what shifts, not the figures: each proxy has its own */
	const char *figures = is_alarm(event) ? strstr(event->detail, " (") : NULL;
	rep_span_t what = figures ? (rep_span_t){event->detail,
							  (size_t)(figures - event->detail)}
							  : rep_span(event->route);
	unsigned which = has_record(event) ? event->turn
					 : is_alarm(event) ? (unsigned)event->reason
									   : (unsigned)event->stop;
	char number[REP_E164_MAX] = "";

	if(event->number)
		rep_e164_print(event->number, number);
	snprintf(out, REP_KEY_MAX, "%s:x:once:{%s:events}:%s:%s:%s:%u:%016llx",
			store->prefix, store->prefix, pool, rep_event_name(event->kind),
			number, which, (unsigned long long)rep_hash(what));
}

static void once_args(rep_store_t *store, const rep_event_t *event)
{
	char key[REP_KEY_MAX];

	rep_script_begin(store, REP_SHA_ONCE, 2);
	rep_args_text(&store->args, rep_key(store, key, "events", NULL));
	guard_key(store, event, key);
	rep_args_text(&store->args, key);
	rep_args_int(&store->args, event->at);
	rep_args_int(&store->args, same_ms(event));
	rep_args_int(&store->args, GUARD_SECONDS);
	rep_args_int(&store->args, LENGTH);
	put_event(store, event);
}

static void answered(rep_store_t *store, rep_store_pool_t *unused,
		const rep_asked_t *asked, const redisReply *reply)
{
	char key[REP_KEY_MAX];

	(void)unused;
	if(reply) {
		store->events += reply->integer == 1;
		store->pending[asked->at].written = true;
		return;
	}
	if(store->link.fault == REP_REDIS_SCRIPT)
		return;
	store->events_after = rep_mono_ms() + 2000;
	if(rep_link_up(&store->link) && store->link.fault == REP_REDIS_TYPE)
		rep_error_add(store, NULL, rep_key(store, key, "events", NULL),
				rep_span(""), store->link.error);
	else
		rep_store_refused(store, "writing events");
}

/* What was written goes before anything is added or sent. */
static void clear_written(rep_store_t *store)
{
	for(size_t i = 0; i < store->n_pending; i++)
		if(store->pending[i].written)
			remove_at(store, i--);
}

void rep_events_send(rep_store_t *store)
{
	int64_t now = rep_mono_ms();
	size_t left = AT_ONCE;

	clear_written(store);
	if(now < store->events_after)
		return;
	for(size_t i = 0; i < store->n_pending && left > 0; i++) {
		rep_pending_t *p = &store->pending[i];

		if(!p->ready && now - p->since < UNDECIDED_MS)
			continue;
		once_args(store, &p->event);
		rep_pipe_send(store, (rep_asked_t){answered, NULL, i, 1});
		left--;
	}
}
