/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pool-wide causes: brings what the pools count before judge/cause.h. */

#include "alarm.h"

#include <stdio.h>

#include "cells.h"
#include "lock.h"
#include "pools.h"
#include "recent.h"
#include "slot.h"
#include "strata.h"
#include "../judge/bucket.h"
#include "../judge/cause.h"

#define HOUR (60 * (rep_time_t)REP_MINUTE)
#define ALARM_EVERY 120.0 /* hours between two false alarms, for each pool */
#define LABELS 128		  /* of a dimension, in one question */
#define ONE_MATTERS 1000  /* in a pool of more numbers one alone does not */
#define CAUSES 8		  /* at once */
#define HOLD (2 * (rep_time_t)REP_MINUTE) /* until after the next question */
#define HOLD_AT_MOST (2 * HOUR)
#define TO_TELL (10 * (rep_time_t)REP_MINUTE)
/* An alarm is over when its score has been below this for an hour. */
#define STILL 0.5
#define NEW_MIX_AFTER (24 * HOUR)
#define FEW 10					   /* calls: too few to say that it is over, */
#define SILENT_AT_MOST (24 * HOUR) /* for this long */

/* A cause that is announced and not over. */
typedef struct known
{
	rep_cause_t cause;			   /* as of the last question */
	char label[REP_ROUTE_MAX + 1]; /* of its route, campaign or network */
	rep_time_t since;
	rep_time_t shown; /* last time that it was there, or could not be seen */
	rep_time_t heard; /* last time that there were calls */
	uint64_t told[(REP_POOLS_MAX + 63) / 64]; /* pools, a bit each */
} known_t;

typedef struct names
{
	unsigned n;
	char label[LABELS][REP_ROUTE_MAX + 1];
} names_t;

struct rep_alarms
{
	known_t known[CAUSES];
	unsigned n_known;
	rep_time_t looming; /* since when there may be another; 0 = there is not */
	/* of one question: */
	names_t names[REP_CAUSE_DIMENSIONS];
	unsigned n_cells, n_pools, share;
	rep_cause_cell_t cells[REP_CAUSE_CELLS];
	uint32_t stratum[REP_CAUSE_CELLS]; /* of its pool, the first in the cell */
	rep_charts_t *charts;			   /* of pool i */
	int room;
};

void rep_alarms_destroy(rep_registry_t *registry)
{
	if(registry->alarms)
		rep_free(registry->alarms->charts);
	rep_free(registry->alarms);
	registry->alarms = NULL;
}

static bool is_told(const known_t *known, int pool)
{
	return known->told[pool / 64] >> (pool % 64) & 1;
}

/* ---- gathering ----------------------------------------------------------- */

static bool has_label(rep_cause_kind_t kind)
{
	return kind == REP_CAUSE_ROUTE || kind == REP_CAUSE_CAMPAIGN
		   || kind == REP_CAUSE_NETWORK;
}

/* Labels over all pools; LABELS: all further ones together. */
static uint32_t name_put(names_t *names, const char *label)
{
	unsigned i = 0;

	while(i < names->n && strcmp(names->label[i], label) != 0)
		i++;
	if(i == names->n && i < LABELS)
		snprintf(names->label[names->n++], sizeof(*names->label), "%s", label);
	return i;
}

/* Known causes have their labels first, so that they find a place. */
static void names_begin(struct rep_alarms *a)
{
	for(int d = 0; d < REP_CAUSE_DIMENSIONS; d++)
		a->names[d].n = 0;
	for(unsigned i = 0; i < a->n_known; i++) {
		known_t *k = &a->known[i];
		if(has_label(k->cause.kind))
			k->cause.id = name_put(&a->names[k->cause.kind], k->label);
	}
}

/* Minutes between two times of day, 0 .. 720. */
static uint32_t apart(uint32_t a, uint32_t b)
{
	uint32_t d = (a > b ? a - b : b - a) % 1440;

	return d > 720 ? 1440 - d : d;
}

/* The rows that ended before; of them those of this time of day. */
static void add_past(const rep_pool_t *pool, const rep_row_t *rows,
		uint32_t minute, uint32_t end, rep_cause_cell_t *cell)
{
	for(uint32_t i = 0; rows && i < pool->n_rows; i++) {
		const rep_row_t *row = &rows[i];
		if(!row->bucket || row->bucket + pool->policy.bucket_minutes > end)
			continue;
		rep_counts_add(&cell->past, &row->counts);
		if(apart(row->bucket, minute) <= 60)
			rep_counts_add(&cell->same, &row->counts);
	}
}

