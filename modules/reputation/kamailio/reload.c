/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pool file without Redis. */

#include <stdatomic.h>

#include "core/dprint.h"

#include "reload.h"
#include "config.h"
#include "rpc_args.h"
#include "shared.h"
#include "../formats/pool_load.h"

typedef struct loading
{
	rep_pool_changes_t changes;
	char first[400]; /* fault */
} loading_t;

static void on_error(void *ctx, const char *sentence)
{
	rep_store_status_t *status = &rep_shared->store;
	rep_store_error_t *error;
	loading_t *l = ctx;

	LM_ERR("parameter pool_file: %s\n", sentence);
	if(!l->first[0])
		snprintf(l->first, sizeof(l->first), "%s", sentence);
	rep_lock(&status->lock);
	if(status->n_errors < REP_STORE_ERRORS) {
		error = &status->errors[status->n_errors++];
		memset(error, 0, sizeof(*error));
		snprintf(error->key, sizeof(error->key), "%s", rep_config->pool_file.s);
		snprintf(error->sentence, sizeof(error->sentence), "%s", sentence);
		error->at = rep_now();
		error->count = 1;
	}
	rep_unlock(&status->lock);
}

static int load(loading_t *l)
{
	memset(l, 0, sizeof(*l));
	rep_lock(&rep_shared->store.lock);
	rep_shared->store.n_errors = 0;
	rep_unlock(&rep_shared->store.lock);
	return rep_pool_file_load(rep_config->pool_file.s, rep_shared->registry,
			atomic_fetch_add(&rep_shared->loads, 1) + 1, rep_now(), on_error, l,
			&l->changes);
}

int rep_pools_load(void)
{
	loading_t l;

	return load(&l);
}

static void answer(rpc_t *rpc, void *ctx, const loading_t *l)
{
	const rep_pool_changes_t *c = &l->changes;
	void *item;

	LM_NOTICE("pool_file %s was read again: %u pools, %u new, %u gone;"
			  " %u numbers new, %u changed, %u gone; %u faults\n",
			rep_config->pool_file.s, c->pools, c->pools_added, c->pools_removed,
			c->added, c->changed, c->removed, c->errors);
	if(c->errors) {
		rpc->fault(ctx, 400,
				"%s (faults: %u, see reputation.stats; what is good is in"
				" force)",
				l->first, c->errors);
		return;
	}
	rpc->add(ctx, "{", &item);
	rpc->struct_add(item, "uuuuuu", "pools", c->pools, "pools_added",
			c->pools_added, "pools_removed", c->pools_removed, "numbers_added",
			c->added, "numbers_changed", c->changed, "numbers_removed",
			c->removed);
}

void rep_rpc_reload(rpc_t *rpc, void *ctx)
{
	loading_t l;

	if(!rep_rpc_end(rpc, ctx))
		return;
	if(rep_config->redis.len > 0) {
		rpc->fault(ctx, 400,
				"with Redis pools and numbers are edited there: pool_file only"
				" seeds an empty Redis");
		return;
	}
	if(rep_config->pool_file.len == 0) {
		rpc->fault(ctx, 400, "the parameter pool_file is not set");
		return;
	}
	if(atomic_exchange(&rep_shared->loading, true)) {
		rpc->fault(ctx, 500, "pool_file is just being read again");
		return;
	}
	if(load(&l) == 0)
		answer(rpc, ctx, &l);
	else
		rpc->fault(ctx, 500, "%s (nothing was changed)", l.first);
	atomic_store(&rep_shared->loading, false);
}
