/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A directed G-test: along a chart's weights, how much likelier does some
 * common tilt of the long-term mixes make the recent calls? Each dimension is
 * a set of cells; the one whose tilt explains most is named. */

#include "cause.h"

#include <math.h>

#include "mix.h"

/* The mix drifts by itself from hour to hour, as if tilted by this share of a
 * chart's weights (standard deviation): no alarm comes of that. */
#define DRIFT 0.1
#define STEEPEST 4.0 /* largest tilt looked at */
/* A larger set must explain this much more (nats) than one within it. */
#define CLEARLY 0.5

typedef struct set
{
	rep_cause_kind_t kind;
	uint32_t id; /* pool or route */
} set_t;

typedef struct looked
{
	const rep_charts_t *charts;
	const rep_cause_cell_t *cells;
	unsigned n;
	float mix[REP_CAUSE_CELLS][REP_JUDGED]; /* long-term */
} looked_t;

typedef struct fit
{
	double explains; /* nats */
	double tilt;
	double calls, past; /* behind it */
	double spread;		/* variance of the weights, per call */
	rep_chart_t chart;
	unsigned cells;
} fit_t;

static bool holds(const set_t *set, const rep_cause_cell_t *cell)
{
	return set->kind == REP_CAUSE_SEVERAL
		   || (set->kind == REP_CAUSE_POOL && cell->pool == set->id)
		   || (set->kind == REP_CAUSE_ROUTE && cell->route == set->id);
}

static double calls_of(const rep_counts_t *counts)
{
	double calls = 0;

	for(int c = 0; c < REP_JUDGED; c++)
		calls += counts->n[c];
	return calls;
}

/* log of sum mix e^(tilt w), and the mean and variance of w under that. */
static double log_z(const float *mix, const rep_charts_t *charts, int chart,
		double tilt, double *mean, double *variance)
{
	double z = 0, first = 0, second = 0;

	for(int c = 0; c < REP_JUDGED; c++) {
		double w = charts->w[c][chart], p = mix[c] * exp(tilt * w);

		z += p;
		first += p * w;
		second += p * w * w;
	}
	*mean = first / z;
	*variance = fmax(second / z - *mean * *mean, 0);
	return log(z);
}

/* d/d tilt of the log-likelihood ratio; the ratio itself to `*nats`. */
static double slope(const looked_t *looked, const set_t *set, int chart,
		double tilt, double *nats)
{
	double sum = 0, mean, variance;

	*nats = 0;
	for(unsigned i = 0; i < looked->n; i++) {
		const rep_cause_cell_t *cell = &looked->cells[i];
		double n, w = 0, z;

		if(!holds(set, cell))
			continue;
		n = calls_of(&cell->recent);
		for(int c = 0; c < REP_JUDGED; c++)
			w += cell->recent.n[c] * (double)looked->charts->w[c][chart];
		z = log_z(
				looked->mix[i], looked->charts, chart, tilt, &mean, &variance);
		*nats += tilt * w - n * z;
		sum += w - n * mean;
	}
	return sum;
}

/* The log-likelihood ratio is concave in the tilt. */
static void best_tilt(const looked_t *looked, const set_t *set, fit_t *fit)
{
	double low = 0, high = STEEPEST;

	if(slope(looked, set, fit->chart, 0, &fit->explains) <= 0)
		return;
	for(int i = 0; i < 30; i++) {
		fit->tilt = (low + high) / 2;
		if(slope(looked, set, fit->chart, fit->tilt, &fit->explains) > 0)
			low = fit->tilt;
		else
			high = fit->tilt;
	}
}

static void measure(const looked_t *looked, const set_t *set, fit_t *fit)
{
	double mean, variance, n;

	for(unsigned i = 0; i < looked->n; i++) {
		const rep_cause_cell_t *cell = &looked->cells[i];

		n = calls_of(&cell->recent);
		if(!holds(set, cell) || n <= 0)
			continue;
		log_z(looked->mix[i], looked->charts, fit->chart, 0, &mean, &variance);
		fit->spread += n * variance;
		fit->calls += n;
		fit->past += calls_of(&cell->past);
		fit->cells++;
	}
	if(fit->calls > 0)
		fit->spread /= fit->calls;
}

/* Standard normal under no shift: the signed root of the G statistic, the
 * variance inflated by the drift and by how little is known of the past. */
