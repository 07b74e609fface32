/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The judge's first look. */

#include "screen.h"

#include "blocks.h"
#include "reading.h"
#include "../judge/bucket.h"
#include "../judge/cusum.h"

/* From this share of its threshold on a chart has the number judged: a little
 * before the judge begins to suspect it. */
#define CLOSE 0.45f
/* One that is suspected is judged again when a chart has gained this share. */
#define MORE 0.1f
/* And whenever it is so near to its threshold, in nats: no look is better. */
#define NEAR 0.5f
/* A number is read anew after this part of the window, */
#define STALE 3
/* and when the pool's window has grown by this part: what is known of the mix
 * is another thing then. One that is suspected, sooner. */
#define GROWN 1
#define GROWN_SUSPECT 16
/* One with evidence in more strata is judged as a whole each time. */
#define STRATA_MAX 16
#define NO_STRATUM UINT16_MAX

#define NAT 256

static uint16_t pack(float nats)
{
	return (uint16_t)larger(smaller(nats * NAT + 0.5f, UINT16_MAX), 0);
}

static float unpack(uint16_t nats)
{
	return (float)nats / NAT;
}

static rep_screen_t *at(const rep_pool_t *pool, uint32_t ref)
{
	return rep_slab_at(&pool->screens, ref);
}

/* ---- charts ------------------------------------------------------------- */

/* The charts of the number as a whole, or on one route (a place among the
 * reading's): of its newer cells, and of those before the bucket `from`. */
typedef struct course
{
	rep_cusum_t newer, older;
} course_t;

#define WHOLE REP_ROUTES_MAX

static course_t run_charts(
		const rep_reading_t *reading, unsigned route, uint32_t from)
{
	course_t course;

	memset(&course, 0, sizeof(course));
	for(unsigned k = 0; k < reading->n_cells; k++) {
		const rep_read_cell_t *cell = &reading->cells[k];

		if(cell->turn
				&& (route == WHOLE ? reading->routes[cell->route].in_sum
								   : cell->route == route))
			rep_cusum_add(cell->bucket < from ? &course.older : &course.newer,
					cell->says, cell->calls);
	}
	return course;
}

/* What the charts show when the run of the newer cells goes on into the older
 * ones; returns the cells of it. */
static uint32_t joined(
		const rep_cusum_t *newer, float older, uint32_t run, int j, float *s)
{
	bool back = older > 0 && newer->sum[j] + older > newer->s[j];

	*s = back ? newer->sum[j] + older : newer->s[j];
	return back ? newer->cells + run : newer->run[j];
}

/* False when a chart has come to its limit. */
static bool look(const course_t *course, const rep_screen_course_t *kept,
		float s[REP_CHARTS], uint32_t run[REP_CHARTS])
{
	for(int j = 0; j < REP_CHARTS; j++) {
		run[j] = joined(
				&course->newer, unpack(kept->s[j]), kept->run[j], j, &s[j]);
		if(s[j] >= unpack(kept->limit[j]))
			return false;
		s[j] = larger(s[j] - unpack(kept->less[j]), 0);
	}
	return true;
}

/* ---- looking ------------------------------------------------------------ */

static uint32_t first_newer(const rep_pool_t *pool, rep_time_t now)
{
	return rep_bucket_of(&pool->policy, now) - pool->policy.bucket_minutes;
}

static bool is_stale(
		const rep_pool_t *pool, const rep_screen_t *first, rep_time_t now)
{
	uint32_t age = first_newer(pool, now) - first->read_from;

	return first->charts != (uint16_t)pool->charts_made
		   || first->routes != (pool->n_routes > 1)
		   || age * STALE > pool->policy.window_hours * 60
		   || rep_counts_judged(&pool->window) > first->enough;
}

/* The place of its route among the reading's; n_routes = none. */
static unsigned route_of(const rep_pool_t *pool, const rep_reading_t *reading,
		const rep_screen_t *screen)
{
	uint8_t route = pool->strata[screen->stratum]->route;
	unsigned r = 0;

	while(r < reading->n_routes && reading->routes[r].route != route)
		r++;
	return r;
}

static bool look_at_routes(const rep_pool_t *pool, const rep_reading_t *reading,
		const rep_screen_t *first)
{
	float s[REP_CHARTS];
	uint32_t run[REP_CHARTS];
	const rep_screen_t *screen;

	for(uint32_t ref = first->next; ref != REP_NONE; ref = screen->next) {
		course_t course;
		unsigned r;

		screen = at(pool, ref);
		r = route_of(pool, reading, screen);
		course = run_charts(reading, r, 0);
		if(!look(&course, &screen->course, s, run))
			return false;
	}
	return true;
}

/* ---- time goes on ------------------------------------------------------- */

/* Cells before the bucket `from` become older ones. */
static void advance_course(rep_screen_course_t *kept,
		const rep_reading_t *reading, unsigned route, uint32_t from)
{
	rep_cusum_t cusum = run_charts(reading, route, from).older;
	float s;

	for(int j = 0; j < REP_CHARTS; j++) {
		kept->run[j] = (uint16_t)joined(
				&cusum, unpack(kept->s[j]), kept->run[j], j, &s);
		kept->s[j] = pack(s);
	}
}

static uint32_t older_calls(const rep_reading_t *reading, uint32_t from)
{
	float calls = 0;

	for(unsigned k = 0; k < reading->n_cells; k++)
		if(reading->cells[k].turn && reading->cells[k].bucket < from)
			calls += reading->cells[k].calls;
	return (uint32_t)calls;
}

