/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of keys. */

#include "keys.h"

#include <stdio.h>

#include "../engine/base/text.h"

const char *rep_key(const rep_store_t *store, char out[REP_KEY_MAX],
		const char *kind, const char *pool)
{
	if(pool)
		snprintf(out, REP_KEY_MAX, "%s:%s:{%s}", store->prefix, kind, pool);
	else
		snprintf(out, REP_KEY_MAX, "%s:%s", store->prefix, kind);
	return out;
}

const char *rep_dnc_key(
		const rep_store_t *store, char out[REP_KEY_MAX], unsigned set)
{
	if(set == 0)
		return rep_key(store, out, "dnc", NULL);
	snprintf(out, REP_KEY_MAX, "%s:dnc:%02u", store->prefix, set - 1);
	return out;
}

int rep_dnc_set(const rep_store_t *store, rep_span_t key)
{
	char text[REP_KEY_MAX];
	size_t n = strlen(rep_key(store, text, "dnc", NULL));
	const char *rest = key.s + n;

	if(key.len < n || memcmp(key.s, text, n) != 0)
		return -1;
	if(key.len == n)
		return 0;
	if(key.len != n + 3 || rest[0] != ':' || !rep_is_digit(rest[1])
			|| !rep_is_digit(rest[2]))
		return -1;
	return 1 + (rest[1] - '0') * 10 + (rest[2] - '0');
}

void rep_bucket_key(const rep_store_t *store, const char *pool, uint32_t bucket,
		char out[REP_KEY_MAX])
{
	size_t n;

	rep_key(store, out, "x:c2", pool);
	n = strlen(out);
	snprintf(out + n, REP_KEY_MAX - n, ":%u", bucket);
}
