/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of keys. */

#ifndef REP_KEYS_H
#define REP_KEYS_H

#include "context.h"
#include "handle.h"

/* "PREFIX:KIND:{POOL}"; without a pool "PREFIX:KIND". */
const char *rep_key(const rep_store_t *store, char out[REP_KEY_MAX],
		const char *kind, const char *pool);

/* A set of the do-not-call list: 0 is "PREFIX:dnc", 1 to 100 are its parts
 * "PREFIX:dnc:00" to "PREFIX:dnc:99". */
const char *rep_dnc_key(
		const rep_store_t *store, char out[REP_KEY_MAX], unsigned set);
/* Which set that is; -1 when it is none. */
int rep_dnc_set(const rep_store_t *store, rep_span_t key);

/* "PREFIX:x:c2:{POOL}:BUCKET", the counts of one bucket. */
void rep_bucket_key(const rep_store_t *store, const char *pool, uint32_t bucket,
		char out[REP_KEY_MAX]);

#endif
