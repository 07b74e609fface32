/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "healthy.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define HOUR 3600000
#define LABELS 4096
/* An hour's share is drawn to the log's by so many calls. The common outcomes
 * swing with the hour, a rare one's share in it is mostly noise. */
#define COMMON 50
#define RARE 1000

static bool is_rare(int outcome)
{
	return outcome == REP_SHORT || outcome == REP_UNWANTED
		   || outcome == REP_BLOCKED || outcome == REP_AMBIGUOUS;
}

/* ---- mixes --------------------------------------------------------------- */

static replay_mixes_t *hour_of(
		const replay_healthy_t *healthy, uint32_t pool, rep_time_t at)
{
	return &healthy->hour[pool * healthy->hours
						  + (size_t)((at - healthy->first) / HOUR)];
}

static replay_mixes_t *label_of(
		const replay_healthy_t *healthy, uint32_t pool, size_t call)
{
	return &healthy->by_label[(size_t)pool * healthy->labels.n
							  + healthy->label[call]];
}

/* Counts become shares, each drawn to `towards`. */
static void settle(replay_mixes_t *mix, const replay_mixes_t *towards)
{
	float calls = 0;

	for(int o = 0; o < REP_JUDGED; o++)
		calls += mix->share[o];
	for(int o = 0; o < REP_JUDGED; o++) {
		float k = is_rare(o) ? RARE : COMMON;

		mix->share[o] = (mix->share[o] + k * towards->share[o]) / (calls + k);
	}
}

/* No outcome is impossible. */
static void settle_pool(replay_mixes_t *mix)
{
	float calls = 0;

	for(int o = 0; o < REP_JUDGED; o++)
		calls += mix->share[o] += 0.5f;
	for(int o = 0; o < REP_JUDGED; o++)
		mix->share[o] /= calls;
}

static void count_all(replay_healthy_t *healthy,
		const replay_absence_t *absences, size_t n, rep_time_t *absent_until)
{
	const replay_calls_t *log = healthy->log;
	size_t next = 0;

	for(size_t i = 0; i < log->n; i++) {
		const replay_call_t *call = &log->call[i];
		uint32_t pool = log->number[call->number].pool;

		for(; next < n && absences[next].from <= call->at; next++)
			absent_until[absences[next].number] = absences[next].to;
		if(call->outcome >= REP_JUDGED || absent_until[call->number] > call->at)
			continue;
		healthy->pool[pool].share[call->outcome]++;
		hour_of(healthy, pool, call->at)->share[call->outcome]++;
		label_of(healthy, pool, i)->share[call->outcome]++;
	}
}

static void settle_all(replay_healthy_t *healthy)
{
	for(uint32_t p = 0; p < healthy->log->pools.n; p++) {
		replay_mixes_t *pool = &healthy->pool[p];

		settle_pool(pool);
		for(size_t h = 0; h < healthy->hours; h++)
			settle(&healthy->hour[p * healthy->hours + h], pool);
		for(uint32_t l = 0; l < healthy->labels.n; l++) {
			replay_mixes_t *mix =
					&healthy->by_label[(size_t)p * healthy->labels.n + l];

			settle(mix, pool);
			for(int o = 0; o < REP_JUDGED; o++)
				mix->share[o] /= pool->share[o];
		}
	}
}

/* What does not fit is taken for the first. */
static bool label_all(replay_healthy_t *healthy)
{
	const replay_calls_t *log = healthy->log;

	healthy->label = calloc(log->n, sizeof(*healthy->label));
	for(size_t i = 0; healthy->label && i < log->n; i++) {
		const replay_call_t *call = &log->call[i];
		char text[32];
		uint32_t label;

		snprintf(text, sizeof(text), "%u %u %u", call->route, call->campaign,
				call->network);
		label = replay_name_put(&healthy->labels, rep_span(text), LABELS);
		healthy->label[i] = label < LABELS ? (uint16_t)label : 0;
	}
	return healthy->label && healthy->labels.n;
}

/* ---- callees that are called again -------------------------------------- */

static uint64_t hash_of(const replay_call_t *call)
{
	uint64_t x = call->callee * UINT64_C(0x9E3779B97F4A7C15) + call->number;

	x ^= x >> 32;
	x *= UINT64_C(0xD6E8FEB86659FD93);
	return x ^ x >> 32;
}

/* The table has the last call of each number to each callee; as `same`. */
static bool find_repeats(replay_healthy_t *healthy)
{
	const replay_calls_t *log = healthy->log;
	size_t room = 1;
	uint32_t *last;

	if(!log->callees || log->n >= UINT32_MAX)
		return true;
	while(room < 2 * log->n)
		room *= 2;
	last = calloc(room, sizeof(*last));
	healthy->same = calloc(log->n, sizeof(*healthy->same));
	for(size_t i = 0; last && healthy->same && i < log->n; i++) {
		const replay_call_t *call = &log->call[i], *before;
		size_t at = hash_of(call) & (room - 1);

		if(!call->callee)
			continue;
		for(; last[at]; at = (at + 1) & (room - 1)) {
			before = &log->call[last[at] - 1];
			if(before->callee == call->callee && before->number == call->number)
				break;
		}
		if(last[at] && log->call[last[at] - 1].outcome == call->outcome)
			healthy->same[i] = last[at];
		last[at] = (uint32_t)i + 1;
	}
	free(last);
	return last && healthy->same;
}

