/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A directed G-test: along a chart's weights, how much likelier does some
 * common tilt of the expected mixes make the recent calls? Each value of each
 * dimension is a set of cells, and so are all; the one whose tilt explains
 * most is named. */

#include "cause.h"

#include <math.h>

#include "mix.h"

/* The mix drifts by itself from hour to hour, as if tilted by this share of a
 * chart's weights (standard deviation): no alarm comes of that. */
#define DRIFT 0.1
#define STEEPEST 4.0 /* largest tilt looked at */
/* A known cause is not tilted exactly along its chart: what is left of it is
 * along another by as much as the two have in common, this at most. */
#define MISFIT 0.3
/* A later set must explain this much more (nats) than an earlier one, and a
 * cause than one number. */
#define CLEARLY 0.5
/* A cell with a short past is expected to be like the rest of its pool, as if
 * it had made so many calls with its mix; more where an outcome is rare. */
#define OF_POOL 50.0f
#define RAREST 3e-4f
/* As many calls with the long-term mix are added to those of this time of day. */
#define OF_DAY 100.0f
#define QUESTION (1.0 / 60) /* hours from one to the next */
#define BY_CHANCE 0.001		/* beyond a ceiling */

typedef struct set
{
	rep_cause_kind_t kind;
	uint32_t id;
} set_t;

typedef struct fit
{
	double explains; /* nats */
	double tilt;
	double deviate; /* standard normal when nothing shifted */
} fit_t;

typedef struct slope
{
	double nats;  /* log-likelihood ratio, at this tilt */
	double first; /* its slope */
	double info;  /* and curvature, turned positive */
} slope_t;

static bool holds(const set_t *set, const rep_cause_cell_t *cell)
{
	return cell->at[set->kind] == set->id;
}

bool rep_cause_names(const rep_cause_t *cause, const rep_cause_cell_t *cell)
{
	return cause->kind != REP_CAUSE_NONE
		   && holds(&(set_t){cause->kind, cause->id}, cell);
}

/* Adds what these calls of a cell say at this tilt. */
static void add_slope(const rep_cause_cell_t *cell, const rep_counts_t *of,
		int chart, double tilt, slope_t *s)
{
	double z = 0, first = 0, second = 0, calls = 0, sum = 0;

	for(int c = 0; c < REP_JUDGED; c++) {
		double w = (double)cell->charts->w[c][chart], n = of->n[c];
		double p = (double)cell->mix[c] * exp(tilt * w);

		z += p;
		first += p * w;
		second += p * w * w;
		calls += n;
		sum += n * w;
	}
	first /= z;
	s->nats += tilt * sum - calls * log(z);
	s->first += sum - calls * first;
	s->info += calls * fmax(second / z - first * first, 0);
}

static slope_t slope(const rep_cause_cell_t *cells, unsigned n,
		const set_t *set, int chart, double tilt)
{
	slope_t s = {0};

	for(unsigned i = 0; i < n; i++)
		if(holds(set, &cells[i]))
			add_slope(&cells[i], &cells[i].recent, chart, tilt, &s);
	return s;
}

/* The log-likelihood ratio is concave in the tilt: Newton's steps, halved
 * where they would leave the bracket. */
static void best_tilt(const rep_cause_cell_t *cells, unsigned n,
		const set_t *set, int chart, slope_t s, fit_t *fit)
{
	double low = 0, high = STEEPEST;

	for(int i = 0; i < 30 && high - low > 1e-4; i++) {
		double next = fit->tilt + s.first / fmax(s.info, 1e-9);

		if(next <= low || next >= high)
			next = (low + high) / 2;
		if(fabs(next - fit->tilt) < 1e-4)
			break;
		fit->tilt = next;
		s = slope(cells, n, set, chart, next);
		*(s.first > 0 ? &low : &high) = next;
	}
	fit->explains = fmax(s.nats, 0);
}

/* How many times larger the variance is than that of independent calls round
 * a known mix: by how little is known of the past, and by the drift, which is
 * common to the set. */
