/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pool-wide causes: brings what the pools count before judge/cause.h. */

#include "alarm.h"

#include <stdio.h>

#include "lock.h"
#include "pools.h"
#include "../judge/bucket.h"
#include "../judge/cause.h"

#define ASK_EVERY REP_MINUTE
#define RECENT 60				/* minutes */
#define ALARM_EVERY 100000.0	/* questions between two false alarms */
#define ENOUGH_AT_THIS_HOUR 500 /* calls: the past of this hour will do */
#define LABELS 128
#define CAUSES 4 /* at once */
#define HOLD_AT_MOST (2 * 3600 * (rep_time_t)1000)

typedef struct known
{
	rep_cause_kind_t kind;
	uint32_t pool, route; /* route: index of a label below */
	rep_time_t since;
	bool seen;
} known_t;

/* What the last question found, and the labels of routes over all pools. */
struct rep_alarms
{
	known_t known[CAUSES];
	unsigned n_known;
	unsigned n_labels;
	char labels[LABELS][REP_ROUTE_MAX + 1];
	unsigned n_cells;
	rep_cause_cell_t cells[REP_CAUSE_CELLS];
};

void rep_alarms_destroy(rep_registry_t *registry)
{
	rep_free(registry->alarms);
	registry->alarms = NULL;
}

static uint32_t label_put(struct rep_alarms *a, const char *label)
{
	unsigned i = 0;

	while(i < a->n_labels && strcmp(a->labels[i], label) != 0)
		i++;
	if(i == a->n_labels && i < LABELS) {
		snprintf(a->labels[i], sizeof(a->labels[i]), "%s", label);
		a->n_labels++;
	}
	return i; /* LABELS: all further ones together */
}

/* Minutes between two times of day, 0 .. 720. */
static uint32_t apart(uint32_t a, uint32_t b)
{
	uint32_t d = (a > b ? a - b : b - a) % 1440;

	return d > 720 ? 1440 - d : d;
}

static void gather_stratum(const rep_pool_t *pool, const rep_stratum_t *stratum,
		uint32_t minute, rep_cause_cell_t *cell, rep_counts_t *this_hour)
{
	uint32_t span = pool->policy.bucket_minutes;

	for(uint32_t i = 0; stratum->rows && i < pool->n_rows; i++) {
		const rep_row_t *row = &stratum->rows[i];
		if(!row->bucket || row->bucket > minute)
			continue;
		if(row->bucket + span + RECENT > minute) {
			rep_counts_add(&cell->recent, &row->counts);
			continue;
		}
		rep_counts_add(&cell->past, &row->counts);
		if(apart(row->bucket, minute) <= RECENT)
			rep_counts_add(this_hour, &row->counts);
	}
}

static void gather_route(const rep_pool_t *pool, uint32_t route,
		uint32_t minute, rep_cause_cell_t *cell)
{
	rep_counts_t this_hour = {{0}};

	for(uint32_t s = 0; s < pool->n_strata; s++)
		if(pool->strata[s]->route == route && !pool->strata[s]->repeat)
			gather_stratum(pool, pool->strata[s], minute, cell, &this_hour);
	if(rep_counts_judged(&this_hour) >= ENOUGH_AT_THIS_HOUR)
		cell->past = this_hour;
}

static void gather(rep_registry_t *registry, struct rep_alarms *a,
		rep_time_t now, rep_charts_t *charts)
{
	uint32_t minute = rep_minute_of(now);

	a->n_cells = 0;
	for(int p = 0; p < rep_registry_pools(registry); p++) {
		rep_pool_t *pool = rep_pool_lock(registry, p);
		if(!pool)
			continue;
		*charts = pool->charts;
		for(uint32_t r = 0; r < pool->n_routes && a->n_cells < REP_CAUSE_CELLS;
				r++) {
			rep_cause_cell_t *cell = &a->cells[a->n_cells];
			memset(cell, 0, sizeof(*cell));
			gather_route(pool, r, minute, cell);
			cell->pool = (uint32_t)p;
			cell->route = label_put(a, pool->routes[r]->label);
			if(rep_counts_judged(&cell->recent))
				a->n_cells++;
		}
		rep_pool_unlock(pool);
	}
}

static bool names(const rep_cause_t *cause, const rep_cause_cell_t *cell)
{
	return cause->kind == REP_CAUSE_SEVERAL
		   || (cause->kind == REP_CAUSE_POOL && cell->pool == cause->pool)
		   || (cause->kind == REP_CAUSE_ROUTE && cell->route == cause->route);
}

static double share(const rep_counts_t *counts, rep_outcome_t o)
{
	uint32_t n = rep_counts_judged(counts);

	return n ? 100.0 * counts->n[o] / n : 0;
}