/* ---- the whole ---------------------------------------------------------- */

static replay_mixes_t *mixes_for(const replay_calls_t *log, size_t each)
{
	return calloc(log->pools.n * each, sizeof(replay_mixes_t));
}

bool replay_healthy_learn(replay_healthy_t *healthy, const replay_calls_t *log,
		const replay_absence_t *absences, size_t n)
{
	rep_time_t *absent_until = calloc(log->n_numbers, sizeof(*absent_until));

	healthy->log = log;
	healthy->first = log->call[0].at;
	healthy->hours =
			(size_t)((log->call[log->n - 1].at - healthy->first) / HOUR) + 1;
	healthy->pool = mixes_for(log, 1);
	healthy->hour = mixes_for(log, healthy->hours);
	if(label_all(healthy))
		healthy->by_label = mixes_for(log, healthy->labels.n);
	if(!absent_until || !healthy->pool || !healthy->hour
			|| !healthy->by_label) {
		free(absent_until);
		return false;
	}
	count_all(healthy, absences, n, absent_until);
	settle_all(healthy);
	free(absent_until);
	return find_repeats(healthy);
}

void replay_healthy_free(replay_healthy_t *healthy)
{
	free(healthy->pool);
	free(healthy->hour);
	replay_names_free(&healthy->labels);
	free(healthy->label);
	free(healthy->by_label);
	free(healthy->same);
}

/* ---- chance -------------------------------------------------------------- */

/* In (0, 1); splitmix64. */
static double uniform(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);

	z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
	return ((double)((z ^ z >> 31) >> 11) + 0.5) * 0x1p-53;
}

static double normal(uint64_t *state)
{
	double r = sqrt(-2 * log(uniform(state)));

	return r * cos(2 * M_PI * uniform(state));
}

/* Marsaglia and Tsang, ACM TOMS 26 (2000) 363. */
static double gamma_of(double shape, uint64_t *state)
{
	double lift = 1, d, x, v;

	if(shape < 1) {
		lift = pow(uniform(state), 1 / shape);
		shape++;
	}
	d = shape - 1.0 / 3;
	do {
		x = normal(state);
		v = 1 + x / sqrt(9 * d);
		v = v * v * v;
	} while(v <= 0
			|| log(uniform(state)) >= x * x / 2 + d - d * v + d * log(v));
	return lift * d * v;
}

/* ---- drawing ------------------------------------------------------------- */

/* What tilts the mix of a number's calls: its own, and of its list. */
typedef struct tilt
{
	float own[REP_JUDGED], list[REP_JUDGED];
	unsigned left; /* calls of this list */
	bool known;
} tilt_t;

/* Factors that make a mix one of a Dirichlet around it, but for its sum. */
static void draw_tilt(float factor[REP_JUDGED], const replay_mixes_t *around,
		double concentration, uint64_t *state)
{
	for(int o = 0; o < REP_JUDGED; o++) {
		double shape = concentration * around->share[o];

		factor[o] = isinf(concentration)
							? 1
							: (float)(gamma_of(shape, state) / shape);
	}
}

static uint8_t draw(const replay_mixes_t *hour, const replay_mixes_t *label,
		const tilt_t *tilt, uint64_t *state)
{
	float weight[REP_JUDGED], sum = 0, u;
	uint8_t o = 0;

	for(int k = 0; k < REP_JUDGED; k++)
		sum += weight[k] =
				hour->share[k] * label->share[k] * tilt->own[k] * tilt->list[k];
	u = (float)uniform(state) * sum;
	while(o < REP_JUDGED - 1 && (u -= weight[o]) >= 0)
		o++;
	return o;
}

bool replay_healthy_draw(const replay_healthy_t *healthy,
		const rep_spread_t *spread, uint64_t seed, replay_call_t *out)
{
	const replay_calls_t *log = healthy->log;
	tilt_t *tilts = calloc(log->n_numbers, sizeof(*tilts));

	if(!tilts)
		return false;
	for(size_t i = 0; i < log->n; i++) {
		tilt_t *tilt = &tilts[log->call[i].number];
		uint32_t p = log->number[log->call[i].number].pool;
		const replay_mixes_t *pool = &healthy->pool[p];

		out[i] = log->call[i];
		if(out[i].outcome >= REP_JUDGED)
			continue;
		if(!tilt->known)
			draw_tilt(tilt->own, pool, spread[p].between, &seed);
		tilt->known = true;
		if(!tilt->left) {
			draw_tilt(tilt->list, pool, spread[p].lists, &seed);
			tilt->left = REP_LIST_CALLS;
		}
		tilt->left--;
		if(healthy->same && healthy->same[i])
			out[i].outcome = out[healthy->same[i] - 1].outcome;
		else
			out[i].outcome = draw(hour_of(healthy, p, out[i].at),
					label_of(healthy, p, i), tilt, &seed);
	}
	free(tilts);
	return true;
}
