/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "secret.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

int rep_secret_init(rep_secret_t *secret, const char *bytes, size_t len)
{
	unsigned char drawn[32];
	char hex[2 * sizeof(drawn) + 1];

	if(rep_lock_init(&secret->lock) < 0)
		return -1;
	secret->fixed = len > 0;
	if(len > 0)
		return rep_secret_set(secret, bytes, len) ? 0 : -1;
	if(getrandom(drawn, sizeof(drawn), 0) != sizeof(drawn))
		return -1;
	for(size_t i = 0; i < sizeof(drawn); i++)
		snprintf(hex + 2 * i, 3, "%02x", drawn[i]);
	return rep_secret_set(secret, hex, 2 * sizeof(drawn)) ? 0 : -1;
}

void rep_secret_destroy(rep_secret_t *secret)
{
	rep_lock_destroy(&secret->lock);
}

size_t rep_secret_read(rep_secret_t *secret, char out[REP_SECRET_MAX])
{
	size_t len;

	rep_lock(&secret->lock);
	len = secret->len;
	memcpy(out, secret->bytes, len);
	rep_unlock(&secret->lock);
	return len;
}

rep_sipkey_t rep_secret_key(rep_secret_t *secret)
{
	rep_sipkey_t key;

	rep_lock(&secret->lock);
	key = secret->key;
	rep_unlock(&secret->lock);
	return key;
}

bool rep_secret_set(rep_secret_t *secret, const char *bytes, size_t len)
{
	if(len < REP_SECRET_MIN || len > REP_SECRET_MAX)
		return false;
	rep_lock(&secret->lock);
	memcpy(secret->bytes, bytes, len);
	secret->len = len;
	secret->key = rep_sipkey_of((rep_span_t){bytes, len}, 1);
	rep_unlock(&secret->lock);
	return true;
}
