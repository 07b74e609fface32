/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The yardstick. In vectors of four lanes (the charts, and the sum of shares),
 * since it is asked for each cell of each number that is judged. */

#include "yardstick.h"

#include "mix.h"

/* How much the window weighs against one bucket, in calls, for common and for
 * rare outcomes. What is common swings with the hour and is soon known; what
 * is rare takes long to know. */
static const float window_calls[2] = {16, 4000};

void rep_yardstick_of(rep_yardstick_t *yardstick, const rep_charts_t *charts)
{
	shares_t mix = shares_load(yardstick->mix);
	vec_t common = vec_all(window_calls[0]) * common_times(&mix, charts->ew);
	vec_t rare = vec_all(window_calls[1]) * rare_times(&mix, charts->ew);

	memcpy(yardstick->common, &common, sizeof(common));
	memcpy(yardstick->rare, &rare, sizeof(rare));
}

void rep_yardstick_make(rep_yardstick_t *yardstick, const rep_charts_t *charts,
		const shares_t *others, const float parent[REP_JUDGED])
{
	rep_mix_draw(charts, others, parent, yardstick->mix);
	rep_yardstick_of(yardstick, charts);
}

float rep_yardstick_expect(const rep_yardstick_t *yardstick,
		const rep_charts_t *charts, const rep_seen_t *seen,
		float mix[REP_JUDGED])
{
	shares_t others = weighed_of(seen->row);
	float calls, sum = 0;

	for(int i = 0; i < HALVES; i++)
		others.h[i] = vec_not_negative(others.h[i] - seen->in_row.h[i]);
	calls = shares_sum(&others);
	for(int c = 0; c < REP_JUDGED; c++) {
		float k = window_calls[is_rare(c)];

		mix[c] = (share_of(&others, c) + k * yardstick->mix[c]) / (calls + k);
		sum += mix[c];
	}
	for(int c = 0; c < REP_JUDGED; c++)
		mix[c] /= sum;
	rep_mix_cut(mix, charts->ceiling);
	return calls;
}

/* Where a ceiling is touched. */
__attribute__((noinline, cold)) static vec_t cut_z(
		const rep_yardstick_t *yardstick, const rep_charts_t *charts,
		const rep_seen_t *seen)
{
	float mix[REP_JUDGED];
	shares_t cut;

	rep_yardstick_expect(yardstick, charts, seen, mix);
	cut = shares_load(mix);
	return common_times(&cut, charts->ew) + rare_times(&cut, charts->ew);
}

vec_t rep_yardstick_log_z(const rep_yardstick_t *yardstick,
		const rep_charts_t *charts, const rep_seen_t *seen)
{
	const rep_sums_t *sums = seen->sums;
	float calls = larger(sums->calls - shares_sum(&seen->in_row), 0);
	vec_t common =
			vec_load(sums->common) - common_times(&seen->in_row, charts->ew);
	vec_t rare = vec_load(sums->rare) - rare_times(&seen->in_row, charts->ew);
	vec_t z = (vec_not_negative(common) + vec_load(yardstick->common))
					  * vec_all(1 / (calls + window_calls[0]))
			  + (vec_not_negative(rare) + vec_load(yardstick->rare))
						* vec_all(1 / (calls + window_calls[1]));

	if(sums->peak > calls)
		z = cut_z(yardstick, charts, seen);
	z = vec_log(z);
	return z - vec_all(z[REP_CHARTS]);
}
