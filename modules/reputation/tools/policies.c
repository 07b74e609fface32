/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "policies.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <json-c/json.h>

#include "../engine/base/text.h"
#include "../engine/pool/pool_policy.h"
#include "../engine/pool/pools.h"
#include "../formats/pool_load.h"

#define POINTS_MAX 4096 /* of a sweep */

static char *copy_of(rep_span_t text)
{
	return strndup(text.len ? text.s : "", text.len);
}

const char *replay_policies_set(replay_policies_t *policies, rep_span_t field,
		rep_span_t value, char *why, size_t size)
{
	replay_setting_t *grown, new;
	rep_policy_t policy;
	const char *wrong;

	rep_policy_default(&policy);
	wrong = rep_policy_set(&policy, field, value, why, size);
	if(wrong)
		return wrong;
	grown = realloc(policies->setting, (policies->n + 1) * sizeof(*grown));
	if(!grown)
		return "there is no memory";
	policies->setting = grown;
	new = (replay_setting_t){copy_of(field), copy_of(value)};
	if(!new.field || !new.value) {
		free(new.field);
		free(new.value);
		return "there is no memory";
	}
	grown[policies->n++] = new;
	return NULL;
}

void replay_policies_free(replay_policies_t *policies)
{
	for(size_t i = 0; i < policies->n; i++) {
		free(policies->setting[i].field);
		free(policies->setting[i].value);
	}
	free(policies->setting);
	*policies = (replay_policies_t){0};
}

/* ---- files -------------------------------------------------------------- */

static bool set_or_say(replay_policies_t *policies, const char *place,
		rep_span_t field, rep_span_t value)
{
	char why[160];
	const char *wrong =
			replay_policies_set(policies, field, value, why, sizeof(why));

	if(wrong)
		fprintf(stderr, "%s: %.*s: %s\n", place,
				(int)(field.len < 60 ? field.len : 60), field.s, wrong);
	return !wrong;
}

static bool read_object(replay_policies_t *policies, const char *path,
		struct json_object *object)
{
	bool fine = true;

	json_object_object_foreach(object, field, value)
	{
		enum json_type type = json_object_get_type(value);

		if(type != json_type_string && type != json_type_int
				&& type != json_type_double) {
			fprintf(stderr, "%s: %.60s: neither text nor a number\n", path,
					field);
			fine = false;
		} else {
			fine &= set_or_say(policies, path, rep_span(field),
					rep_span(json_object_get_string(value)));
		}
	}
	return fine;
}

static bool read_json(replay_policies_t *policies, const char *path)
{
	struct json_object *root = json_object_from_file(path), *pools;
	bool fine;

	if(!json_object_is_type(root, json_type_object)) {
		fprintf(stderr, "%s: not a JSON object\n", path);
		json_object_put(root);
		return false;
	}
	if(json_object_object_get_ex(root, "pools", &pools)) {
		policies->pool_file = path;
		fine = true;
	} else {
		fine = read_object(policies, path, root);
	}
	json_object_put(root);
	return fine;
}

static bool read_line(replay_policies_t *policies, const char *path,
		unsigned number, rep_span_t line)
{
	rep_span_t field = {line.s, 0}, value;
	char place[300];

	while(field.len < line.len && !strchr(" \t=", line.s[field.len]))
		field.len++;
	value = rep_trim((rep_span_t){line.s + field.len, line.len - field.len});
	if(value.len && *value.s == '=')
		value = rep_trim((rep_span_t){value.s + 1, value.len - 1});
	if(value.len >= 2 && value.s[0] == '"' && value.s[value.len - 1] == '"')
		value = (rep_span_t){value.s + 1, value.len - 2};
	snprintf(place, sizeof(place), "%.280s:%u", path, number);
	return set_or_say(policies, place, field, value);
}

static bool read_lines(
		replay_policies_t *policies, const char *path, FILE *file)
{
	char *text = NULL;
	size_t room = 0;
	bool fine = true;
	ssize_t len;

	for(unsigned n = 1; (len = getline(&text, &room, file)) >= 0; n++) {
		rep_span_t line = rep_trim((rep_span_t){text, (size_t)len});

		if(line.len && *line.s != '#')
			fine &= read_line(policies, path, n, line);
	}
	free(text);
	return fine;
}

