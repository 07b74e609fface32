/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <math.h>

#include "judgement_rivals.h"

#define WARM_HOURS 96 /* a pool is known after so long */

static double charts(const sim_t *sim, unsigned i, rep_chart_t *chart)
{
	rep_judged_t judged;

	sim_judge(sim, i, &judged);
	*chart = judged.chart;
	return judged.score;
}

static double bad(const rep_counts_t *counts)
{
	return (double)counts->n[REP_DECLINED] + counts->n[REP_UNWANTED]
		   + counts->n[REP_BLOCKED] + counts->n[REP_AMBIGUOUS];
}

/* Breaks ties, so that thresholds on counts can be calibrated finely. */
static double jitter(const sim_number_t *number)
{
	return (number->calls * 2654435761u >> 8 & 0xffff) / 65536.0;
}

/* Bad share of the last 100 calls, once there are 100. */
static double fixed(const sim_t *sim, unsigned i, rep_chart_t *chart)
{
	const sim_number_t *number = &sim->number[i];

	(void)chart;
	if(number->calls < SIM_LAST)
		return 0;
	return (bad(&number->recent) + jitter(number)) / SIM_LAST;
}

/* Lower end of Wilson's 95% interval for the bad share of the last day. */
static double wilson(const sim_t *sim, unsigned i, rep_chart_t *chart)
{
	const double z = 1.645;
	rep_counts_t day = {{0}};
	double n = 0, p;

	(void)chart;
	for(unsigned b = 0; b < 24; b++) {
		const rep_counts_t *bucket =
				&sim->number[i]
						 .ring[(sim->hour + SIM_BUCKETS - b) % SIM_BUCKETS];

		for(int c = 0; c < REP_JUDGED; c++) {
			day.n[c] += bucket->n[c];
			n += bucket->n[c];
		}
	}
	p = bad(&day) / n;
	return (p + z * z / (2 * n)
				   - z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)))
		   / (1 + z * z / n);
}

/* Envoy: success rate below mean - factor * stdev of all with enough calls;
 * success = not bad, over the last 100 calls. */
static double envoy(const sim_t *sim, unsigned i, rep_chart_t *chart)
{
	const sim_number_t *number = &sim->number[i];
	double rate;

	(void)chart;
	if(number->calls < SIM_LAST || !(sim->stdev > 0))
		return 0;
	rate = 1 - bad(&number->recent) / SIM_LAST;
	return (sim->mean - rate) / sim->stdev;
}

/* OpenSIPS qrouting: answer-seizure ratio and call duration against a warning
 * and a critical limit; each passed limit multiplies the traffic by a penalty
 * (0.5, 0.25). Benched at a quarter. The score is how far below the pool's
 * healthy figures the critical limit would have to lie to be passed. */
static double qrouting(const sim_t *sim, unsigned i, rep_chart_t *chart)
{
	const sim_number_t *number = &sim->number[i];
	const rep_counts_t *r = &number->recent;
	double calls = fmin(number->calls, SIM_LAST), answered, asr, acd, two;

	(void)chart;
	if(calls < SIM_LAST)
		return 0;
	answered = (double)r->n[REP_ANSWERED] + r->n[REP_SHORT];
	asr = 1 - answered / calls / 0.27;
	acd = answered > 0 ? 1
								 - (r->n[REP_ANSWERED] * 120.0
										   + r->n[REP_SHORT] * 3.0)
										   / answered / 111.3
					   : 1;
	two = fmin(asr, acd) / 0.6; /* both warned, at 60% of critical */
	return fmax(fmax(asr, acd), two);
}

detector_t detectors[DETECTORS] = {
		{"charts", charts, 1, 0, 0, true},
		{"fixed threshold", fixed, 0, 0, 1, false},
		{"Wilson bound", wilson, 0, 0, 1, false},
		{"Envoy outlier", envoy, 0, 0, 12, true},
		{"qrouting penalty", qrouting, 0, 0, 1.7, false},
};

double judgement_interval(const sim_world_t *world, const detector_t *detector,
		double calls, uint64_t seed, unsigned *benches)
{
	rep_policy_t policy;
	sim_t sim;
	double made = 0;

	sim_policy(&policy);
	sim_init(&sim, world, &policy, seed);
	sim.blind = detector != &detectors[CHARTS];
	*benches = 0;
	while(made < calls) {
		sim_mix_t mix;

		sim_next_hour(&sim);
		sim_mix_now(&sim, mix);
		for(unsigned k = sim_calls_now(&sim); k > 0; k--) {
			unsigned i = sim_pick(&sim);
			rep_chart_t chart;

			sim_count(&sim, i, sim_draw(&sim, mix));
			if(sim.hour < WARM_HOURS)
				continue;
			made++;
			if(detector->score(&sim, i, &chart) < detector->threshold)
				continue;
			++*benches;
			sim_forget(&sim, i, false);
		}
	}
	sim_destroy(&sim);
	return made / fmax(*benches, 0.7);
}

static void calibrate(const sim_world_t *world, detector_t *detector,
		double arl0, double calls, uint64_t seed)
{
	double low = detector->from, high = detector->to;

	for(int i = 0; i < 9; i++) {
		unsigned benches;

		detector->threshold = (low + high) / 2;
		if(judgement_interval(world, detector, calls, seed, &benches) < arl0)
			low = detector->threshold;
		else
			high = detector->threshold;
	}
	detector->threshold = high;
}

void rivals_calibrate(
		const sim_world_t *world, double arl0, double calls, uint64_t seed)
{
	for(int d = FIXED; d < DETECTORS; d++)
		calibrate(world, &detectors[d], arl0, calls, seed);
}
