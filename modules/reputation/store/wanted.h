/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is to be read next of the keys that operators edit: flags, set here and
 * worked off by config_sync.c. */

#ifndef REP_WANTED_H
#define REP_WANTED_H

#include "context.h"
#include "handle.h"

/* One kind of key that operators edit: "PREFIX:KIND" or, `by_pool`,
 * "PREFIX:KIND:{POOL}", and what is to be read when one was. */
typedef struct rep_operator_key
{
	const char *kind;
	bool by_pool;
	void (*want)(rep_store_t *store, rep_store_pool_t *pool);
} rep_operator_key_t;

#define REP_OPERATOR_KEYS 6
extern const rep_operator_key_t rep_operator_keys[REP_OPERATOR_KEYS];

/* Policy and numbers of one pool. */
void rep_want_pool(rep_store_pool_t *pool);
/* Everything. */
void rep_want_all(rep_store_t *store);
/* A key was edited. */
void rep_want_key(rep_store_t *store, rep_span_t key);

#endif
