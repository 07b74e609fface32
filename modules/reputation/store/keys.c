/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of keys. */

#include "keys.h"

#include <stdio.h>

const char *rep_key(const rep_store_t *store, char out[REP_KEY_MAX],
		const char *kind, const char *pool)
{
	if(pool)
		snprintf(out, REP_KEY_MAX, "%s:%s:{%s}", store->prefix, kind, pool);
	else
		snprintf(out, REP_KEY_MAX, "%s:%s", store->prefix, kind);
	return out;
}

void rep_bucket_key(const rep_store_t *store, const char *pool, uint32_t bucket,
		char out[REP_KEY_MAX])
{
	size_t n;

	rep_key(store, out, "x:c2", pool);
	n = strlen(out);
	snprintf(out + n, REP_KEY_MAX - n, ":%u", bucket);
}
