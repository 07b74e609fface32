/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The JSON of rep:health:{POOL}. Written without printf(): of a busy proxy it is
 * most of what its Redis process does. Everything is of a length that is known,
 * so that REP_HEALTH_TEXT is enough. */

#include "health.h"

#include <string.h>

#include "counts.h"
#include "record.h"
#include "../engine/base/decimal.h"

#define OUTCOMES_TEXT 360

/* Labels that JSON would have to escape are left out. */
static bool plain(const char *label)
{
	for(const char *p = label; *p; p++)
		if((unsigned char)*p < 0x20 || *p == '"' || *p == '\\')
			return false;
	return true;
}

static char *put(char *at, const char *text)
{
	while(*text)
		*at++ = *text++;
	return at;
}

/* ,"name":VALUE */
static char *put_whole(char *at, const char *name, int64_t value)
{
	at = put(at, name);
	return at + rep_i64_print(value, at);
}

/* ,"name":"TEXT" */
static char *put_text(char *at, const char *name, const char *text)
{
	at = put(put(at, name), text);
	*at++ = '"';
	return at;
}

/* A share of the judged calls. */
static char *put_share(
		char *at, const char *name, uint64_t calls, uint32_t judged)
{
	at = put(at, name);
	rep_fixed_print((double)calls / (judged ? judged : 1), 4, at);
	return at + strlen(at);
}

static uint64_t answered(const rep_counts_t *c)
{
	return (uint64_t)c->n[REP_ANSWERED] + c->n[REP_SHORT];
}

static uint64_t rejected(const rep_counts_t *c)
{
	return (uint64_t)c->n[REP_DECLINED] + c->n[REP_UNWANTED];
}

static uint32_t all_calls(const rep_counts_t *c)
{
	uint32_t calls = 0;

	for(int o = 0; o < REP_OUTCOMES; o++)
		calls += c->n[o];
	return calls;
}

static char *put_label(char *at, const rep_label_view_t *v)
{
	const rep_counts_t *c = &v->counts;
	uint32_t judged = rep_counts_judged(c);

	*at++ = '"';
	at = put_whole(put(at, v->label), "\":{\"calls\":", all_calls(c));
	at = put_share(at, ",\"answered\":", answered(c), judged);
	at = put_share(at, ",\"rejected\":", rejected(c), judged);
	at = put_share(at, ",\"blocked\":", c->n[REP_BLOCKED], judged);
	*at++ = '}';
	return at;
}

/* ,"campaigns":{"spring":{"calls":..}} */
static char *put_labels(
		char *at, const rep_health_labels_t *labels, rep_dim_t dim)
{
	bool first = true;

	for(size_t i = 0; i < labels->n[dim]; i++) {
		const rep_label_view_t *v = &labels->labels[dim][i];

		if(!plain(v->label))
			continue;
		if(first)
			at = put(put(put(at, ",\""), rep_dim_name(dim)), "s\":{");
		else
			*at++ = ',';
		at = put_label(at, v);
		first = false;
	}
	if(!first)
		*at++ = '}';
	return at;
}

static char *put_rates(char *at, const rep_counts_t *c)
{
	uint32_t judged = rep_counts_judged(c);

	at = put_share(at, ",\"rates\":{\"answered\":", answered(c), judged);
	at = put_share(at, ",\"declined\":", c->n[REP_DECLINED], judged);
	at = put_share(at, ",\"rejected\":", rejected(c), judged);
	at = put_share(at, ",\"blocked\":", c->n[REP_BLOCKED], judged);
	*at++ = '}';
	return at;
}

size_t rep_pack_health(const rep_number_view_t *view,
		const rep_health_labels_t *labels, char out[REP_HEALTH_TEXT])
{
	char *at = out, score[REP_DECIMAL_MAX];

	at = put_text(at, "{\"state\":\"", rep_state_name(view->state));
	at = put_whole(at, ",\"since\":", view->since / 1000);
	at = put_whole(at, ",\"until\":", view->until / 1000);
	at = put_whole(at, ",\"strikes\":", view->strikes);
	at = put_text(at, ",\"reason\":\"", rep_reason_name(view->reason));
	rep_fixed_print(rep_score_shown(view->judged.score), 3, score);
	at = put(put(at, ",\"score\":"), score);
	at = put_whole(at, ",\"calls\":", all_calls(&view->counts));
	at = put(at, ",\"counts\":");
	at += rep_pack_outcomes(&view->counts, at, OUTCOMES_TEXT);
	at = put_rates(at, &view->counts);
	if(view->benched_on[0] && plain(view->benched_on))
		at = put_text(at, ",\"benched_on\":\"", view->benched_on);
	if(view->observed)
		at = put(at, ",\"mode\":\"observe\"");
	for(int d = 0; d < REP_DIMS; d++)
		at = put_labels(at, labels, (rep_dim_t)d);
	*at++ = '}';
	*at = '\0';
	return (size_t)(at - out);
}
