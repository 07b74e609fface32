/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an event says. */

#include "event.h"

#include <stdlib.h>
#include <json-c/json.h>

#include "../engine/pool/pools.h"
#include "../engine/pool/view.h"
#include "../engine/reply/e164.h"

#define BUCKETS_MAX 256

static bool is_of_refusals(const rep_event_t *event)
{
	return event->kind == REP_EVENT_POOL_EXHAUSTED
		   || event->kind == REP_EVENT_POOL_EXHAUSTED_OVER;
}

const char *rep_event_pool(
		const rep_event_t *event, const rep_registry_t *registry)
{
	return event->pool == REP_NO_POOL
				   ? event->detail
				   : rep_registry_name(registry, event->pool);
}

const char *rep_event_reason(const rep_event_t *event)
{
	static const char *const levels[] = {"A", "B", "C"};

	if(is_of_refusals(event))
		return rep_pick_name(event->stop);
	if(event->kind == REP_EVENT_ATTEST_BELOW)
		return event->attest >= 'A' && event->attest <= 'C'
					   ? levels[event->attest - 'A']
					   : "none";
	if(event->kind == REP_EVENT_REFUSED)
		return rep_outcome_name(REP_REFUSED);
	return rep_reason_name(event->reason);
}

bool rep_event_is_block(const rep_event_t *event)
{
	return event->kind == REP_EVENT_BENCHED
		   && event->reason == REP_REASON_BLOCKED;
}

static void tell_subject(const rep_event_t *event, const char *pool,
		const rep_event_visitor_t *to)
{
	char number[REP_E164_MAX] = "";

	if(event->number)
		rep_e164_print(event->number, number);
	to->text(to->ctx, "event", rep_event_name(event->kind));
	to->text(to->ctx, "pool", pool);
	to->text(to->ctx, "number", number);
	to->text(to->ctx, "route", event->route);
	if(event->number)
		to->text(to->ctx, "state", rep_state_name(event->state));
	to->text(to->ctx, "reason", rep_event_reason(event));
	to->time(to->ctx, "at", event->at);
	to->time(to->ctx, "since", event->since);
	to->time(to->ctx, "until", event->until);
	to->whole(to->ctx, "strikes", event->strikes);
	to->whole(to->ctx, "turn", event->turn);
	if(event->outcome < REP_OUTCOMES)
		to->text(to->ctx, "outcome", rep_outcome_name(event->outcome));
	if(is_of_refusals(event))
		to->whole(to->ctx, "refused", event->refused);
	if(event->detail[0] && event->pool != REP_NO_POOL)
		to->text(to->ctx, "detail", event->detail);
}

static void tell_evidence(
		const rep_event_t *event, const rep_event_visitor_t *to)
{
	to->real(to->ctx, "score", (double)event->judged.score);
	to->whole(to->ctx, "calls", event->judged.calls);
	for(int c = 0; c < REP_CHARTS; c++)
		to->chart(to->ctx, rep_chart_name((rep_chart_t)c),
				(double)event->judged.s[c], (double)event->judged.threshold[c]);
	to->counts(to->ctx, "counts", &event->counts);
	to->counts(to->ctx, "pool_counts", &event->pool_counts);
	to->mix(to->ctx, "yardstick", event->mix);
}

void rep_event_walk(const rep_event_t *event, const char *pool,
		const rep_event_visitor_t *to)
{
	tell_subject(event, pool, to);
	tell_evidence(event, to);
	to->text(to->ctx, "mode", event->observed ? "observe" : "enforce");
}

/* ---- buckets ------------------------------------------------------------- */

static struct json_object *counts_object(const rep_counts_t *counts)
{
	struct json_object *object = json_object_new_object();

	for(int o = 0; o < REP_OUTCOMES; o++)
		if(counts->n[o])
			json_object_object_add(object, rep_outcome_name((rep_outcome_t)o),
					json_object_new_int64(counts->n[o]));
	return object;
}

static struct json_object *bucket_object(const rep_bucket_view_t *bucket)
{
	struct json_object *object = json_object_new_object();

	json_object_object_add(object, "start",
			json_object_new_int64((int64_t)bucket->bucket * 60));
	json_object_object_add(
			object, "route", json_object_new_string(bucket->dims.route));
	if(bucket->dims.campaign[0])
		json_object_object_add(object, "campaign",
				json_object_new_string(bucket->dims.campaign));
	if(bucket->dims.network[0])
		json_object_object_add(object, "network",
				json_object_new_string(bucket->dims.network));
	json_object_object_add(object, "counts", counts_object(&bucket->own));
	json_object_object_add(object, "pool_counts", counts_object(&bucket->pool));
	return object;
}

/* The move itself made the turn one higher. */
static bool was_judged(
		const rep_bucket_view_t *bucket, const rep_event_t *event)
{
	if(bucket->repeat)
		return false;
	if(!event->route[0])
		return bucket->turn == event->turn - 1;
	return strcmp(bucket->dims.route, event->route) == 0
		   && bucket->route_turn == event->turn - 1;
}

char *rep_event_buckets(rep_registry_t *registry, const rep_event_t *event)
{
	rep_bucket_view_t *all = malloc(BUCKETS_MAX * sizeof(*all));
	struct json_object *list;
	char *text;
	size_t n;

	if(!all)
		return NULL;
	list = json_object_new_array();
	n = rep_view_buckets(
			registry, event->pool, event->number, all, BUCKETS_MAX);
	for(size_t i = 0; i < n; i++)
		if(was_judged(&all[i], event))
			json_object_array_add(list, bucket_object(&all[i]));
	text = strdup(json_object_to_json_string_ext(list, JSON_C_TO_STRING_PLAIN));
	json_object_put(list);
	free(all);
	return text;
}
