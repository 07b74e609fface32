/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reputation.explain: everything from which a person can redo a verdict. */

#include "core/dprint.h"

#include "explain.h"
#include "rpc_args.h"
#include "shared.h"
#include "../engine/pool/pools.h"
#include "../formats/event.h"

#define BUCKETS 72
#define EVENTS 16

static void add_mix(
		rpc_t *rpc, void *parent, const char *name, const float *mix)
{
	void *item;

	rpc->struct_add(parent, "{", name, &item);
	for(int o = 0; o < REP_JUDGED; o++)
		rpc->struct_add(item, "f", rep_outcome_name(o), (double)mix[o]);
}

static void add_charts(rpc_t *rpc, void *parent, const rep_judged_t *judged)
{
	void *list, *item;

	rpc->struct_add(parent, "[", "charts", &list);
	for(int c = 0; c < REP_CHARTS; c++) {
		rpc->array_add(list, "{", &item);
		rpc->struct_add(item, "sff", "chart", rep_chart_name(c), "statistic",
				(double)judged->s[c], "threshold",
				(double)judged->threshold[c]);
	}
}

static void add_routes(
		rpc_t *rpc, void *parent, const rep_route_view_t *routes, size_t n)
{
	void *list, *item;

	rpc->struct_add(parent, "[", "routes", &list);
	for(size_t i = 0; i < n; i++) {
		rpc->array_add(list, "{", &item);
		rpc->struct_add(item, "sssuuuf", "route", routes[i].route, "state",
				rep_state_name(routes[i].state), "reason",
				rep_reason_name(routes[i].reason), "since",
				rep_rpc_s(routes[i].since), "until", rep_rpc_s(routes[i].until),
				"strikes", routes[i].strikes, "score",
				(double)routes[i].judged.score);
		rep_rpc_counts(rpc, item, "counts", &routes[i].counts);
		add_charts(rpc, item, &routes[i].judged);
	}
}

static void add_buckets(rpc_t *rpc, void *parent, int pool, rep_e164_t number)
{
	static rep_bucket_view_t buckets[BUCKETS];
	void *list, *item;
	size_t n = rep_view_buckets(
			rep_shared->registry, pool, number, buckets, BUCKETS);

	rpc->struct_add(parent, "[", "buckets", &list);
	for(size_t i = 0; i < n; i++) {
		rpc->array_add(list, "{", &item);
		rpc->struct_add(item, "usuu", "start", buckets[i].bucket * 60, "route",
				buckets[i].dims.route, "turn", buckets[i].turn, "route_turn",
				buckets[i].route_turn);
		if(buckets[i].dims.campaign[0])
			rpc->struct_add(item, "s", "campaign", buckets[i].dims.campaign);
		if(buckets[i].dims.network[0])
			rpc->struct_add(item, "s", "network", buckets[i].dims.network);
		if(buckets[i].repeat)
			rpc->struct_add(item, "s", "repeat", "yes");
		rep_rpc_counts(rpc, item, "counts", &buckets[i].own);
		rep_rpc_counts(rpc, item, "pool_counts", &buckets[i].pool);
	}
}

/* The members of an event in a struct of RPC. */
typedef struct member
{
	rpc_t *rpc;
	void *item, *charts;
} member_t;

static void put_text(void *ctx, const char *name, const char *value)
{
	member_t *m = ctx;

	m->rpc->struct_add(m->item, "s", name, value);
}

static void put_whole(void *ctx, const char *name, int64_t value)
{
	member_t *m = ctx;

	m->rpc->struct_add(m->item, "u", name, rep_rpc_u32((uint64_t)value));
}

static void put_real(void *ctx, const char *name, double value)
{
	member_t *m = ctx;

	m->rpc->struct_add(m->item, "f", name, value);
}

static void put_time(void *ctx, const char *name, rep_time_t value)
{
	put_whole(ctx, name, rep_rpc_s(value));
}

static void put_counts(void *ctx, const char *name, const rep_counts_t *counts)
{
	member_t *m = ctx;

	rep_rpc_counts(m->rpc, m->item, name, counts);
}

static void put_mix(void *ctx, const char *name, const float *share)
{
	member_t *m = ctx;

	add_mix(m->rpc, m->item, name, share);
}