/* A pool may fill so many cells; its further strata share the last. */
static rep_cause_cell_t *cell_for(struct rep_alarms *a, const rep_pool_t *pool,
		uint32_t stratum, unsigned first)
{
	rep_cause_cell_t *cell = &a->cells[a->n_cells];
	rep_dims_t dims;

	if(a->n_cells == REP_CAUSE_CELLS)
		return NULL;
	if(a->n_cells - first == a->share)
		return cell - 1;
	memset(cell, 0, sizeof(*cell));
	a->stratum[a->n_cells++] = stratum;
	cell->charts = &a->charts[pool->id];
	cell->at[REP_CAUSE_POOL] = (uint32_t)pool->id;
	rep_stratum_dims(pool, pool->strata[stratum], &dims);
	cell->at[REP_CAUSE_ROUTE] =
			name_put(&a->names[REP_CAUSE_ROUTE], dims.route);
	cell->at[REP_CAUSE_CAMPAIGN] =
			name_put(&a->names[REP_CAUSE_CAMPAIGN], dims.campaign);
	cell->at[REP_CAUSE_NETWORK] =
			name_put(&a->names[REP_CAUSE_NETWORK], dims.network);
	return cell;
}

/* The past ends before the recent hour, and before that of an alarm: a shift
 * is no yardstick, until it has lasted for a day. */
static uint32_t past_end(
		const struct rep_alarms *a, const rep_pool_t *pool, rep_time_t now)
{
	uint32_t end = rep_recent_begin(rep_minute_of(now));

	for(unsigned i = 0; i < a->n_known; i++) {
		uint32_t begin = rep_recent_begin(rep_minute_of(a->known[i].since));
		if(is_told(&a->known[i], pool->id) && begin < end
				&& now - a->known[i].since < NEW_MIX_AFTER)
			end = begin;
	}
	return end;
}

static void gather_pool(
		struct rep_alarms *a, const rep_pool_t *pool, rep_time_t now)
{
	uint32_t minute = rep_minute_of(now), end = past_end(a, pool, now);
	unsigned first = a->n_cells;

	for(uint32_t s = 0; s < pool->n_strata; s++) {
		const rep_stratum_t *stratum = pool->strata[s];
		rep_counts_t recent = {{0}};
		rep_cause_cell_t *cell;

		rep_recent_sum(&stratum->recent, minute, &recent);
		if(stratum->repeat || !rep_counts_judged(&recent))
			continue;
		cell = cell_for(a, pool, s, first);
		if(!cell)
			break;
		rep_counts_add(&cell->recent, &recent);
		add_past(pool, stratum->rows, minute, end, cell);
	}
	a->n_pools += a->n_cells > first;
}

/* False without pools or memory. */
static bool gather(
		rep_registry_t *registry, struct rep_alarms *a, rep_time_t now)
{
	int n = rep_registry_pools(registry);

	if(n == 0)
		return false;
	if(n > a->room) {
		rep_free(a->charts);
		a->charts = rep_alloc((size_t)n * sizeof(*a->charts));
		a->room = a->charts ? n : 0;
		if(!a->charts)
			return false;
	}
	a->n_cells = a->n_pools = 0;
	a->share = n < REP_CAUSE_CELLS ? REP_CAUSE_CELLS / (unsigned)n : 1;
	names_begin(a);
	for(int p = 0; p < n; p++) {
		rep_pool_t *pool = rep_pool_lock(registry, p);
		if(!pool)
			continue;
		a->charts[p] = pool->charts;
		gather_pool(a, pool, now);
		rep_pool_unlock(pool);
	}
	rep_cause_expect(a->cells, a->n_cells);
	return true;
}

/* ---- announcing ---------------------------------------------------------- */

/* Between two false alarms over all pools. */
static double hours(const struct rep_alarms *a)
{
	return ALARM_EVERY / (a->n_pools ? a->n_pools : 1);
}

static double share(const rep_counts_t *counts, rep_outcome_t o)
{
	uint32_t n = rep_counts_judged(counts);

	return n ? 100.0 * counts->n[o] / n : 0;
}

static void describe(const known_t *known, bool over, char *out, size_t size)
{
	static const rep_outcome_t telling[REP_CHARTS] = {
			REP_BLOCKED, REP_DECLINED, REP_ANSWERED};
	static const char *const kinds[REP_CAUSE_DIMENSIONS] = {"this pool",
			"several pools at once", "route ", "campaign ", "network "};
	const rep_cause_t *cause = &known->cause;
	rep_outcome_t o = telling[cause->chart];

	snprintf(out, size, "%s%s%s %s (%s): %s %.1f%% -> %.1f%%%s",
			kinds[cause->kind], known->label,
			has_label(cause->kind) && !known->label[0] ? "\"\"" : "",
			over ? "shifts no more" : "shifts", rep_chart_name(cause->chart),
			rep_outcome_name(o), share(&cause->past, o),
			share(&cause->recent, o),
			!over && cause->beyond ? ", beyond the ceiling" : "");
}