static double deviate(const fit_t *fit)
{
	double unknown = fit->calls / fmax(fit->past, 1);
	double drift = fit->calls * DRIFT * DRIFT * fit->spread;

	return sqrt(2 * fmax(fit->explains, 0) / (1 + unknown + drift));
}

/* The deviate that chance passes with this probability. */
static double quantile(double p)
{
	double low = 0, high = 38;

	for(int i = 0; i < 60; i++) {
		double middle = (low + high) / 2;

		if(erfc(middle / sqrt(2)) / 2 > p)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static bool seen(const looked_t *looked, unsigned i, rep_cause_kind_t kind)
{
	for(unsigned k = 0; k < i; k++)
		if(kind == REP_CAUSE_POOL
						? looked->cells[k].pool == looked->cells[i].pool
						: looked->cells[k].route == looked->cells[i].route)
			return true;
	return false;
}

/* Every pool, then every route, then all: a later set that holds the same
 * cells as an earlier one explains nothing more, and is not named. */
static unsigned all_sets(const looked_t *looked, set_t *sets)
{
	unsigned n = 0;

	for(unsigned i = 0; i < looked->n; i++)
		if(!seen(looked, i, REP_CAUSE_POOL))
			sets[n++] = (set_t){REP_CAUSE_POOL, looked->cells[i].pool};
	if(n > 1)
		sets[n++] = (set_t){REP_CAUSE_SEVERAL, 0};
	for(unsigned i = 0; i < looked->n; i++)
		if(!seen(looked, i, REP_CAUSE_ROUTE))
			sets[n++] = (set_t){REP_CAUSE_ROUTE, looked->cells[i].route};
	return n;
}

static void name(const looked_t *looked, const set_t *set, const fit_t *fit,
		rep_cause_t *cause)
{
	double calls = fit->calls;

	cause->chart = fit->chart;
	cause->shift = (float)fit->tilt;
	cause->pool = set->kind == REP_CAUSE_POOL ? set->id : 0;
	cause->route = set->kind == REP_CAUSE_ROUTE ? set->id : 0;
	for(unsigned i = 0; i < looked->n; i++) {
		if(!holds(set, &looked->cells[i]))
			continue;
		rep_counts_add(&cause->recent, &looked->cells[i].recent);
		rep_counts_add(&cause->past, &looked->cells[i].past);
	}
	for(int c = 0; c < REP_JUDGED && calls > 0; c++)
		if(looked->charts->w[c][fit->chart] > 0
				&& cause->recent.n[c] > looked->charts->ceiling[c] * calls)
			cause->beyond = true;
}

static void long_term(const rep_charts_t *charts, const rep_cause_cell_t *cell,
		float out[REP_JUDGED])
{
	float mix[REP_OUTCOMES];

	rep_mix_make(charts, &cell->past, mix);
	memcpy(out, mix, REP_JUDGED * sizeof(*out));
}

void rep_cause_find(const rep_charts_t *charts, const rep_cause_cell_t *cells,
		unsigned n, double arl0, rep_cause_t *cause)
{
	looked_t looked = {.charts = charts, .cells = cells};
	set_t sets[2 * REP_CAUSE_CELLS + 1], best_set = {REP_CAUSE_NONE, 0};
	fit_t best = {0};
	double most = 0, highest = 0, limit;
	unsigned n_sets;

	memset(cause, 0, sizeof(*cause));
	looked.n = n < REP_CAUSE_CELLS ? n : REP_CAUSE_CELLS;
	for(unsigned i = 0; i < looked.n; i++)
		long_term(charts, &cells[i], looked.mix[i]);
	n_sets = all_sets(&looked, sets);
	if(n_sets == 0)
		return;
	limit = quantile(1 / (fmax(arl0, 1) * n_sets * REP_CHARTS));
	for(unsigned s = 0; s < n_sets; s++)
		for(int j = 0; j < REP_CHARTS; j++) {
			fit_t fit = {.chart = (rep_chart_t)j};

			best_tilt(&looked, &sets[s], &fit);
			measure(&looked, &sets[s], &fit);
			highest = fmax(highest, deviate(&fit));
			if(deviate(&fit) < limit || fit.explains < most + CLEARLY)
				continue;
			most = fit.explains;
			best = fit;
			best_set = sets[s];
		}
	cause->kind = best_set.kind;
	cause->score = (float)(highest / limit);
	if(cause->kind != REP_CAUSE_NONE)
		name(&looked, &best_set, &best, cause);
}