bool replay_policies_read(replay_policies_t *policies, const char *path)
{
	FILE *file = fopen(path, "r");
	int first;
	bool fine;

	if(!file || (first = getc(file)) == EOF) {
		fprintf(stderr, "%s: %s\n", path,
				!file || ferror(file) ? strerror(errno) : "is empty");
		if(file)
			fclose(file);
		return false;
	}
	while(rep_is_space((char)first))
		first = getc(file);
	rewind(file);
	fine = first == '{' ? read_json(policies, path)
						: read_lines(policies, path, file);
	fclose(file);
	return fine;
}

/* ---- into a registry -------------------------------------------------------- */

static void say(void *ctx, const char *sentence)
{
	if(*(bool *)ctx)
		fprintf(stderr, "%s\n", sentence);
}

static void set_all(
		rep_policy_t *policy, const replay_setting_t *setting, size_t n)
{
	for(size_t i = 0; i < n; i++)
		rep_policy_set(policy, rep_span(setting[i].field),
				rep_span(setting[i].value), NULL, 0);
}

bool replay_policies_apply(const replay_policies_t *policies,
		const replay_setting_t *more, size_t n_more, rep_registry_t *registry,
		rep_time_t now, bool tell, rep_policy_t *fresh)
{
	rep_policy_t policy;

	if(policies->pool_file
			&& rep_pool_file_load(
					   policies->pool_file, registry, 1, now, say, &tell, NULL)
					   < 0)
		return false;
	rep_policy_default(fresh);
	set_all(fresh, policies->setting, policies->n);
	set_all(fresh, more, n_more);
	for(int p = 0; p < rep_registry_pools(registry); p++) {
		if(!rep_pool_policy(registry, p, &policy))
			continue;
		set_all(&policy, policies->setting, policies->n);
		set_all(&policy, more, n_more);
		rep_pool_set_policy(registry, p, &policy, now);
	}
	return true;
}

/* ---- sweeps ------------------------------------------------------------- */

static const char *check(
		const struct replay_sweep_field *field, char *why, size_t size)
{
	rep_policy_t policy;
	const char *wrong;

	rep_policy_default(&policy);
	for(unsigned i = 0; i < field->n; i++) {
		wrong = rep_policy_set(&policy, rep_span(field->field),
				rep_span(field->value[i]), why, size);
		if(wrong)
			return wrong;
	}
	return NULL;
}

static const char *cut(struct replay_sweep_field *field)
{
	char *values = field->text, *value;
	const char *between;

	field->field = strsep(&values, "=");
	if(!values || !*values || !*field->field)
		return "not FIELD=VALUE,VALUE…";
	between = strchr(values, ';') ? ";" : ",";
	while((value = strsep(&values, between))) {
		if(field->n == REPLAY_SWEEP_VALUES)
			return "more than 64 values";
		field->value[field->n++] = value;
	}
	return NULL;
}

const char *replay_sweep_add(
		replay_sweep_t *sweep, const char *text, char *why, size_t size)
{
	struct replay_sweep_field *field = &sweep->field[sweep->n];
	const char *wrong;

	if(sweep->n == REPLAY_SWEEP_FIELDS)
		return "more than 8 fields";
	*field = (struct replay_sweep_field){.text = strdup(text)};
	if(!field->text)
		return "there is no memory";
	wrong = cut(field);
	if(!wrong)
		wrong = check(field, why, size);
	for(unsigned i = 0; !wrong && i < sweep->n; i++)
		if(strcmp(sweep->field[i].field, field->field) == 0)
			wrong = "this field is swept already";
	if(!wrong && replay_sweep_points(sweep) * field->n > POINTS_MAX)
		wrong = "more than 4096 combinations";
	if(wrong)
		free(field->text);
	else
		sweep->n++;
	return wrong;
}

void replay_sweep_free(replay_sweep_t *sweep)
{
	for(unsigned i = 0; i < sweep->n; i++)
		free(sweep->field[i].text);
	sweep->n = 0;
}

unsigned replay_sweep_points(const replay_sweep_t *sweep)
{
	unsigned n = 1;

	for(unsigned i = 0; i < sweep->n; i++)
		n *= sweep->field[i].n;
	return n;
}

/* The last field moves fastest. */
void replay_sweep_point(const replay_sweep_t *sweep, unsigned point,
		replay_setting_t out[REPLAY_SWEEP_FIELDS])
{
	for(unsigned i = sweep->n; i-- > 0;) {
		const struct replay_sweep_field *field = &sweep->field[i];

		out[i] = (replay_setting_t){
				field->field, field->value[point % field->n]};
		point /= field->n;
	}
}
