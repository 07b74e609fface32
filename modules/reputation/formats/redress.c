/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "redress.h"

#include <stdio.h>
#include <json-c/json.h>

#include "../engine/base/text.h"
#include "../engine/reply/e164.h"

#define DEPTH_MAX 8
#define COUNT_MAX (INT64_C(1) << 53) /* what Lua counts exactly */

static const char *const people[REP_REDRESS_FIELDS] = {
		[REP_REDRESS_TICKET_TEXT] = "ticket",
		[REP_REDRESS_NOTE_TEXT] = "note",
		[REP_REDRESS_STATUS] = "status"};

/* ---- writing --------------------------------------------------------------- */

static void add_text(
		struct json_object *object, const char *name, const char *text)
{
	if(text[0])
		json_object_object_add(object, name, json_object_new_string(text));
}

static void add_field(struct json_object *object,
		const rep_redress_entry_t *entry, rep_redress_field_t field)
{
	const char *text[REP_REDRESS_FIELDS] = {
			[REP_REDRESS_STATUS] = rep_redress_status_name(entry->status),
			[REP_REDRESS_TICKET_TEXT] = entry->ticket,
			[REP_REDRESS_NOTE_TEXT] = entry->note};

	json_object_object_add(
			object, people[field], json_object_new_string(text[field]));
}

static void add_ids(struct json_object *object, const char *ids)
{
	struct json_object *list;
	rep_span_t rest = rep_span(ids), id;

	if(!ids[0])
		return;
	list = json_object_new_array();
	while(rep_span_cut(&rest, ' ', &id))
		json_object_array_add(
				list, json_object_new_string_len(id.s, (int)id.len));
	json_object_object_add(object, "ids", list);
}

static size_t finish(struct json_object *object, char out[REP_REDRESS_TEXT])
{
	const char *text = json_object_to_json_string_ext(
			object, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
	size_t n = strlen(text);

	if(n < REP_REDRESS_TEXT)
		memcpy(out, text, n + 1);
	json_object_put(object);
	return n < REP_REDRESS_TEXT ? n : 0;
}

size_t rep_pack_redress(
		const rep_redress_entry_t *entry, char out[REP_REDRESS_TEXT])
{
	struct json_object *object = json_object_new_object();
	char number[REP_E164_MAX];

	rep_e164_print(entry->number, number);
	add_text(object, "number", number);
	add_text(object, "party", entry->party);
	add_text(object, "url", entry->url);
	add_text(object, "tel", entry->tel);
	add_text(object, "email", entry->email);
	add_ids(object, entry->ids);
	json_object_object_add(
			object, "first", json_object_new_int64(entry->first / 1000));
	json_object_object_add(
			object, "last", json_object_new_int64(entry->last / 1000));
	add_text(object, "campaign", entry->campaign);
	add_text(object, "network", entry->network);
	add_field(object, entry, REP_REDRESS_STATUS);
	add_text(object, "ticket", entry->ticket);
	add_text(object, "note", entry->note);
	return finish(object, out);
}

size_t rep_pack_redress_edits(const rep_redress_entry_t *entry, uint32_t fields,
		char out[REP_REDRESS_TEXT])
{
	struct json_object *object = json_object_new_object();

	for(int f = 0; f < REP_REDRESS_FIELDS; f++)
		if(fields & 1u << f)
			add_field(object, entry, (rep_redress_field_t)f);
	return finish(object, out);
}

/* ---- reading --------------------------------------------------------------- */

/* A text, or a number that somebody wrote without quotes; cut to fit, between
 * characters, and on one line. */
static void get_text(
		struct json_object *object, const char *name, char *out, size_t size)
{
	struct json_object *value;
	rep_span_t text;

	out[0] = '\0';
	if(!json_object_object_get_ex(object, name, &value)
			|| json_object_is_type(value, json_type_object)
			|| json_object_is_type(value, json_type_array) || !value)
		return;
	text = rep_span(json_object_get_string(value));
	if(text.len >= size)
		text.len = size - 1;
	text.len = rep_utf8_prefix(text);
	for(size_t i = 0; i < text.len; i++)
		out[i] = (unsigned char)text.s[i] < ' ' || text.s[i] == 0x7f
						 ? ' '
						 : text.s[i];
	out[text.len] = '\0';
}

/* Several stand in one text, with spaces. */
static bool is_id(const char *text)
{
	size_t i = 0;

	while((unsigned char)text[i] > ' ' && text[i] != 0x7f)
		i++;
	return i > 0 && text[i] == '\0';
}

static void get_ids(struct json_object *object, char out[REP_REDRESS_IDS])
{
	struct json_object *list;
	size_t n = 0;

	out[0] = '\0';
	if(!json_object_object_get_ex(object, "ids", &list)
			|| !json_object_is_type(list, json_type_array))
		return;
	for(size_t i = 0; i < json_object_array_length(list); i++) {
		const char *id =
				json_object_get_string(json_object_array_get_idx(list, i));
		size_t len = id ? strlen(id) : 0;

		if(!len || !is_id(id) || n + len + 2 > REP_REDRESS_IDS)
			continue;
		if(n > 0)
			out[n++] = ' ';
		memcpy(out + n, id, len + 1);
		n += len;
	}
}

static int64_t get_whole(struct json_object *object, const char *name)
{
	struct json_object *value;
	int64_t n = 0;

	if(json_object_object_get_ex(object, name, &value))
		n = json_object_get_int64(value);
	return n > 0 && n <= COUNT_MAX ? n : 0;
}

static const char *read_entry(
		struct json_object *object, rep_redress_entry_t *out, bool *usable)
{
	char number[32], status[32];

	get_text(object, "number", number, sizeof(number));
	get_text(object, "party", out->party, sizeof(out->party));
	get_text(object, "url", out->url, sizeof(out->url));
	get_text(object, "tel", out->tel, sizeof(out->tel));
	get_text(object, "email", out->email, sizeof(out->email));
	get_text(object, "campaign", out->campaign, sizeof(out->campaign));
	get_text(object, "network", out->network, sizeof(out->network));
	get_text(object, "ticket", out->ticket, sizeof(out->ticket));
	get_text(object, "note", out->note, sizeof(out->note));
	get_text(object, "status", status, sizeof(status));
	get_ids(object, out->ids);
	out->first = get_whole(object, "first") * 1000;
	out->last = get_whole(object, "last") * 1000;
	out->count = (uint64_t)get_whole(object, "count");
	out->status = status[0] ? rep_redress_status_parse(rep_span(status))
							: REP_REDRESS_OPEN;
	*usable = rep_e164_parse(rep_span(number), &out->number) == REP_E164_OK;
	if(!*usable)
		return "it has no number";
	if(out->status != REP_REDRESS_STATUSES)
		return NULL;
	out->status = REP_REDRESS_OPEN;
	return "its status is none of open, sent, answered, closed";
}

const char *rep_unpack_redress(rep_span_t text, int pool, uint64_t id,
		rep_redress_entry_t *out, bool *usable)
{
	struct json_tokener *tokener = json_tokener_new_ex(DEPTH_MAX);
	struct json_object *object = NULL;
	const char *why = "it is no JSON object";

	memset(out, 0, sizeof(*out));
	out->pool = pool;
	out->id = id;
	*usable = false;
	if(tokener && text.len < INT32_MAX)
		object = json_tokener_parse_ex(tokener, text.s, (int)text.len);
	if(object && json_object_is_type(object, json_type_object)
			&& json_tokener_get_error(tokener) == json_tokener_success)
		why = read_entry(object, out, usable);
	json_object_put(object);
	json_tokener_free(tokener);
	return why;
}
