/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A log in JSON lines. */

#include <stdio.h>
#include <json-c/json.h>

#include "input.h"
#include "../engine/base/text.h"

#define DEPTH_MAX 8

static const char *row_of(replay_input_t *input, replay_places_t *places,
		struct json_object *object, replay_row_t *row)
{
	unsigned best[REPLAY_FIELDS], rank, i = 0;

	json_object_object_foreach(object, name, value)
	{
		replay_field_t f = replay_field_at(
				&input->aliases, places, i++, rep_span(name), &rank);
		enum json_type type = json_object_get_type(value);

		if(f == REPLAY_FIELDS || type == json_type_null)
			continue;
		if(type != json_type_string && type != json_type_int
				&& type != json_type_double)
			return "a field is neither text nor a number";
		if(row->field[f].s && best[f] <= rank)
			continue;
		best[f] = rank;
		row->field[f].s = json_object_get_string(value);
		row->field[f].len = type == json_type_string
									? (size_t)json_object_get_string_len(value)
									: strlen(row->field[f].s);
	}
	return NULL;
}

static const char *parse(struct json_tokener *tokener, rep_span_t record,
		struct json_object **object)
{
	size_t end;

	json_tokener_reset(tokener);
	*object = json_tokener_parse_ex(tokener, record.s, (int)record.len);
	if(json_tokener_get_error(tokener) == json_tokener_continue)
		return "the JSON ends too early";
	if(json_tokener_get_error(tokener) != json_tokener_success)
		return "this is not JSON";
	end = json_tokener_get_parse_end(tokener);
	if(rep_trim((rep_span_t){record.s + end, record.len - end}).len)
		return "there is text after the JSON object";
	if(!json_object_is_type(*object, json_type_object))
		return "this is not a JSON object";
	return NULL;
}

bool replay_jsonl_read(replay_input_t *input, replay_reader_t *reader)
{
	struct json_tokener *tokener = json_tokener_new_ex(DEPTH_MAX);
	replay_places_t places = {0};
	rep_span_t record;

	if(!tokener) {
		fprintf(stderr, "%s: there is no memory\n", input->path);
		return false;
	}
	while(replay_input_next(input, reader, &record)) {
		struct json_object *object = NULL;
		replay_row_t row = {0};
		const char *wrong;

		record = rep_trim(record);
		if(!record.len)
			continue;
		wrong = parse(tokener, record, &object);
		if(!wrong)
			wrong = row_of(input, &places, object, &row);
		if(wrong) {
			input->records++;
			replay_bad(input, reader->line, wrong);
		} else {
			replay_input_take(input, reader->line, &row);
		}
		json_object_put(object);
	}
	json_tokener_free(tokener);
	return true;
}