static double inflation(
		const rep_cause_cell_t *cells, unsigned n, const set_t *set, int chart)
{
	double calls = 0, unknown = 0, doubt = 0, info = 0, drift = 0;

	for(unsigned i = 0; i < n; i++) {
		double recent = rep_counts_judged(&cells[i].recent);
		slope_t s = {0};

		if(!holds(set, &cells[i]))
			continue;
		add_slope(&cells[i], &cells[i].recent, chart, 0, &s);
		info += s.info;
		drift += s.info * sqrt((double)cells[i].drift[chart]);
		calls += recent;
		unknown +=
				recent * recent / (rep_counts_judged(&cells[i].past) + OF_POOL);
		doubt += recent * (double)cells[i].doubt;
	}
	return 1 + unknown / fmax(calls, 1) + doubt
		   + drift * drift / fmax(info, 1e-9);
}

static void fit_set(const rep_cause_cell_t *cells, unsigned n, const set_t *set,
		int chart, fit_t *fit)
{
	slope_t s = slope(cells, n, set, chart, 0);

	*fit = (fit_t){0};
	if(s.first <= 0)
		return;
	best_tilt(cells, n, set, chart, s, fit);
	fit->deviate = sqrt(2 * fit->explains / inflation(cells, n, set, chart));
}

/* A standard normal that is the mean of a sliding hour passes b anew
 * b f(b) v(b) times an hour, f the normal density; v < 1, because it is looked
 * at in steps only (Siegmund 1985, chapter IV; Pickands 1969). */
static double passes(double b)
{
	double density = exp(-b * b / 2) / sqrt(2 * M_PI);

	return b * density * exp(-0.583 * b * sqrt(2 * QUESTION));
}

/* What chance passes once in so many hours. */
static double limit_of(double hours)
{
	double low = 1, high = 38;

	for(int i = 0; i < 60; i++) {
		double middle = (low + high) / 2;

		*(passes(middle) * hours > 1 ? &low : &high) = middle;
	}
	return low;
}

/* Does an earlier cell or dimension have a set of the same cells? */
static bool asked(const rep_cause_cell_t *cells, unsigned n, unsigned i,
		rep_cause_kind_t kind)
{
	const uint32_t *at = cells[i].at;

	for(unsigned k = 0; k < i; k++)
		if(cells[k].at[kind] == at[kind])
			return true;
	for(unsigned d = 0; d < (unsigned)kind; d++) {
		unsigned k = 0;

		while(k < n
				&& (cells[k].at[d] == at[d]) == (cells[k].at[kind] == at[kind]))
			k++;
		if(k == n)
			return true;
	}
	return false;
}

static double limit_of_all(
		const rep_cause_cell_t *cells, unsigned n, double hours)
{
	unsigned sets = 0;

	for(int kind = 0; kind < REP_CAUSE_DIMENSIONS; kind++)
		for(unsigned i = 0; i < n; i++)
			sets += !asked(cells, n, i, (rep_cause_kind_t)kind);
	return limit_of(hours * sets * REP_CHARTS);
}

/* ---- the ceilings -------------------------------------------------------- */

/* Would chance bring so many where `mean` are expected? (Poisson) */
static bool by_chance(double mean, uint32_t seen)
{
	double term = exp(-mean), below = 0;

	if(mean > 500) /* by the normal approximation */
		return seen < mean + 3.1 * sqrt(mean);
	for(uint32_t k = 0; k < seen && k < 2000; k++, term *= mean / k)
		below += term;
	return 1 - below > BY_CHANCE;
}

static bool is_beyond(
		const rep_cause_cell_t *cells, unsigned n, const rep_cause_t *cause)
{
	for(int c = 0; c < REP_JUDGED; c++) {
		double mean = 0;
		uint32_t seen = 0;

		for(unsigned i = 0; i < n; i++) {
			const rep_charts_t *charts = cells[i].charts;

			if(!rep_cause_names(cause, &cells[i])
					|| charts->w[c][cause->chart] <= 0)
				continue;
			mean += (double)charts->ceiling[c]
					* rep_counts_judged(&cells[i].recent);
			seen += cells[i].recent.n[c];
		}
		if(seen > mean && !by_chance(mean, seen))
			return true;
	}
	return false;
}

