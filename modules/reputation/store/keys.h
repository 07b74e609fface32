/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of keys. */

#ifndef REP_KEYS_H
#define REP_KEYS_H

#include "context.h"
#include "handle.h"

/* "PREFIX:KIND:{POOL}"; without a pool "PREFIX:KIND". */
const char *rep_key(const rep_store_t *store, char out[REP_KEY_MAX],
		const char *kind, const char *pool);

/* "PREFIX:x:c2:{POOL}:BUCKET", the counts of one bucket. */
void rep_bucket_key(const rep_store_t *store, const char *pool, uint32_t bucket,
		char out[REP_KEY_MAX]);

#endif
