/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Spread of a pool. */

#include "spreads.h"

#include "reading.h"
#include "slot.h"
#include "../judge/bucket.h"

#define TIMES 6				/* a window */
#define NUMBERS 1000		/* looked at, at most */
#define LISTS (4 * NUMBERS) /* likewise: 600 KB for a moment */
#define FEWEST 20			/* calls of a number */
/* Calls of a part: more are a busy number's hour, in which its lists are lost,
 * and what others in it tell of the yardstick is as unsure as they differ. */
#define LONGEST (2 * REP_LIST_CALLS)
#define ROUNDS 2 /* each of the two is found given the other */

typedef struct list
{
	rep_spread_part_t calls;
	uint32_t number; /* index below */
} list_t;

typedef struct sample
{
	uint32_t from, to; /* buckets: minutes */
	uint32_t every;	   /* one number in so many */
	size_t n_numbers, n_lists;
	rep_spread_part_t numbers[NUMBERS];
	list_t lists[LISTS];
	rep_spread_part_t own_mean[LISTS];
} sample_t;

static void part_add(rep_spread_part_t *part, const rep_tally_t *tally)
{
	for(int c = 0; c < REP_JUDGED; c++) {
		part->seen[c] += share_of(&tally->seen, c);
		part->expected[c] += share_of(&tally->expected, c);
	}
}

static float calls_of(const rep_spread_part_t *part)
{
	float sum = 0;

	for(int c = 0; c < REP_JUDGED; c++)
		sum += part->seen[c];
	return sum;
}

/* The calls of one number: as a whole, and by what was about one list each. */
static void take_number(const rep_pool_t *pool, const rep_number_t *number,
		sample_t *sample, rep_time_t now)
{
	rep_spread_part_t all = {{0}, {0}}, list = {{0}, {0}};
	size_t first = sample->n_lists;
	const rep_reading_t *reading = rep_read(pool, number, now);

	for(unsigned k = 0; k < reading->n_cells; k++) {
		const rep_read_cell_t *cell = &reading->cells[k];
		rep_tally_t tally;

		if(cell->bucket < sample->from || cell->bucket >= sample->to
				|| cell->weight < 0.5f)
			continue;
		tally = rep_read_tally(pool, cell, NULL);
		part_add(&all, &tally);
		part_add(&list, &tally);
		if(calls_of(&list) < REP_LIST_CALLS || sample->n_lists == LISTS)
			continue;
		if(calls_of(&list) <= LONGEST) {
			sample->lists[sample->n_lists].calls = list;
			sample->lists[sample->n_lists++].number =
					(uint32_t)sample->n_numbers;
		}
		list = (rep_spread_part_t){{0}, {0}};
	}
	if(calls_of(&all) >= FEWEST)
		sample->numbers[sample->n_numbers++] = all;
	else
		sample->n_lists = first;
}

static void take(rep_pool_t *pool, sample_t *sample, rep_time_t now)
{
	for(uint32_t i = 0; sample->n_numbers < NUMBERS; i++) {
		const rep_number_t *number;
		bool more;

		rep_lock(&pool->lock);
		more = i < rep_slab_count(&pool->numbers);
		if(more) {
			number = rep_number_at(pool, i);
			if(number->flags & REP_LIVE && number->cells != REP_NONE
					&& number->hash % sample->every == 0)
				take_number(pool, number, sample, now);
		}
		rep_unlock(&pool->lock);
		if(!more)
			return;
	}
}

/* Lists around the mean of their number: what the yardstick expects, moved as
 * all calls of the number are off it. */
static void around_own_mean(sample_t *sample, float between)
{
	for(size_t k = 0; k < sample->n_lists; k++) {
		const rep_spread_part_t *all =
				&sample->numbers[sample->lists[k].number];
		float weight = between / calls_of(all);

		sample->own_mean[k] = sample->lists[k].calls;
		for(int c = 0; c < REP_JUDGED; c++)
			sample->own_mean[k].expected[c] *=
					(weight * all->expected[c] + all->seen[c] + 1e-6f)
					/ ((weight + 1) * all->expected[c] + 1e-6f);
	}
}

static rep_spread_t found(sample_t *sample)
{
	rep_spread_t spread = REP_SPREAD_PRIOR;

	for(int round = 0; round < ROUNDS; round++) {
		around_own_mean(sample, spread.between);
		spread.lists = rep_spread_lists(sample->own_mean, sample->n_lists);
		spread.between = rep_spread_between(
				sample->numbers, sample->n_numbers, spread.lists);
	}
	return spread;
}

void rep_pool_find_spread(rep_pool_t *pool, rep_time_t now)
{
	rep_time_t window, step, at;
	rep_spread_t spread;
	sample_t *sample;
	bool due;

	rep_lock(&pool->lock);
	window = pool->policy.window_hours * (60 * (rep_time_t)REP_MINUTE);
	step = window / TIMES;
	at = now - now % step;
	due = now >= pool->spread_until || pool->spread_until > at + step;
	pool->spread_until = at + step;
	rep_unlock(&pool->lock);
	if(!due)
		return;
	sample = rep_alloc(sizeof(*sample));
	if(!sample)
		return;
	*sample = (sample_t){.from = rep_minute_of(at - window + step),
			.to = rep_minute_of(at),
			.every = pool->live_numbers / NUMBERS + 1};
	take(pool, sample, now);
	spread = found(sample);
	rep_free(sample);
	rep_lock(&pool->lock);
	pool->spread = spread;
	rep_unlock(&pool->lock);
}
