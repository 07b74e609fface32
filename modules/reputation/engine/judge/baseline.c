/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The baseline. */

#include "baseline.h"

#include <math.h>

#include "mix.h"
#include "threshold.h"

/* Each chart's share of the false benches that a policy allows: more to the
 * one that is furthest from what theory allows. */
static const double false_share[REP_CHARTS] = {
		[REP_CHART_BLOCKED] = 0.275,
		[REP_CHART_REJECTED] = 0.45,
		[REP_CHART_LABELLED] = 0.275,
};

#define OVERSHOOT 0.85 /* fitted; in theory the mean of e^-overshoot */
#define RAREST 1e-6f

/* For each chart, Kullback and Leibler's divergence of its own mix from this
 * one; and which outcomes add to any. */
static void gains(rep_baseline_t *baseline, const rep_charts_t *charts)
{
	shares_t v = shares_load(baseline->mix);
	vec_t z = common_times(&v, charts->ew) + rare_times(&v, charts->ew);
	vec_t log_z = vec_log(z / vec_all(z[REP_CHARTS]));

	baseline->against = 0;
	for(int j = 0; j < REP_CHARTS; j++) {
		float sum = 0;

		for(int c = 0; c < REP_JUDGED; c++) {
			float w = charts->w[c][j];

			sum += baseline->mix[c] * charts->ew[c][j] * w;
			if(w > log_z[j])
				baseline->against |= 1u << c;
		}
		baseline->gain[j] = larger(sum / z[j] - log_z[j], 0);
	}
}

void rep_baseline_make(rep_baseline_t *baseline, const rep_charts_t *charts,
		const rep_counts_t *window, unsigned runs)
{
	shares_t v = counts_of(window);
	double arl0[REP_CHARTS], h[REP_CHARTS];

	baseline->window = *window;
	baseline->calls = shares_sum(&v);
	rep_mix_of(charts, &v, baseline->mix);
	for(int j = 0; j < REP_CHARTS; j++)
		arl0[j] = charts->arl0 * fmax(runs, 1) / false_share[j];
	rep_thresholds(charts, baseline->mix, arl0, h);
	for(int j = 0; j < REP_CHARTS; j++) {
		baseline->threshold[j] = (float)h[j];
		baseline->starts[j] = (float)(exp(h[j]) / (OVERSHOOT * arl0[j]));
	}
	gains(baseline, charts);
}

void rep_sums_make(rep_sums_t *sums, const rep_charts_t *charts,
		const rep_counts_t *pool, unsigned unit)
{
	vec_t each = vec_all(1.0f / (float)unit), common, rare;
	shares_t v = counts_of(pool);

	for(int i = 0; i < HALVES; i++)
		v.h[i] *= each;
	common = common_times(&v, charts->ew);
	rare = rare_times(&v, charts->ew);

	memcpy(sums->common, &common, sizeof(common));
	memcpy(sums->rare, &rare, sizeof(rare));
	sums->calls = shares_sum(&v);
	sums->peak = 0;
	for(int c = 0; c < REP_JUDGED; c++) {
		float ceiling = charts->ceiling[c];

		if(ceiling < 1)
			sums->peak = larger(
					sums->peak, share_of(&v, c) / larger(ceiling, RAREST));
	}
}