static void announce(rep_registry_t *registry, const known_t *known, bool over,
		rep_time_t now)
{
	const rep_cause_t *cause = &known->cause;
	rep_event_t event = {
			.kind = over ? REP_EVENT_POOL_ALARM_OVER : REP_EVENT_POOL_ALARM,
			.at = now,
			.since = known->since,
			.reason = (rep_reason_t)cause->chart,
			.outcome = REP_OUTCOMES,
			.counts = cause->recent,
			.pool_counts = cause->past};

	event.judged.score = cause->score;
	event.judged.chart = cause->chart;
	describe(known, over, event.detail, sizeof(event.detail));
	if(cause->kind == REP_CAUSE_ROUTE)
		memcpy(event.route, known->label, sizeof(event.route));
	for(int p = 0; p < rep_registry_pools(registry); p++) {
		rep_pool_t *pool =
				is_told(known, p) ? rep_pool_lock(registry, p) : NULL;

		if(!pool)
			continue;
		event.observed = rep_observed(pool);
		rep_pool_unlock(pool);
		event.pool = (int32_t)p;
		rep_event_announce(&registry->events, &event);
	}
}

/* ---- the course of an alarm ---------------------------------------------- */

/* It is not the numbers: those that happen to share more of the shift than
 * others are not benched for it, by any chart along which it shows. Not for
 * long, and not beyond a ceiling. */
static void hold(rep_registry_t *registry, const struct rep_alarms *a,
		const known_t *known, rep_time_t now)
{
	rep_cause_t cause = known->cause;
	bool held[REP_CHARTS] = {false};

	if(now - known->since >= HOLD_AT_MOST)
		return;
	for(int j = 0; j < REP_CHARTS; j++) {
		cause.chart = (rep_chart_t)j;
		rep_cause_measure(a->cells, a->n_cells, hours(a), &cause);
		held[j] = cause.score >= STILL && !cause.beyond;
	}
	for(int p = 0; p < rep_registry_pools(registry); p++) {
		rep_pool_t *pool =
				is_told(known, p) ? rep_pool_lock(registry, p) : NULL;
		if(!pool)
			continue;
		for(int j = 0; j < REP_CHARTS; j++)
			if(held[j])
				pool->held_until[j] = now + HOLD;
		rep_pool_unlock(pool);
	}
}

/* How it goes on with what is known. */
static void review(rep_registry_t *registry, struct rep_alarms *a,
		known_t *known, rep_time_t now)
{
	rep_cause_measure(a->cells, a->n_cells, hours(a), &known->cause);
	if(rep_counts_judged(&known->cause.recent) >= FEW)
		known->heard = now;
	if(known->cause.score >= STILL || now < known->shown
			|| (known->heard < now && now - known->heard < SILENT_AT_MOST))
		known->shown = now;
	hold(registry, a, known, now);
	rep_cause_explain(a->cells, a->n_cells, &known->cause);
}

static known_t known_of(
		const struct rep_alarms *a, const rep_cause_t *cause, rep_time_t since)
{
	known_t known = {
			.cause = *cause, .since = since, .shown = since, .heard = since};

	if(has_label(cause->kind) && cause->id < LABELS)
		memcpy(known.label, a->names[cause->kind].label[cause->id],
				sizeof(known.label));
	for(unsigned i = 0; i < a->n_cells; i++) {
		uint32_t p = a->cells[i].at[REP_CAUSE_POOL];
		if(rep_cause_names(cause, &a->cells[i]))
			known.told[p / 64] |= UINT64_C(1) << (p % 64);
	}
	return known;
}

/* ---- is it one number? --------------------------------------------------- */

/* The cell that a stratum of a pool counts in, if the cause names it: its own,
 * or the last, which those beyond the pool's share have in common. One that was
 * silent has none. */
static rep_cause_cell_t *cell_of(struct rep_alarms *a, const rep_pool_t *pool,
		uint32_t stratum, const rep_cause_t *cause)
{
	rep_cause_cell_t *found = NULL;
	unsigned n = 0;

	for(unsigned i = 0; i < a->n_cells; i++) {
		if(a->cells[i].at[REP_CAUSE_POOL] != (uint32_t)pool->id)
			continue;
		n++;
		if(a->stratum[i] == stratum
				|| (n == a->share && a->stratum[i] < stratum))
			found = &a->cells[i];
	}
	return found && rep_cause_names(cause, found) ? found : NULL;
}