/* ---- asking -------------------------------------------------------------- */

static void describe(const rep_cause_cell_t *cells, unsigned n,
		const fit_t *fit, double limit, rep_cause_t *cause)
{
	cause->score = (float)(fit->deviate / limit);
	cause->shift = (float)fit->tilt;
	cause->recent = cause->past = (rep_counts_t){{0}};
	for(unsigned i = 0; i < n; i++) {
		if(!rep_cause_names(cause, &cells[i]))
			continue;
		rep_counts_add(&cause->recent, &cells[i].recent);
		rep_counts_add(&cause->past, &cells[i].past);
	}
	cause->beyond = is_beyond(cells, n, cause);
}

/* What a pool shows in the long term, and how that differs now. */
typedef struct pool
{
	rep_counts_t past;
	float factor[REP_JUDGED]; /* at this time of day */
	float doubt;
} pool_t;

/* The common outcomes swing with the day; of the rare ones an hour, even of
 * several days, says little. */
static void pool_make(const rep_cause_cell_t *cells,
		const rep_cause_cell_t *end, pool_t *pool)
{
	rep_counts_t same = {{0}};
	float mix[REP_OUTCOMES], calls;

	pool->past = same;
	for(const rep_cause_cell_t *cell = cells; cell < end; cell++) {
		rep_counts_add(&pool->past, &cell->past);
		rep_counts_add(&same, &cell->same);
	}
	rep_mix_make(cells->charts, &pool->past, mix);
	calls = (float)rep_counts_judged(&same);
	for(int c = 0; c < REP_JUDGED; c++) {
		float usual = larger(mix[c], 1e-9f);

		pool->factor[c] = is_rare(c) ? 1
									 : ((float)same.n[c] / usual + OF_DAY)
											   / (calls + OF_DAY);
	}
	pool->doubt = calls / ((calls + OF_DAY) * (calls + OF_DAY));
}

static void expect(rep_cause_cell_t *cell, const pool_t *pool)
{
	float calls = (float)rep_counts_judged(&cell->past), others[REP_OUTCOMES];
	rep_counts_t rest = pool->past;

	for(int c = 0; c < REP_JUDGED; c++)
		rest.n[c] -= cell->past.n[c];
	rep_mix_make(cell->charts, &rest, others);
	for(int c = 0; c < REP_JUDGED; c++) {
		float k = larger(1 / larger(others[c], RAREST), OF_POOL);

		cell->mix[c] = ((float)cell->past.n[c] + k * others[c]) / (calls + k)
					   * pool->factor[c];
	}
	rep_mix_cut(cell->mix, cell->charts->ceiling);
	cell->doubt = pool->doubt;
	for(int j = 0; j < REP_CHARTS; j++)
		cell->drift[j] = (float)(DRIFT * DRIFT);
}

void rep_cause_expect(rep_cause_cell_t *cells, unsigned n)
{
	rep_cause_cell_t *end = cells + n, *next;

	for(rep_cause_cell_t *cell = cells; cell < end; cell = next) {
		pool_t pool;

		for(next = cell + 1;
				next < end
				&& next->at[REP_CAUSE_POOL] == cell->at[REP_CAUSE_POOL];)
			next++;
		pool_make(cell, next, &pool);
		for(; cell < next; cell++)
			expect(cell, &pool);
	}
}

void rep_cause_measure(const rep_cause_cell_t *cells, unsigned n, double hours,
		rep_cause_t *cause)
{
	const set_t set = {cause->kind, cause->id};
	fit_t fit;

	fit_set(cells, n, &set, cause->chart, &fit);
	describe(cells, n, &fit, limit_of_all(cells, n, hours), cause);
}

