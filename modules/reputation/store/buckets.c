/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The evidence behind a bench, for rep:events: the cells of the turn before,
 * which still stand when the event is written. */

#include <stdlib.h>
#include <json-c/json.h>

#include "internal.h"

#define BUCKETS_MAX 256

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
			object, "route", json_object_new_string(bucket->route));
	json_object_object_add(object, "counts", counts_object(&bucket->own));
	json_object_object_add(object, "pool_counts", counts_object(&bucket->pool));
	return object;
}

/* The move itself made the turn one higher. */
static bool was_judged(
		const rep_bucket_view_t *bucket, const rep_event_t *event)
{
	if(!event->route[0])
		return bucket->turn == event->turn - 1;
	return strcmp(bucket->route, event->route) == 0
		   && bucket->route_turn == event->turn - 1;
}

char *rep_buckets_json(rep_store_t *store, const rep_event_t *event)
{
	rep_bucket_view_t *all = malloc(BUCKETS_MAX * sizeof(*all));
	struct json_object *list;
	char *text;
	size_t n;

	if(!all)
		return NULL;
	list = json_object_new_array();
	n = rep_view_buckets(
			store->registry, event->pool, event->number, all, BUCKETS_MAX);
	for(size_t i = 0; i < n; i++)
		if(was_judged(&all[i], event))
			json_object_array_add(list, bucket_object(&all[i]));
	text = strdup(json_object_to_json_string_ext(list, JSON_C_TO_STRING_PLAIN));
	json_object_put(list);
	free(all);
	return text;
}
