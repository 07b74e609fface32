/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is to be read next. */

#include "wanted.h"

#include <stdio.h>

#include "keys.h"
#include "store_pool.h"
#include "../engine/pool/pools.h"

static void want_pools(rep_store_t *store, rep_store_pool_t *pool)
{
	(void)pool;
	store->pools_wanted = true;
}

static void want_numbers(rep_store_t *store, rep_store_pool_t *pool)
{
	(void)store;
	pool->numbers_wanted = true;
}

static void want_policy(rep_store_t *store, rep_store_pool_t *pool)
{
	(void)store;
	pool->policy_wanted = true;
}

const rep_operator_key_t rep_operator_keys[REP_OPERATOR_KEYS] = {
		{"pools", false, want_pools},
		{"numbers", true, want_numbers},
		{"policy", true, want_policy},
};

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
	for(size_t i = 0; i < REP_OPERATOR_KEYS; i++) {
		const rep_operator_key_t *k = &rep_operator_keys[i];
		rep_store_pool_t *pool =
				k->by_pool ? pool_of(store, key, k->kind) : NULL;
		char text[REP_KEY_MAX];

		if(pool
				|| (!k->by_pool
						&& rep_span_is(
								key, rep_key(store, text, k->kind, NULL))))
			k->want(store, pool);
	}
}