static void put_chart(
		void *ctx, const char *chart, double statistic, double threshold)
{
	member_t *m = ctx;
	void *item;

	if(!m->charts)
		m->rpc->struct_add(m->item, "[", "charts", &m->charts);
	m->rpc->array_add(m->charts, "{", &item);
	m->rpc->struct_add(item, "sff", "chart", chart, "statistic", statistic,
			"threshold", threshold);
}

/* The newest events about the number that are still in the ring. */
static void add_events(rpc_t *rpc, void *parent, int pool, rep_e164_t number)
{
	static rep_event_t events[REP_EVENT_RING];
	member_t member = {.rpc = rpc};
	const rep_event_visitor_t to = {&member, put_text, put_whole, put_real,
			put_time, put_counts, put_mix, put_chart};
	uint64_t cursor = 0;
	void *list;
	size_t n = rep_events_read(rep_registry_events(rep_shared->registry),
			&cursor, events, REP_EVENT_RING);
	unsigned left = EVENTS;

	rpc->struct_add(parent, "[", "events", &list);
	while(n-- > 0 && left > 0) {
		const rep_event_t *e = &events[n];
		if(e->pool != pool || e->number != number)
			continue;
		left--;
		rpc->array_add(list, "{", &member.item);
		member.charts = NULL;
		rep_event_walk(e, rep_event_pool(e, rep_shared->registry), &to);
	}
}

/* In words: why a number is in use although a chart is over its threshold. */
static void add_not_benched(
		rpc_t *rpc, void *item, const rep_number_view_t *view)
{
	const char *chart = rep_chart_name(view->over);
	char text[160];

	if(view->over == REP_CHARTS)
		return;
	if(view->state == REP_PROBATION)
		snprintf(text, sizeof(text),
				"on probation: its calls since it came back decide, not the"
				" charts");
	else if(view->held_until)
		snprintf(text, sizeof(text),
				"%s is over its threshold, but a pool-wide cause explains it:"
				" nobody is benched by this chart until %u",
				chart, rep_rpc_s(view->held_until));
	else
		snprintf(text, sizeof(text),
				"%s is over its threshold: benched with the next call that"
				" speaks against the number, none came since",
				chart);
	rpc->struct_add(item, "s", "not_benched", text);
}

void rep_rpc_explain(rpc_t *rpc, void *ctx)
{
	static rep_route_view_t routes[REP_ROUTES_MAX];
	rep_number_view_t view;
	rep_pool_view_t pool_view;
	rep_e164_t number;
	size_t n_routes;
	void *item;
	int pool;

	if(!rep_rpc_pool(rpc, ctx, &pool)
			|| !rep_rpc_number(rpc, ctx, pool, &number)
			|| !rep_rpc_end(rpc, ctx))
		return;
	if(!rep_view_number(rep_shared->registry, pool, number, rep_now(), &view,
			   routes, REP_ROUTES_MAX, &n_routes)
			|| !rep_view_pool(
					rep_shared->registry, pool, rep_now(), &pool_view)) {
		rep_rpc_unknown(rpc, ctx, number);
		return;
	}
	rpc->add(ctx, "{", &item);
	rpc->struct_add(item, "s", "pool", pool_view.name);
	if(!view.observed)
		rpc->struct_add(item, "s", "mode", "enforce");
	rep_rpc_view(rpc, item, &view);
	rep_rpc_attributes(rpc, item, pool, number);
	add_not_benched(rpc, item, &view);
	if(view.block[0])
		rpc->struct_add(item, "s", "block", view.block);
	rpc->struct_add(item, "u", "turn", view.turn);
	rep_rpc_counts(rpc, item, "counts", &view.counts);
	rep_rpc_counts(rpc, item, "since_turn", &view.since_turn);
	rep_rpc_counts(rpc, item, "pool_counts", &pool_view.counts);
	add_charts(rpc, item, &view.judged);
	add_mix(rpc, item, "yardstick", pool_view.baseline.mix);
	add_routes(rpc, item, routes, n_routes);
	rep_rpc_by_label(rpc, item, pool, number);
	add_buckets(rpc, item, pool, number);
	add_events(rpc, item, pool, number);
}
