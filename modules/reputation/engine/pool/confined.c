/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a bad number is bad. */

#include "confined.h"

#include <math.h>
#include <stdio.h>

#include "reading.h"
#include "strata.h"

#define QUIET 0.5f /* of a threshold: the other calls do not show it */

/* Calls with a label, and all the others: the run up to now that says most. */
typedef struct part
{
	float calls, sum, best;
	float others_best;
} part_t;

enum
{
	NETWORK,
	CAMPAIGN,
	ROUTE,
	KINDS
};

static const char *const kinds[KINDS] = {"network", "campaign", "route"};

/* What a cell says of a chart, in nats. */
static float said_of(const rep_charts_t *charts, const rep_tally_t *tally,
		float calls, rep_chart_t chart)
{
	float says = 0, z = 0;

	for(int c = 0; c < REP_JUDGED; c++) {
		says += share_of(&tally->seen, c) * charts->w[c][chart];
		z += share_of(&tally->expected, c) * charts->ew[c][chart];
	}
	return says - calls * logf(larger(z / calls, 1e-6f));
}

/* The next older cell: of label `i` of its kind, one of the others of all
 * others. `all`: the sum of all cells with this one. */
static void add(part_t *parts, unsigned i, float calls, float says, float all)
{
	part_t *mine = &parts[i];

	mine->calls += calls;
	mine->sum += says;
	mine->best = larger(mine->best, mine->sum);
	for(unsigned k = 0; k < REP_ROUTES_MAX; k++)
		parts[k].others_best = larger(parts[k].others_best, all - parts[k].sum);
}

static void name(const rep_pool_t *pool, int kind, unsigned i,
		char out[REP_EVENT_DETAIL])
{
	const rep_stratum_t as = {.route = (uint8_t)(kind == ROUTE ? i : 0),
			.campaign = (uint8_t)(kind == CAMPAIGN ? i : 0),
			.network = (uint8_t)(kind == NETWORK ? i : 0)};
	rep_dims_t dims;

	rep_stratum_dims(pool, &as, &dims);
	if(i)
		snprintf(out, REP_EVENT_DETAIL, "on %s %s only", kinds[kind],
				kind == ROUTE	   ? dims.route
				: kind == CAMPAIGN ? dims.campaign
								   : dims.network);
	else
		snprintf(out, REP_EVENT_DETAIL, "on calls without a %s only",
				kinds[kind]);
}

static bool is_confined(const part_t *part, float h, float all_calls)
{
	return part->best >= h && part->others_best < QUIET * h
		   && part->best / part->calls * (all_calls - part->calls) >= QUIET * h;
}

void rep_confined(const rep_pool_t *pool, const rep_number_t *number,
		const struct rep_assessed *on, bool whole, rep_chart_t chart,
		rep_time_t now, char out[REP_EVENT_DETAIL])
{
	const rep_reading_t *reading = rep_read(pool, number, now);
	float h = on->judged.threshold[chart], all = 0, all_calls = 0, fewest = 0;
	part_t parts[KINDS][REP_ROUTES_MAX] = {0};

	out[0] = '\0';
	for(unsigned k = 0; k < reading->n_cells; k++) {
		const rep_read_cell_t *cell = &reading->cells[k];
		const rep_read_route_t *route = &reading->routes[cell->route];
		const rep_stratum_t *stratum = pool->strata[cell->stratum];
		rep_tally_t tally;
		float says;

		if(!cell->turn || !(whole ? route->in_sum : route->route == on->route))
			continue;
		tally = rep_read_tally(pool, cell, NULL);
		says = said_of(&pool->charts, &tally, cell->calls, chart);
		all += says;
		all_calls += cell->calls;
		add(parts[NETWORK], stratum->network, cell->calls, says, all);
		add(parts[CAMPAIGN], stratum->campaign, cell->calls, says, all);
		add(parts[ROUTE], stratum->route, cell->calls, says, all);
	}
	for(int kind = 0; kind < KINDS; kind++)
		for(unsigned i = 0; i < REP_ROUTES_MAX; i++) {
			const part_t *part = &parts[kind][i];
			if(!is_confined(part, h, all_calls)
					|| (out[0] && part->calls >= fewest))
				continue;
			name(pool, kind, i, out);
			fewest = part->calls;
		}
}
