/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Spread, by maximum likelihood. */

#include "spread.h"

#include <math.h>

#define MEDIAN 1000.0
#define LOG_SD 1.2
#define LOWEST 20.0
#define HIGHEST 20000.0
#define STEPS 24 /* of the golden section: to 1e-4 of the range */

static double sum_of(const float v[REP_JUDGED])
{
	double sum = 0;

	for(int c = 0; c < REP_JUDGED; c++)
		sum += v[c];
	return sum;
}

/* The Dirichlet-multinomial log-likelihood of one part, without what does not
 * depend on the concentration. */
static double part_likelihood(const rep_spread_part_t *part, double balls)
{
	double calls = sum_of(part->seen), expected = sum_of(part->expected);
	double sum = lgamma(balls) - lgamma(balls + calls);

	for(int c = 0; c < REP_JUDGED; c++) {
		double a = fmax(balls * part->expected[c] / expected, 1e-6);

		if(part->seen[c] > 0)
			sum += lgamma(part->seen[c] + a) - lgamma(a);
	}
	return sum;
}

/* `lists`: the concentration between lists, 0 = it is this that is sought. */
static double posterior(const rep_spread_part_t *parts, size_t n, double lists,
		double log_concentration)
{
	double off = (log_concentration - log(MEDIAN)) / LOG_SD;
	double sum = -off * off / 2;

	for(size_t i = 0; i < n; i++) {
		double calls = sum_of(parts[i].seen), balls = exp(log_concentration);
		double several = fmax(calls / REP_LIST_CALLS, 1);

		if(lists > 0)
			balls = 1 / (1 / balls + 1 / (lists * several));
		else
			balls *= several;
		if(calls > 1)
			sum += part_likelihood(&parts[i], balls);
	}
	return sum;
}

static float likeliest(const rep_spread_part_t *parts, size_t n, double lists)
{
	const double golden = (sqrt(5) - 1) / 2;
	double low = log(LOWEST), high = log(HIGHEST);
	double a = high - golden * (high - low), b = low + golden * (high - low);
	double at_a = posterior(parts, n, lists, a);
	double at_b = posterior(parts, n, lists, b);

	for(int i = 0; i < STEPS; i++) {
		if(at_a > at_b) {
			high = b;
			b = a;
			at_b = at_a;
			a = high - golden * (high - low);
			at_a = posterior(parts, n, lists, a);
		} else {
			low = a;
			a = b;
			at_a = at_b;
			b = low + golden * (high - low);
			at_b = posterior(parts, n, lists, b);
		}
	}
	return (float)exp((low + high) / 2);
}

float rep_spread_lists(const rep_spread_part_t *parts, size_t n)
{
	return likeliest(parts, n, 0);
}

float rep_spread_between(const rep_spread_part_t *parts, size_t n, float lists)
{
	return likeliest(parts, n, lists);
}
