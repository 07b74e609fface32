/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The JSON of rep:health:{POOL}. */

#include "health.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "counts.h"
#include "record.h"
#include "../engine/base/decimal.h"

/* Labels that JSON would have to escape are left out. */
static bool plain(const char *label)
{
	for(const char *p = label; *p; p++)
		if((unsigned char)*p < 0x20 || *p == '"' || *p == '\\')
			return false;
	return true;
}

/* A share of the judged calls. */
typedef struct share
{
	char text[REP_DECIMAL_MAX];
} share_t;

static share_t share(uint64_t calls, uint32_t judged)
{
	share_t s = {""};

	rep_fixed_print((double)calls / (judged ? judged : 1), 4, s.text);
	return s;
}

static share_t answered(const rep_counts_t *c)
{
	return share((uint64_t)c->n[REP_ANSWERED] + c->n[REP_SHORT],
			rep_counts_judged(c));
}

static share_t rejected(const rep_counts_t *c)
{
	return share((uint64_t)c->n[REP_DECLINED] + c->n[REP_UNWANTED],
			rep_counts_judged(c));
}

static share_t share_of(const rep_counts_t *c, rep_outcome_t outcome)
{
	return share(c->n[outcome], rep_counts_judged(c));
}

/* The route that a number is benched on, as a member. */
static const char *benched_on(
		const rep_number_view_t *view, char out[REP_ROUTE_MAX + 24])
{
	out[0] = '\0';
	if(view->benched_on[0] && plain(view->benched_on))
		snprintf(out, REP_ROUTE_MAX + 24, ",\"benched_on\":\"%s\"",
				view->benched_on);
	return out;
}

/* ,"campaigns":{"spring":{"calls":..}} */
static size_t by_label(const rep_health_labels_t *labels, rep_dim_t dim,
		char *out, size_t size)
{
	size_t n = 0;
	bool first = true;

	for(size_t i = 0; i < labels->n[dim]; i++) {
		const rep_label_view_t *v = &labels->labels[dim][i];
		uint32_t calls = 0;

		if(!plain(v->label))
			continue;
		if(first)
			n += (size_t)snprintf(out, size, ",\"%ss\":{", rep_dim_name(dim));
		for(int o = 0; o < REP_OUTCOMES; o++)
			calls += v->counts.n[o];
		n += (size_t)snprintf(out + n, size - n,
				"%s\"%s\":{\"calls\":%" PRIu32
				",\"answered\":%s,\"rejected\":%s,\"blocked\":%s}",
				first ? "" : ",", v->label, calls, answered(&v->counts).text,
				rejected(&v->counts).text,
				share_of(&v->counts, REP_BLOCKED).text);
		first = false;
	}
	if(!first)
		n += (size_t)snprintf(out + n, size - n, "}");
	return n;
}

size_t rep_pack_health(const rep_number_view_t *view,
		const rep_health_labels_t *labels, char out[REP_HEALTH_TEXT])
{
	const rep_counts_t *c = &view->counts;
	uint32_t calls = 0;
	char outcomes[360], route[REP_ROUTE_MAX + 24], score[REP_DECIMAL_MAX];
	size_t n;

	for(int i = 0; i < REP_OUTCOMES; i++)
		calls += c->n[i];
	rep_pack_outcomes(c, outcomes, sizeof(outcomes));
	n = (size_t)snprintf(out, REP_HEALTH_TEXT,
			"{\"state\":\"%s\",\"since\":%" PRId64 ",\"until\":%" PRId64
			",\"strikes\":%" PRIu32 ",\"reason\":\"%s\",\"score\":%s,"
			"\"calls\":%" PRIu32 ",\"counts\":%s,\"rates\":{"
			"\"answered\":%s,\"declined\":%s,\"rejected\":%s,"
			"\"blocked\":%s}%s%s",
			rep_state_name(view->state), view->since / 1000, view->until / 1000,
			view->strikes, rep_reason_name(view->reason),
			rep_fixed_print(rep_score_shown(view->judged.score), 3, score),
			calls, outcomes, answered(c).text, share_of(c, REP_DECLINED).text,
			rejected(c).text, share_of(c, REP_BLOCKED).text,
			benched_on(view, route),
			view->observed ? ",\"mode\":\"observe\"" : "");
	for(int d = 0; d < REP_DIMS; d++)
		n += by_label(labels, (rep_dim_t)d, out + n, REP_HEALTH_TEXT - n);
	memcpy(out + n, "}", 2);
	return n + 1;
}
