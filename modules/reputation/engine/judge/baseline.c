/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The baseline. */

#include "baseline.h"

#include "mix.h"
#include "threshold.h"

/* No traffic is quite as the urn has it: effects that some numbers share, the
 * starts of lists. Chosen by the tables of docs/judge.md. */
#define MARGIN 1.35
#define RAREST 1e-6f

/* Which outcomes add to any chart. */
static uint32_t against(const rep_charts_t *charts, const float *mix)
{
	shares_t v = shares_load(mix);
	vec_t z = common_times(&v, charts->ew) + rare_times(&v, charts->ew);
	vec_t log_z = vec_log(z / vec_all(z[REP_CHARTS]));
	uint32_t bits = 0;

	for(int c = 0; c < REP_JUDGED; c++)
		for(int j = 0; j < REP_CHARTS; j++)
			if(charts->w[c][j] > log_z[j])
				bits |= 1u << c;
	return bits;
}

void rep_baseline_make(rep_baseline_t *baseline, const rep_charts_t *charts,
		const rep_counts_t *window, unsigned runs)
{
	/* the charts share the false benches alike */
	double arl0 = charts->arl0 * MARGIN * REP_CHARTS * (runs > 1 ? runs : 1);
	shares_t v = weighed_of(window);
	double h[REP_CHARTS];

	baseline->window = *window;
	rep_mix_draw(charts, &v, charts->prior, baseline->mix);
	rep_thresholds(charts, baseline->mix, arl0, h);
	for(int j = 0; j < REP_CHARTS; j++)
		baseline->threshold[j] = (float)h[j];
	baseline->against = against(charts, baseline->mix);
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
