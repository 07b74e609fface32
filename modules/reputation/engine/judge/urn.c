/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The urn. */

#include "urn.h"

#include <math.h>

#define SHIFT 6		/* Stirling's series is good from here on */
#define LEAST 1e-4f /* balls of a colour */
#define RAREST 1e-6f
/* A number that is bad need not be bad in all that its chart looks for: one in
 * ten does only what tells most of it, the rare outcomes with more than this
 * weight, and how much of that is hardly known: so few balls,
 * where there were more than expected. */
#define TELLING 1.0f
#define FEW 4.0f
#define LIKELIER 2.302585f /* log 10 */

/* log(a (a + 1) ... (a + n - 1)) of up to SHIFT factors. */
static vec_t log_rising_few(vec_t a, int n)
{
	vec_t product = a;

	for(int i = 1; i < n; i++)
		product *= a + (float)i;
	return vec_log(product);
}

/* The correction of Stirling's series at z: 1/(12 z) - 1/(360 z^3). */
static vec_t stirling_rest(vec_t z)
{
	vec_t inverse = 1.0f / z;

	return inverse * (0.0833333f - 0.0027778f * inverse * inverse);
}

/* lgamma(a + n) - lgamma(a) for a whole n >= 1: the difference of two Stirling
 * series, written so that what is large cancels by itself. */
static vec_t log_rising(vec_t a, float n)
{
	vec_t from = a + (float)SHIFT, to = a + n;
	float more = n - SHIFT;

	if(more <= 0)
		return log_rising_few(a, (int)n);
	return log_rising_few(a, SHIFT) + vec_all(more) * vec_log(from)
		   + (to - 0.5f) * vec_log(to / from) - vec_all(more)
		   + stirling_rest(to) - stirling_rest(from);
}

/* What a healthy number's mix is in this run: what the yardstick expects, moved
 * as the number's own past was off it. Sums to 1. */
static shares_t mean_of(const rep_spread_t *spread, const rep_tally_t *run,
		const rep_tally_t *past, float past_calls)
{
	shares_t mean = run->expected;
	vec_t least = vec_all(1e-6f);
	float sum;

	if(past_calls > 0) {
		vec_t weight = vec_all(spread->between / past_calls);
		/* (c P + past) / (c P + expected), with c P = weight * expected */
		for(int i = 0; i < HALVES; i++) {
			vec_t e = past->expected.h[i];
			mean.h[i] *= (weight * e + past->seen.h[i] + least)
						 / (weight * e + e + least);
		}
	}
	sum = shares_sum(&mean);
	for(int i = 0; i < HALVES; i++)
		mean.h[i] = mean.h[i] / vec_all(sum);
	return mean;
}

/* The balls of each outcome: 1 over the sum of what is uncertain. The prior of a
 * yardstick weighs as many calls as hold one of the outcome (rep_mix_draw()). */
static shares_t balls_of(const rep_spread_t *spread, const shares_t *mean,
		float calls, float past_calls, const rep_known_t *known)
{
	float lists = spread->lists * larger(calls / REP_LIST_CALLS, 1);
	vec_t shared = vec_all(1 / (spread->between + past_calls) + 1 / lists);
	shares_t balls;

	for(int i = 0; i < HALVES; i++) {
		vec_t prior = 1.0f / vec_larger(mean->h[i], vec_all(RAREST));
		vec_t rests_on = vec_all(known->buckets + known->window) + prior;

		balls.h[i] = 1.0f / (shared + 1.0f / rests_on);
	}
	return balls;
}

/* What is e^w times as likely: all that the chart looks for, or only the telling
 * outcomes of a few balls. */
static vec_t times_of(const rep_charts_t *charts, int outcome, bool few)
{
	vec_t ew = vec_load(charts->ew[outcome]), w = vec_load(charts->w[outcome]);

	if(!few)
		return ew;
	return is_rare(outcome) ? vec_select(w > vec_all(TELLING), ew, vec_all(1))
							: vec_all(1);
}

/* The log-likelihood of the run for each chart, and in the last lane of a
 * healthy number, without what is the same for all: each outcome is negative
 * binomial with the mean that its mix expects, and as many balls. */
static vec_t log_likelihood(const rep_charts_t *charts, const shares_t *seen,
		float calls, const shares_t *mean, const shares_t *balls, bool few)
{
	vec_t sum = vec_all(0), z = vec_all(0);

	for(int c = 0; c < REP_JUDGED; c++)
		z += times_of(charts, c, few) * share_of(mean, c);
	for(int c = 0; c < REP_JUDGED; c++) {
		float n = share_of(seen, c);
		vec_t times = times_of(charts, c, few),
			  all = vec_all(share_of(balls, c));
		vec_t log_more, a;

		if(few && n > calls * share_of(mean, c))
			all = vec_select(times > vec_all(1), vec_all(FEW), all);
		log_more = vec_log(1.0f + vec_all(calls) / all);
		a = times / z * share_of(mean, c) * all;
		sum -= a * log_more;
		if(n > 0)
			sum += log_rising(vec_larger(a, vec_all(LEAST)), n)
				   - n * (vec_log(all) + log_more);
	}
	return sum;
}

vec_t rep_urn_ratio(const rep_charts_t *charts, const rep_spread_t *spread,
		const rep_tally_t *run, const rep_tally_t *past,
		const rep_known_t *known)
{
	float calls = shares_sum(&run->seen), past_calls = shares_sum(&past->seen);
	vec_t as_said, few, healthy;
	shares_t mean, balls;

	if(calls <= 0)
		return vec_all(0);
	mean = mean_of(spread, run, past, past_calls);
	balls = balls_of(spread, &mean, calls, past_calls, known);
	as_said = log_likelihood(charts, &run->seen, calls, &mean, &balls, false);
	few = log_likelihood(charts, &run->seen, calls, &mean, &balls, true);
	healthy = vec_all(as_said[REP_CHARTS]);
	/* a chart without telling outcomes */
	few = vec_select(few == healthy, as_said, few);
	return vec_larger(as_said - healthy, few - healthy - LIKELIER);
}