void rep_cause_find(const rep_cause_cell_t *cells, unsigned n, double hours,
		rep_cause_t *cause)
{
	double limit = limit_of_all(cells, n, hours), highest = 0;
	fit_t best = {0};

	*cause = (rep_cause_t){.kind = REP_CAUSE_NONE};
	for(int kind = 0; kind < REP_CAUSE_DIMENSIONS; kind++)
		for(unsigned i = 0; i < n; i++) {
			const set_t set = {(rep_cause_kind_t)kind, cells[i].at[kind]};

			if(asked(cells, n, i, set.kind))
				continue;
			for(int chart = 0; chart < REP_CHARTS; chart++) {
				fit_t fit;

				fit_set(cells, n, &set, chart, &fit);
				highest = fmax(highest, fit.deviate);
				if(fit.deviate < REP_CAUSE_NEARLY * limit
						|| fit.explains < best.explains + CLEARLY)
					continue;
				best = fit;
				cause->kind = set.kind;
				cause->id = set.id;
				cause->chart = (rep_chart_t)chart;
			}
		}
	if(cause->kind != REP_CAUSE_NONE)
		describe(cells, n, &best, limit, cause);
	cause->score = (float)(highest / limit);
}

double rep_cause_says(const rep_cause_cell_t *cell, const rep_counts_t *calls,
		const rep_cause_t *cause)
{
	slope_t s = {0};

	add_slope(cell, calls, cause->chart, (double)cause->shift, &s);
	return s.nats;
}

static void swap_one(rep_cause_cell_t *cells, unsigned n)
{
	for(unsigned i = 0; i < n; i++) {
		rep_counts_t recent = cells[i].recent;

		cells[i].recent = cells[i].one;
		cells[i].one = recent;
	}
}

bool rep_cause_is_of_one(
		rep_cause_cell_t *cells, unsigned n, const rep_cause_t *cause)
{
	const set_t set = {cause->kind, cause->id};
	fit_t all, one;

	fit_set(cells, n, &set, cause->chart, &all);
	swap_one(cells, n);
	fit_set(cells, n, &set, cause->chart, &one);
	swap_one(cells, n);
	return all.explains < one.explains + CLEARLY;
}

/* How much two charts have in common: the correlation of their weights in a
 * cell's mix. */
static double in_common(const rep_cause_cell_t *cell, int a, int b)
{
	double first[2] = {0}, second[2] = {0}, product = 0;

	for(int c = 0; c < REP_JUDGED; c++) {
		double p = (double)cell->mix[c], w[2] = {(double)cell->charts->w[c][a],
												 (double)cell->charts->w[c][b]};

		for(int i = 0; i < 2; i++) {
			first[i] += p * w[i];
			second[i] += p * w[i] * w[i];
		}
		product += p * w[0] * w[1];
	}
	product -= first[0] * first[1];
	return product
		   / sqrt(fmax((second[0] - first[0] * first[0])
							   * (second[1] - first[1] * first[1]),
				   1e-12));
}

static void explain_cell(rep_cause_cell_t *cell, const rep_cause_t *cause)
{
	float sum = 0;

	for(int j = 0; j < REP_CHARTS; j++) {
		double left = (double)cause->shift
					  * fmin(fabs(in_common(cell, cause->chart, j)), MISFIT);

		cell->drift[j] += (float)(left * left);
	}
	for(int c = 0; c < REP_JUDGED; c++) {
		cell->mix[c] *= expf(cause->shift * cell->charts->w[c][cause->chart]);
		sum += cell->mix[c];
	}
	for(int c = 0; c < REP_JUDGED; c++)
		cell->mix[c] /= sum;
}

void rep_cause_explain(
		rep_cause_cell_t *cells, unsigned n, const rep_cause_t *cause)
{
	for(unsigned i = 0; i < n; i++)
		if(rep_cause_names(cause, &cells[i]))
			explain_cell(&cells[i], cause);
}
