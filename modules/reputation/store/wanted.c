/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is to be read next. */

#include "wanted.h"

#include <stdio.h>

#include "keys.h"
#include "store_pool.h"
#include "../engine/pool/pools.h"

void rep_want_pool(rep_store_pool_t *pool)
{
	pool->policy_wanted = true;
	pool->numbers_wanted = true;
}

void rep_want_all(rep_store_t *store)
{
	store->pools_wanted = true;
	for(int i = 0; i < rep_registry_pools(store->registry); i++) {
		rep_store_pool_t *pool = rep_store_pool_at(store, i);

		if(pool)
			rep_want_pool(pool);
	}
}

/* The pool in "PREFIX:KIND:{POOL}", NULL when the key is none of that kind or
 * the pool is not known (it is read as a whole when it appears). */
static rep_store_pool_t *pool_of(
		rep_store_t *store, rep_span_t key, const char *kind)
{
	char head[REP_KEY_MAX];
	int n = snprintf(head, sizeof(head), "%s:%s:{", store->prefix, kind);
	int index;

	if(key.len <= (size_t)n || memcmp(key.s, head, (size_t)n) != 0
			|| key.s[key.len - 1] != '}')
		return NULL;
	index = rep_registry_find(
			store->registry, (rep_span_t){key.s + n, key.len - (size_t)n - 1});
	return index == REP_NO_POOL ? NULL : rep_store_pool_at(store, index);
}

void rep_want_key(rep_store_t *store, rep_span_t key)
{
	char pools[REP_KEY_MAX];
	rep_store_pool_t *pool;

	if(rep_span_is(key, rep_key(store, pools, "pools", NULL)))
		store->pools_wanted = true;
	else if((pool = pool_of(store, key, "numbers")))
		pool->numbers_wanted = true;
	else if((pool = pool_of(store, key, "policy")))
		pool->policy_wanted = true;
}
