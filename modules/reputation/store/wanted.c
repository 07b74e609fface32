/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is to be read next. */

#include "wanted.h"

#include <stdio.h>

#include "keys.h"
#include "store_pool.h"
#include "strays.h"
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

static void want_dnc_set(rep_store_t *store, int set)
{
	store->dnc.sets[set].wanted = store->dnc.sets[set].edited = true;
}

static void want_dnc(rep_store_t *store, rep_store_pool_t *pool)
{
	(void)pool;
	want_dnc_set(store, 0);
}

static void want_redress(rep_store_t *store, rep_store_pool_t *pool)
{
	(void)store;
	pool->reading[REP_LIST_REDRESS].wanted = true;
}

static void want_probes(rep_store_t *store, rep_store_pool_t *pool)
{
	(void)store;
	pool->reading[REP_LIST_PROBES].wanted = true;
}

const rep_operator_key_t rep_operator_keys[REP_OPERATOR_KEYS] = {
		{"pools", false, want_pools},
		{"numbers", true, want_numbers},
		{"policy", true, want_policy},
		{"dnc", false, want_dnc},
		{"redress", true, want_redress},
		{"probes", true, want_probes},
};

void rep_want_pool(rep_store_pool_t *pool)
{
	pool->policy_wanted = true;
	pool->numbers_wanted = true;
	for(int l = 0; l < REP_LISTS; l++)
		pool->reading[l].wanted = true;
}

void rep_want_all(rep_store_t *store)
{
	store->pools_wanted = true;
	for(int set = 0; set < REP_DNC_SETS; set++)
		store->dnc.sets[set].wanted = true;
	rep_strays_want(store);
	for(int i = 0; i < rep_registry_pools(store->registry); i++) {
		rep_store_pool_t *pool = rep_store_pool_at(store, i);

		if(pool)
			rep_want_pool(pool);
	}
}

static rep_store_pool_t *pool_named(rep_store_t *store, rep_span_t braced)
{
	int index;

	if(braced.len < 2 || braced.s[0] != '{' || braced.s[braced.len - 1] != '}')
		return NULL;
	index = rep_registry_find(
			store->registry, (rep_span_t){braced.s + 1, braced.len - 2});
	return index == REP_NO_POOL ? NULL : rep_store_pool_at(store, index);
}

/* A key "PREFIX:KIND:{POOL}". A pool that is not known is read as a whole when
 * it appears; until then the key is astray. */
static void want_of_pool(
		rep_store_t *store, const rep_operator_key_t *k, rep_span_t key)
{
	char head[REP_KEY_MAX];
	size_t n = (size_t)snprintf(
			head, sizeof(head), "%s:%s:", store->prefix, k->kind);
	rep_store_pool_t *pool;

	if(key.len < n || memcmp(key.s, head, n) != 0)
		return;
	pool = pool_named(store, (rep_span_t){key.s + n, key.len - n});
	if(pool)
		k->want(store, pool);
	else
		rep_strays_want(store);
}

/* A key that begins like one of the do-not-call list. */
static void want_part(rep_store_t *store, rep_span_t key)
{
	char head[REP_KEY_MAX];
	size_t n = strlen(rep_key(store, head, "dnc", NULL));
	int set = rep_dnc_set(store, key);

	if(set > 0)
		want_dnc_set(store, set);
	else if(key.len > n && key.s[n] == ':' && memcmp(key.s, head, n) == 0)
		rep_strays_want(store);
}

void rep_want_key(rep_store_t *store, rep_span_t key)
{
	want_part(store, key);
	for(size_t i = 0; i < REP_OPERATOR_KEYS; i++) {
		const rep_operator_key_t *k = &rep_operator_keys[i];
		char text[REP_KEY_MAX];

		if(k->by_pool)
			want_of_pool(store, k, key);
		else if(rep_span_is(key, rep_key(store, text, k->kind, NULL)))
			k->want(store, NULL);
	}
}
