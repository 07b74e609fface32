/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mixes. */

#include "mix.h"

#define STRONGEST 3000.0f /* calls that a parent weighs at most */
#define RAREST 1e-6f

void rep_mix_cut(float v[REP_JUDGED], const float *ceiling)
{
	bool at_ceiling[REP_JUDGED] = {false};

	for(int round = 0; round < REP_JUDGED; round++) {
		float fixed = 0, loose = 0, scale;
		bool again = false;

		for(int c = 0; c < REP_JUDGED; c++)
			*(at_ceiling[c] ? &fixed : &loose) += v[c];
		if(loose <= 0)
			break;
		scale = larger(1 - fixed, 0) / loose;
		for(int c = 0; c < REP_JUDGED; c++) {
			if(at_ceiling[c])
				continue;
			v[c] *= scale;
			if(v[c] > ceiling[c]) {
				v[c] = ceiling[c];
				at_ceiling[c] = again = true;
			}
		}
		if(!again)
			break;
	}
}

void rep_mix_draw(const rep_charts_t *charts, const shares_t *v,
		const float parent[REP_JUDGED], float mix[REP_OUTCOMES])
{
	vec_t calls = vec_all(shares_sum(v));
	shares_t m = shares_load(parent);

	for(int i = 0; i < HALVES; i++) {
		vec_t k = vec_smaller(vec_all(1) / vec_larger(m.h[i], vec_all(RAREST)),
				vec_all(STRONGEST));

		m.h[i] = (v->h[i] + k * m.h[i]) / (calls + k);
	}
	memset(mix, 0, REP_OUTCOMES * sizeof(*mix));
	memcpy(mix, m.h, sizeof(m.h));
	rep_mix_cut(mix, charts->ceiling);
}

void rep_mix_make(const rep_charts_t *charts, const rep_counts_t *counts,
		float mix[REP_OUTCOMES])
{
	shares_t v = counts_of(counts);

	rep_mix_draw(charts, &v, charts->prior, mix);
}
