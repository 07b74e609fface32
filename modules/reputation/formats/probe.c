/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "probe.h"

#include <inttypes.h>
#include <stdio.h>
#include <json-c/json.h>

#include "../engine/base/text.h"
#include "../engine/reply/e164.h"

#define DEPTH_MAX 8

size_t rep_pack_probe_field(const rep_probe_t *probe, char out[REP_PROBE_FIELD])
{
	size_t n = rep_e164_print(probe->number, out);

	return n
		   + (size_t)snprintf(
				   out + n, REP_PROBE_FIELD - n, "|%s", probe->network);
}

size_t rep_pack_probe(const rep_probe_t *probe, char out[REP_PROBE_TEXT])
{
	return (size_t)snprintf(out, REP_PROBE_TEXT,
			"{\"first\":%" PRId64 ",\"last\":%" PRId64 ",\"outcome\":\"%s\"}",
			probe->first / 1000, probe->last / 1000,
			rep_outcome_name(probe->outcome));
}

static int64_t get_whole(
		struct json_object *object, const char *name, int64_t max)
{
	struct json_object *value;
	int64_t n = 0;

	if(json_object_object_get_ex(object, name, &value))
		n = json_object_get_int64(value);
	return n < 0 ? 0 : n < max ? n : max;
}

static const char *read_probe(struct json_object *object, rep_probe_t *out)
{
	struct json_object *counts, *outcome;
	int64_t most = INT64_C(1) << 53;

	if(!json_object_object_get_ex(object, "counts", &counts)
			|| !json_object_is_type(counts, json_type_object))
		return "it has no counts";
	for(int o = 0; o < REP_OUTCOMES; o++)
		out->counts.n[o] = (uint32_t)get_whole(
				counts, rep_outcome_name((rep_outcome_t)o), UINT32_MAX);
	out->first = get_whole(object, "first", most) * 1000;
	out->last = get_whole(object, "last", most) * 1000;
	out->outcome = REP_OUTCOMES;
	if(json_object_object_get_ex(object, "outcome", &outcome)
			&& json_object_is_type(outcome, json_type_string))
		out->outcome =
				rep_outcome_parse(rep_span(json_object_get_string(outcome)));
	return NULL;
}

const char *rep_unpack_probe(
		rep_span_t field, rep_span_t text, int pool, rep_probe_t *out)
{
	struct json_tokener *tokener;
	struct json_object *object = NULL;
	const char *why = "it is no JSON object";
	rep_span_t number;

	memset(out, 0, sizeof(*out));
	out->pool = pool;
	if(!rep_span_cut(&field, '|', &number) || !field.s
			|| field.len > REP_ROUTE_MAX
			|| rep_e164_parse(number, &out->number) != REP_E164_OK)
		return "the field is not +NUMBER|NETWORK";
	memcpy(out->network, field.s, field.len);
	tokener = json_tokener_new_ex(DEPTH_MAX);
	if(tokener && text.len < INT32_MAX)
		object = json_tokener_parse_ex(tokener, text.s, (int)text.len);
	if(object && json_object_is_type(object, json_type_object)
			&& json_tokener_get_error(tokener) == json_tokener_success)
		why = read_probe(object, out);
	json_object_put(object);
	json_tokener_free(tokener);
	return why;
}
