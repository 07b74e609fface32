/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "attrs.h"

#include <math.h>
#include <stdio.h>
#include <json-c/json.h>

#include "../engine/base/text.h"

#define TEXT_MAX 8192
#define DEPTH_MAX 8

static bool printable(const char *s, size_t n)
{
	for(size_t i = 0; i < n; i++)
		if((unsigned char)s[i] < 0x20 || s[i] == 0x7f)
			return false;
	return true;
}

/* Append `text` to a list of `size` bytes, a comma before all but the first;
 * `extra` bytes must stay free after it. */
static bool append(
		char *list, size_t size, const char *text, size_t n, size_t extra)
{
	size_t used = strlen(list);

	if(used + n + 2 + extra > size)
		return false;
	if(used > 0)
		list[used++] = ',';
	memcpy(list + used, text, n);
	list[used + n] = '\0';
	return true;
}

/* ---- one function per attribute: NULL or what is wrong ------------------ */

static const char *set_weight(struct json_object *v, rep_attrs_text_t *out)
{
	double w = json_object_get_double(v);

	if((!json_object_is_type(v, json_type_double)
			   && !json_object_is_type(v, json_type_int))
			|| !(w > 0) || w > 1e6)
		return "weight is not a number above 0 and up to 1000000";
	out->attrs.weight = (float)w;
	return out->attrs.weight > 0 ? NULL : "weight is too small";
}

static const char *set_cap_day(struct json_object *v, rep_attrs_text_t *out)
{
	int64_t n = json_object_get_int64(v);

	if(!json_object_is_type(v, json_type_int) || n < 0 || n > UINT32_MAX)
		return "cap_day is not a whole number from 0 to 4294967295";
	out->attrs.cap_day = (uint32_t)n;
	return NULL;
}

static const char *add_tags(const char *s, size_t n, rep_attrs_text_t *out)
{
	rep_span_t rest = {s, n}, tag;

	while(rep_span_cut(&rest, ',', &tag)) {
		while(tag.len && tag.s[0] == ' ')
			tag = (rep_span_t){tag.s + 1, tag.len - 1};
		while(tag.len && tag.s[tag.len - 1] == ' ')
			tag.len--;
		if(tag.len == 0)
			continue;
		if(!printable(tag.s, tag.len))
			return "tags hold a control character";
		if(!append(out->tags, sizeof(out->tags), tag.s, tag.len, 0))
			return "tags are longer than 254 bytes together";
	}
	return NULL;
}

static const char *set_tags(struct json_object *v, rep_attrs_text_t *out)
{
	static const char wrong[] =
			"tags are neither an array of strings nor a string";
	const char *why = NULL;

	if(json_object_is_type(v, json_type_string))
		return add_tags(json_object_get_string(v),
				(size_t)json_object_get_string_len(v), out);
	if(!json_object_is_type(v, json_type_array))
		return wrong;
	for(size_t i = 0; i < json_object_array_length(v) && !why; i++) {
		struct json_object *tag = json_object_array_get_idx(v, i);

		if(!json_object_is_type(tag, json_type_string))
			return wrong;
		why = add_tags(json_object_get_string(tag),
				(size_t)json_object_get_string_len(tag), out);
	}
	return why;
}

static const char *set_attest(struct json_object *v, rep_attrs_text_t *out)
{
	if(!json_object_is_type(v, json_type_object))
		return "attest is not an object like {\"route\":\"A\"}";
	json_object_object_foreach(v, route, level)
	{
		const char *l = json_object_get_string(level);
		size_t n = strlen(route);
		char *end;

		if(!json_object_is_type(level, json_type_string) || strlen(l) != 1
				|| l[0] < 'A' || l[0] > 'C')
			return "attest has a level that is not A, B or C";
		if(n > REP_ROUTE_MAX || !printable(route, n) || strpbrk(route, ",="))
			return "attest has a route label that is too long or holds , or =";
		if(!append(out->attest, sizeof(out->attest), route, n, 2))
			return "attest is longer than 254 bytes";
		end = out->attest + strlen(out->attest);
		end[0] = '=';
		end[1] = l[0];
		end[2] = '\0';
	}
	return NULL;
}

static bool two_digits(const char *s, int *out)
{
	if(s[0] < '0' || s[0] > '9' || s[1] < '0' || s[1] > '9')
		return false;
	*out = (s[0] - '0') * 10 + s[1] - '0';
	return true;
}

