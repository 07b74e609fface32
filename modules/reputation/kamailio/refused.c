/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "refused.h"
#include "rpc_args.h"
#include "shared.h"
#include "../engine/pool/no_pool.h"

#define UNKNOWN 16 /* names */

static void add_reasons(rpc_t *rpc, void *item,
		const uint64_t counts[REP_PICKS], rep_pick_t first, rep_pick_t last)
{
	void *reasons;

	rpc->struct_add(item, "{", "refused", &reasons);
	for(int why = first; why <= (int)last; why++)
		rpc->struct_add(reasons, "u", rep_pick_name((rep_pick_t)why),
				rep_rpc_u32(counts[why]));
}

void rep_rpc_pool_refused(
		rpc_t *rpc, void *item, int pool, const rep_pool_view_t *view)
{
	static rep_refusing_view_t refusing[REP_PICKS + REP_ROUTES_MAX];
	size_t n = rep_view_refusing(rep_shared->registry, pool, refusing,
			sizeof(refusing) / sizeof(refusing[0]));
	void *list, *one;

	add_reasons(rpc, item, view->refused_by, REP_PICK_ALL_BENCHED,
			REP_PICK_LOADING);
	rpc->struct_add(item, "[", "refusing", &list);
	for(size_t i = 0; i < n; i++) {
		rpc->array_add(list, "{", &one);
		rpc->struct_add(one, "ssuu", "reason", rep_pick_name(refusing[i].why),
				"route", refusing[i].route, "since",
				rep_rpc_s(refusing[i].since), "refused", refusing[i].calls);
	}
}

void rep_rpc_refused(rpc_t *rpc, void *item, const uint64_t refused[REP_PICKS])
{
	rep_no_pool_view_t names[UNKNOWN];
	size_t n = rep_no_pools_list(rep_shared->registry, names, UNKNOWN);
	void *list, *one;

	add_reasons(rpc, item, refused, REP_PICK_UNKNOWN_POOL, REP_PICKS - 1);
	rpc->struct_add(item, "[", "unknown_pools", &list);
	for(size_t i = 0; i < n; i++) {
		rpc->array_add(list, "{", &one);
		rpc->struct_add(one, "suuu", "pool", names[i].name, "since",
				rep_rpc_s(names[i].since), "last", rep_rpc_s(names[i].last),
				"refused", names[i].calls);
	}
}