static void describe(const struct rep_alarms *a, const rep_cause_t *cause,
		char *out, size_t size)
{
	static const rep_outcome_t telling[REP_CHARTS] = {
			REP_BLOCKED, REP_DECLINED, REP_ANSWERED};
	rep_outcome_t o = telling[cause->chart];
	const char *label = cause->kind == REP_CAUSE_ROUTE && cause->route < LABELS
								? a->labels[cause->route]
								: "";

	snprintf(out, size, "%s%s%s shifts (%s): %s %.1f%% -> %.1f%%%s",
			cause->kind == REP_CAUSE_ROUTE	? "route "
			: cause->kind == REP_CAUSE_POOL ? "this pool"
											: "several pools at once",
			label, cause->kind == REP_CAUSE_ROUTE && !*label ? "\"\"" : "",
			rep_chart_name(cause->chart), rep_outcome_name(o),
			share(&cause->past, o), share(&cause->recent, o),
			cause->beyond ? ", beyond the ceiling" : "");
}

static void announce(rep_registry_t *registry, const struct rep_alarms *a,
		const rep_cause_t *cause, rep_time_t now)
{
	uint64_t told[(REP_POOLS_MAX + 63) / 64] = {0};
	rep_event_t event = {.kind = REP_EVENT_POOL_ALARM,
			.observed = rep_registry_observes(registry),
			.at = now,
			.reason = (rep_reason_t)cause->chart,
			.outcome = REP_OUTCOMES,
			.counts = cause->recent,
			.pool_counts = cause->past};

	event.judged.score = cause->score;
	event.judged.chart = cause->chart;
	describe(a, cause, event.detail, sizeof(event.detail));
	if(cause->kind == REP_CAUSE_ROUTE && cause->route < LABELS)
		memcpy(event.route, a->labels[cause->route], sizeof(event.route));
	for(unsigned i = 0; i < a->n_cells; i++) {
		uint32_t p = a->cells[i].pool;
		if(!names(cause, &a->cells[i]) || told[p / 64] >> (p % 64) & 1)
			continue;
		told[p / 64] |= UINT64_C(1) << (p % 64);
		event.pool = (int32_t)p;
		rep_event_announce(&registry->events, &event);
	}
}

/* The entry of a cause, `*fresh` when it was not known; NULL: no room. */
static const known_t *remember(struct rep_alarms *a, const rep_cause_t *cause,
		rep_time_t now, bool *fresh)
{
	*fresh = false;
	for(unsigned i = 0; i < a->n_known; i++) {
		known_t *k = &a->known[i];
		if(k->kind == cause->kind
				&& (k->kind != REP_CAUSE_POOL || k->pool == cause->pool)
				&& (k->kind != REP_CAUSE_ROUTE || k->route == cause->route)) {
			k->seen = true;
			return k;
		}
	}
	if(a->n_known == CAUSES)
		return NULL;
	*fresh = true;
	a->known[a->n_known] =
			(known_t){cause->kind, cause->pool, cause->route, now, true};
	return &a->known[a->n_known++];
}

/* It is not the numbers: those that happen to share more of the shift than
 * others are not benched for it. Not for long, and not beyond a ceiling. */
static void hold(rep_registry_t *registry, const struct rep_alarms *a,
		const rep_cause_t *cause, rep_time_t since, rep_time_t now)
{
	if(cause->beyond || now - since >= HOLD_AT_MOST)
		return;
	for(unsigned i = 0; i < a->n_cells; i++) {
		rep_pool_t *pool;
		if(!names(cause, &a->cells[i]))
			continue;
		pool = rep_pool_lock(registry, (int)a->cells[i].pool);
		if(!pool)
			continue;
		pool->held_until[cause->chart] = now + 2 * ASK_EVERY;
		rep_pool_unlock(pool);
	}
}

static void ask(rep_registry_t *registry, struct rep_alarms *a, rep_time_t now)
{
	const known_t *known;
	rep_charts_t charts;
	rep_cause_t cause;
	unsigned kept;
	bool fresh;

	for(unsigned i = 0; i < a->n_known; i++)
		a->known[i].seen = false;
	gather(registry, a, now, &charts);
	for(unsigned found = 0; a->n_cells && found < CAUSES; found++) {
		rep_cause_find(&charts, a->cells, a->n_cells, ALARM_EVERY, &cause);
		if(cause.kind == REP_CAUSE_NONE)
			break;
		known = remember(a, &cause, now, &fresh);
		if(!known)
			break;
		hold(registry, a, &cause, known->since, now);
		if(fresh)
			announce(registry, a, &cause, now);
		kept = 0; /* what is explained is left out, for a second cause */
		for(unsigned i = 0; i < a->n_cells; i++)
			if(!names(&cause, &a->cells[i]))
				a->cells[kept++] = a->cells[i];
		a->n_cells = kept;
	}
	kept = 0;
	for(unsigned i = 0; i < a->n_known; i++)
		if(a->known[i].seen)
			a->known[kept++] = a->known[i];
	a->n_known = kept;
}

void rep_alarms_tick(rep_registry_t *registry, rep_time_t now)
{
	if(registry->asked_at && now >= registry->asked_at
			&& now - registry->asked_at < ASK_EVERY)
		return;
	registry->asked_at = now;
	if(!registry->alarms) {
		registry->alarms = rep_alloc(sizeof(*registry->alarms));
		if(!registry->alarms)
			return;
		memset(registry->alarms, 0, sizeof(*registry->alarms));
	}
	ask(registry, registry->alarms, now);
}
