/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The JSON of rep:health:{POOL}. */

#include "health.h"

#include <inttypes.h>
#include <stdio.h>

#include "counts.h"
#include "record.h"

/* The route that a number is benched on, as a member; labels that JSON would
 * have to escape are left out. */
static const char *benched_on(
		const rep_number_view_t *view, char out[REP_ROUTE_MAX + 24])
{
	out[0] = '\0';
	for(const char *p = view->benched_on; *p; p++)
		if((unsigned char)*p < 0x20 || *p == '"' || *p == '\\')
			return out;
	if(view->benched_on[0])
		snprintf(out, REP_ROUTE_MAX + 24, ",\"benched_on\":\"%s\"",
				view->benched_on);
	return out;
}

size_t rep_pack_health(const rep_number_view_t *view, char out[REP_HEALTH_TEXT])
{
	const rep_counts_t *c = &view->counts;
	uint32_t judged = rep_counts_judged(c);
	double by = judged ? judged : 1;
	uint32_t calls = 0;
	char outcomes[360], route[REP_ROUTE_MAX + 24];
	int n;

	for(int i = 0; i < REP_OUTCOMES; i++)
		calls += c->n[i];
	rep_pack_outcomes(c, outcomes, sizeof(outcomes));
	n = snprintf(out, REP_HEALTH_TEXT,
			"{\"state\":\"%s\",\"since\":%" PRId64 ",\"until\":%" PRId64
			",\"strikes\":%" PRIu32 ",\"reason\":\"%s\",\"score\":%.3f,"
			"\"calls\":%" PRIu32 ",\"counts\":%s,\"rates\":{"
			"\"answered\":%.4f,\"declined\":%.4f,\"rejected\":%.4f,"
			"\"blocked\":%.4f}%s%s}",
			rep_state_name(view->state), view->since / 1000, view->until / 1000,
			view->strikes, rep_reason_name(view->reason),
			rep_score_shown(view->judged.score), calls, outcomes,
			(c->n[REP_ANSWERED] + c->n[REP_SHORT]) / by,
			c->n[REP_DECLINED] / by,
			(c->n[REP_DECLINED] + c->n[REP_UNWANTED]) / by,
			c->n[REP_BLOCKED] / by, benched_on(view, route),
			view->observed ? ",\"mode\":\"observe\"" : "");
	return n < REP_HEALTH_TEXT ? (size_t)n : REP_HEALTH_TEXT - 1;
}
