/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "sweep.h"

#include <stdlib.h>

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
	char *values = strchr(field->text, '=');
	char between = values && strchr(values, ';') ? ';' : ',';

	if(!values || values == field->text || !values[1])
		return "not FIELD=VALUE,VALUE…";
	*values++ = '\0';
	field->field = field->text;
	for(char *p = values; p; p = values) {
		values = strchr(p, between);
		if(values)
			*values++ = '\0';
		if(field->n == REPLAY_SWEEP_VALUES)
			return "more than 64 values";
		field->value[field->n++] = p;
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
	if(!wrong && replay_sweep_points(sweep) * field->n > REPLAY_SWEEP_POINTS)
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

bool replay_sweep_run(const replay_sweep_t *sweep, const replay_run_t *base,
		replay_report_t *report)
{
	replay_setting_t point[REPLAY_SWEEP_FIELDS];
	unsigned n = replay_sweep_points(sweep);
	bool fine = true;

	for(unsigned i = 0; fine && i < n; i++) {
		replay_run_t run = *base;
		char what[40];

		snprintf(what, sizeof(what), "replay %u of %u", i + 1, n);
		replay_progress_of(base->progress, what);
		replay_sweep_point(sweep, i, point);
		run.more = point;
		run.n_more = sweep->n;
		run.tell = i == 0;
		fine = replay_run(&run);
		if(fine)
			replay_report_point(report, &run);
		replay_run_free(&run);
	}
	return fine;
}