/* Days from 1970-01-01 of a date of the proleptic Gregorian calendar. */
static int32_t days_of(int y, int m, int d)
{
	int era, yoe, doy;

	y -= m <= 2;
	era = y / 400;
	yoe = y - era * 400;
	doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

/* The day of "YYYY-MM-DD", from 1970-01-01 on. */
static bool day_of(struct json_object *v, int32_t *day)
{
	static const int last[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	const char *s = json_object_get_string(v);
	int hundreds, rest, y, m, d;

	if(!json_object_is_type(v, json_type_string)
			|| json_object_get_string_len(v) != 10 || s[4] != '-' || s[7] != '-'
			|| !two_digits(s, &hundreds) || !two_digits(s + 2, &rest)
			|| !two_digits(s + 5, &m) || !two_digits(s + 8, &d))
		return false;
	y = hundreds * 100 + rest;
	if(y < 1970 || m < 1 || m > 12 || d < 1 || d > last[m - 1]
			|| (m == 2 && d == 29
					&& (y % 4 != 0 || (y % 100 == 0 && y % 400 != 0))))
		return false;
	*day = days_of(y, m, d);
	return true;
}

static const char *set_since(struct json_object *v, rep_attrs_text_t *out)
{
	if(!day_of(v, &out->attrs.since_day) || out->attrs.since_day == 0)
		return "since is not a day from 1970-01-02 on, as \"YYYY-MM-DD\"";
	return NULL;
}

static const char *set_status(struct json_object *v, rep_attrs_text_t *out)
{
	static const rep_state_t allowed[] = {REP_ACTIVE, REP_PAUSED, REP_RETIRED};
	const char *s = json_object_get_string(v);

	if(json_object_is_type(v, json_type_string))
		for(size_t i = 0; i < 3; i++)
			if(strcmp(s, rep_state_name(allowed[i])) == 0) {
				out->attrs.status = allowed[i];
				return NULL;
			}
	return "status is not \"active\", \"paused\" or \"retired\"";
}

static const char *set_note(struct json_object *v, rep_attrs_text_t *out)
{
	size_t n = (size_t)json_object_get_string_len(v);

	if(!json_object_is_type(v, json_type_string))
		return "note is not a string";
	if(n >= sizeof(out->note))
		return "note is longer than 511 bytes";
	memcpy(out->note, json_object_get_string(v), n);
	for(size_t i = 0; i < n; i++)
		if(!printable(out->note + i, 1))
			out->note[i] = ' ';
	return NULL;
}

/* It goes into SIP headers: neither ASCII's control characters nor those of
 * U+0080 to U+009F. That it is UTF-8, the parser has seen to. */
static const char *set_name(struct json_object *v, rep_attrs_text_t *out)
{
	const char *s = json_object_get_string(v);
	size_t n = (size_t)json_object_get_string_len(v);

	if(!json_object_is_type(v, json_type_string))
		return "name is not a string";
	if(n >= sizeof(out->name))
		return "name is longer than 127 bytes";
	if(!printable(s, n))
		return "name holds a control character";
	for(size_t i = 1; i < n; i++)
		if(s[i - 1] == '\xc2' && (unsigned char)s[i] < 0xa0)
			return "name holds a control character";
	memcpy(out->name, s, n);
	return NULL;
}

static const char *set_registered(struct json_object *v, rep_attrs_text_t *out)
{
	if(!json_object_is_type(v, json_type_object))
		return "registered is not an object like"
			   " {\"registry\":\"YYYY-MM-DD\"}";
	json_object_object_foreach(v, registry, since)
	{
		char entry[REP_ROUTE_MAX + 13];
		size_t n = strlen(registry);
		int32_t day;

		if(n == 0 || n > REP_ROUTE_MAX || !printable(registry, n)
				|| strpbrk(registry, ",="))
			return "registered has a registry whose name is empty, longer than"
				   " 63 bytes or holds , or =";
		if(!day_of(since, &day))
			return "registered has a day that is not \"YYYY-MM-DD\"";
		snprintf(entry, sizeof(entry), "%s=%s", registry,
				json_object_get_string(since));
		if(!append(out->registered, sizeof(out->registered), entry,
				   strlen(entry), 0))
			return "registered is longer than 254 bytes";
	}
	return NULL;
}

static const char *set_verified(struct json_object *v, rep_attrs_text_t *out)
{
	int32_t day;

	if(json_object_is_type(v, json_type_boolean) && !json_object_get_boolean(v))
		return NULL;
	if(!json_object_is_type(v, json_type_boolean) && !day_of(v, &day))
		return "verified is not true, false or a day as \"YYYY-MM-DD\"";
	strcpy(out->verified, json_object_get_string(v));
	return NULL;
}

static const struct
{
	const char *name;
	const char *(*set)(struct json_object *v, rep_attrs_text_t *out);
} attributes[] = {
		{"weight", set_weight},
		{"tags", set_tags},
		{"attest", set_attest},
		{"cap_day", set_cap_day},
		{"since", set_since},
		{"status", set_status},
		{"note", set_note},
		{"name", set_name},
		{"registered", set_registered},
		{"verified", set_verified},
};

#define ATTRIBUTES (sizeof(attributes) / sizeof(attributes[0]))

/* ------------------------------------------------------------------------- */

static void defaults(rep_attrs_text_t *out)
{
	memset(out, 0, sizeof(*out));
	out->attrs.weight = 1;
	out->attrs.status = REP_ACTIVE;
	out->attrs.tags = out->attrs.attest = rep_span("");
	out->attrs.note = out->attrs.name = rep_span("");
	out->attrs.registered = out->attrs.verified = rep_span("");
}

static void name_unknown(rep_attrs_text_t *out, const char *name)
{
	size_t n = strnlen(name, sizeof(out->unknown) - 1);

	memcpy(out->unknown, n ? name : "?", n ? n : 1);
	for(size_t i = 0; i < n; i++)
		if(!printable(out->unknown + i, 1))
			out->unknown[i] = '?';
}

const char *rep_attrs_from(struct json_object *object, rep_attrs_text_t *out,
		char *why, size_t why_size)
{
	defaults(out);
	if(!json_object_is_type(object, json_type_object))
		return "the attributes are not a JSON object; {} is enough";
	json_object_object_foreach(object, name, value)
	{
		const char *wrong = NULL;
		size_t i = 0;

		while(i < ATTRIBUTES && strcmp(attributes[i].name, name) != 0)
			i++;
		if(i == ATTRIBUTES)
			name_unknown(out, name);
		else if(value) /* null: as if it were not there */
			wrong = attributes[i].set(value, out);
		if(wrong) {
			snprintf(why, why_size, "%s", wrong);
			return why;
		}
	}
	out->attrs.tags = rep_span(out->tags);
	out->attrs.attest = rep_span(out->attest);
	out->attrs.note = rep_span(out->note);
	out->attrs.name = rep_span(out->name);
	out->attrs.registered = rep_span(out->registered);
	out->attrs.verified = rep_span(out->verified);
	return NULL;
}

static bool is_ascii(rep_span_t text)
{
	size_t i = 0;

	while(i < text.len && (unsigned char)text.s[i] < 0x80)
		i++;
	return i == text.len;
}

static struct json_object *parse(rep_span_t text, char *why, size_t why_size)
{
	struct json_tokener *t = json_tokener_new_ex(DEPTH_MAX);
	struct json_object *object = NULL;
	enum json_tokener_error error = json_tokener_error_depth;

	if(rep_utf8_prefix(text) < text.len)
		error = json_tokener_error_parse_utf8_string;
	else if(t) {
		/* strict, json-c 0.18 takes what is not ASCII for control characters */
		if(is_ascii(text))
			json_tokener_set_flags(t, JSON_TOKENER_STRICT);
		object = json_tokener_parse_ex(t, text.s, (int)text.len);
		error = json_tokener_get_error(t);
		if(error == json_tokener_continue) {
			/* a bare number ends where the text does */
			object = json_tokener_parse_ex(t, "", 1);
			if(json_tokener_get_error(t) == json_tokener_success)
				error = json_tokener_success;
		} else if(error == json_tokener_success
				  && json_tokener_get_parse_end(t) < text.len)
			error = json_tokener_error_parse_unexpected;
	}
	if(error != json_tokener_success) {
		snprintf(why, why_size, "the attributes are not JSON: %s",
				error == json_tokener_continue
						? "it ends too early"
						: json_tokener_error_desc(error));
		json_object_put(object);
		object = NULL;
	} else if(!object) {
		snprintf(why, why_size,
				"the attributes are not a JSON object; {} is enough");
	}
	if(t)
		json_tokener_free(t);
	return object;
}

const char *rep_attrs_parse(
		rep_span_t json, rep_attrs_text_t *out, char *why, size_t why_size)
{
	struct json_object *object;
	const char *wrong;

	if(json.len == 2 && json.s[0] == '{' && json.s[1] == '}') {
		defaults(out);
		return NULL;
	}
	if(json.len == 0)
		return "the attributes are empty; {} is enough";
	if(json.len > TEXT_MAX)
		return "the attributes are longer than 8192 bytes";
	object = parse(json, why, why_size);
	if(!object)
		return why;
	wrong = rep_attrs_from(object, out, why, why_size);
	json_object_put(object);
	return wrong;
}