static void advance(const rep_pool_t *pool, const rep_reading_t *reading,
		rep_screen_t *first, uint32_t from)
{
	rep_screen_t *screen;

	if(from <= first->from)
		return;
	advance_course(&first->course, reading, WHOLE, from);
	for(uint32_t ref = first->routes ? first->next : REP_NONE; ref != REP_NONE;
			ref = screen->next) {
		screen = at(pool, ref);
		advance_course(&screen->course, reading,
				route_of(pool, reading, screen), from);
	}
	first->calls += older_calls(reading, from);
	first->from = from;
}

bool rep_screen(const rep_pool_t *pool, const rep_number_t *number,
		rep_time_t now, rep_judged_t *judged, uint32_t run[REP_CHARTS],
		uint32_t *calls)
{
	const rep_reading_t *reading;
	rep_screen_t *first;
	course_t course;

	if(number->screen == REP_NONE || rep_block_charts(pool, number))
		return false;
	first = at(pool, number->screen);
	if(is_stale(pool, first, now))
		return false;
	reading = rep_read_newer(pool, number, now);
	if(!reading)
		return false;
	course = run_charts(reading, WHOLE, 0);
	if(!look(&course, &first->course, judged->s, run)
			|| (first->routes && !look_at_routes(pool, reading, first)))
		return false;
	*calls = first->calls + older_calls(reading, UINT32_MAX);
	memcpy(judged->threshold, pool->baseline.threshold,
			sizeof(judged->threshold));
	rep_judged_settle(judged);
	advance(pool, reading, first, first_newer(pool, now));
	return true;
}

/* ---- keeping ------------------------------------------------------------ */

void rep_screen_drop(rep_pool_t *pool, rep_number_t *number)
{
	while(number->screen != REP_NONE) {
		uint32_t ref = number->screen;

		number->screen = at(pool, ref)->next;
		rep_slab_free(&pool->screens, ref);
	}
}

void rep_screen_counted(rep_pool_t *pool, rep_number_t *number, uint32_t bucket)
{
	if(number->screen != REP_NONE && bucket < at(pool, number->screen)->from)
		rep_screen_drop(pool, number);
}

static void keep_course(rep_screen_course_t *kept, const rep_reading_t *reading,
		unsigned route, uint32_t from, const rep_judged_t *judged)
{
	course_t course = run_charts(reading, route, from);

	for(int j = 0; j < REP_CHARTS; j++) {
		float h = judged->threshold[j], to_go = h - judged->s[j], s;

		joined(&course.newer, course.older.s[j], 0, j, &s);
		kept->s[j] = pack(course.older.s[j]);
		kept->run[j] = (uint16_t)course.older.run[j];
		kept->less[j] = pack(s - judged->s[j]);
		kept->limit[j] =
				pack(larger(CLOSE * h, s + smaller(MORE * h, to_go - NEAR)));
	}
}

static rep_screen_t *put(
		rep_pool_t *pool, rep_number_t *number, uint16_t stratum)
{
	uint32_t ref = rep_slab_alloc(&pool->screens);
	rep_screen_t *screen;

	if(ref == REP_SLAB_NONE) {
		atomic_fetch_add(&pool->registry->full_memory, 1);
		rep_screen_drop(pool, number);
		return NULL;
	}
	screen = at(pool, ref);
	screen->stratum = stratum;
	screen->next = number->screen;
	number->screen = ref;
	if(stratum != NO_STRATUM)
		memcpy(screen->mix, rep_read_yardstick(stratum)->mix,
				sizeof(screen->mix));
	return screen;
}

/* The strata that judge the number, at most STRATA_MAX; else more than that. */
static unsigned strata_of(
		const rep_reading_t *reading, uint16_t strata[STRATA_MAX])
{
	unsigned n = 0;

	for(unsigned k = 0; k < reading->n_cells; k++) {
		unsigned i = 0;

		while(i < n && strata[i] != reading->cells[k].stratum)
			i++;
		if(i == STRATA_MAX)
			return STRATA_MAX + 1;
		strata[i] = reading->cells[k].stratum;
		n = i == n ? n + 1 : n;
	}
	return n;
}

/* A pool without routes needs no more than the first of one stratum; one with
 * routes has a first that is of none. */
void rep_screen_keep(rep_pool_t *pool, rep_number_t *number,
		const rep_assessment_t *a, rep_time_t now)
{
	const rep_reading_t *reading = a->reading;
	uint32_t from = first_newer(pool, now);
	bool routes = pool->n_routes > 1;
	uint16_t strata[STRATA_MAX];
	unsigned n = strata_of(reading, strata), left = routes ? 0 : 1;
	rep_screen_t *screen;

	rep_screen_drop(pool, number);
	if(a->on_trial || n == 0 || n > STRATA_MAX)
		return;
	for(unsigned i = n; i > left; i--) {
		screen = put(pool, number, strata[i - 1]);
		if(!screen)
			return;
		for(unsigned r = 0; routes && r < reading->n_routes; r++)
			if(reading->routes[r].route == pool->strata[strata[i - 1]]->route)
				keep_course(&screen->course, reading, r, from,
						&a->routes[r].judged);
	}
	screen = put(pool, number, routes ? NO_STRATUM : strata[0]);
	if(!screen)
		return;
	keep_course(&screen->course, reading, WHOLE, from, &a->sum.judged);
	screen->charts = (uint16_t)pool->charts_made;
	screen->from = screen->read_from = from;
	screen->enough = rep_counts_judged(&pool->window);
	screen->enough += screen->enough / (a->suspect ? GROWN_SUSPECT : GROWN);
	screen->routes = routes;
	screen->calls = older_calls(reading, from);
}