/* What a number's calls say for the cause, nats: those of its buckets that
 * reach into the hour. With `put` they are left in the cells, as `one`. */
static double says(struct rep_alarms *a, const rep_pool_t *pool,
		const rep_number_t *number, const rep_cause_t *cause, rep_time_t now,
		bool put)
{
	uint32_t begin = rep_recent_begin(rep_minute_of(now));
	double nats = 0;

	for(uint32_t ref = number->cells; ref != REP_NONE;) {
		const rep_cell_head_t *head = rep_cell_at(pool, ref);
		rep_cause_cell_t *cell = cell_of(a, pool, head->stratum, cause);
		rep_counts_t calls = {{0}};

		if(head->bucket + pool->policy.bucket_minutes <= begin)
			break;
		if(cell && !pool->strata[head->stratum]->repeat) {
			rep_cell_add(pool, ref, &calls);
			nats += rep_cause_says(cell, &calls, cause);
			if(put)
				rep_counts_add(&cell->one, &calls);
			for(int c = 0; put && c < REP_JUDGED; c++) /* of the hour alone */
				if(cell->one.n[c] > cell->recent.n[c])
					cell->one.n[c] = cell->recent.n[c];
		}
		ref = head->next;
	}
	return nats;
}

/* The calls of the number that says most for the cause, as `one`. */
static void put_heaviest(rep_registry_t *registry, struct rep_alarms *a,
		const known_t *known, rep_time_t now)
{
	double most = 0;

	for(int p = 0; p < rep_registry_pools(registry); p++) {
		rep_pool_t *pool =
				is_told(known, p) ? rep_pool_lock(registry, p) : NULL;
		const rep_number_t *heaviest = NULL;
		if(!pool)
			continue;
		for(uint32_t i = 0; pool->live_numbers <= ONE_MATTERS
							&& i < rep_slab_count(&pool->numbers);
				i++) {
			const rep_number_t *number = rep_number_at(pool, i);
			double nats = 0;
			if(number->flags & REP_LIVE)
				nats = says(a, pool, number, &known->cause, now, false);
			if(nats <= most)
				continue;
			most = nats;
			heaviest = number;
		}
		if(heaviest) {
			for(unsigned i = 0; i < a->n_cells; i++)
				a->cells[i].one = (rep_counts_t){{0}};
			says(a, pool, heaviest, &known->cause, now, true);
		}
		rep_pool_unlock(pool);
	}
}

/* A cause that the known ones do not explain, and no number alone. It holds
 * benches at once, and is announced when there was time to tell what it is. */
static void look(rep_registry_t *registry, struct rep_alarms *a, rep_time_t now)
{
	rep_cause_t cause;
	known_t known;

	rep_cause_find(a->cells, a->n_cells, hours(a), &cause);
	if(a->n_known == CAUSES || cause.kind == REP_CAUSE_NONE
			|| cause.score < (a->looming ? REP_CAUSE_NEARLY : 1)) {
		a->looming = 0;
		return;
	}
	known = known_of(a, &cause, now);
	put_heaviest(registry, a, &known, now);
	if(rep_cause_is_of_one(a->cells, a->n_cells, &cause)) {
		a->looming = 0;
		return;
	}
	if(!a->looming || now < a->looming)
		a->looming = now;
	hold(registry, a, &known, now);
	if(now - a->looming < TO_TELL)
		return;
	a->looming = 0;
	a->known[a->n_known++] = known;
	announce(registry, &known, false, now);
}

/* What is known comes first: only what it does not explain is new. */
static void ask(rep_registry_t *registry, struct rep_alarms *a, rep_time_t now)
{
	unsigned kept = 0;

	if(!gather(registry, a, now))
		return;
	for(unsigned i = 0; i < a->n_known; i++)
		review(registry, a, &a->known[i], now);
	look(registry, a, now);
	for(unsigned i = 0; i < a->n_known; i++) {
		if(now - a->known[i].shown >= HOUR)
			announce(registry, &a->known[i], true, now);
		else
			a->known[kept++] = a->known[i];
	}
	a->n_known = kept;
}

void rep_alarms_tick(rep_registry_t *registry, rep_time_t now)
{
	/* on the minute: all proxies ask at the same time */
	if(registry->asked_at / REP_MINUTE == now / REP_MINUTE)
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
