/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The secret that the proxies of one fleet share, in shared memory: from a
 * file, or made once and kept in Redis, or drawn at each start. */

#ifndef REP_SECRET_H
#define REP_SECRET_H

#include "../engine/base/mem.h"
#include "../engine/base/siphash.h"

#define REP_SECRET_MIN 16
#define REP_SECRET_MAX 128

typedef struct rep_secret
{
	rep_lock_t lock;
	bool fixed; /* of a file: Redis has no say */
	size_t len;
	char bytes[REP_SECRET_MAX];
	rep_sipkey_t key; /* of the marks, made of it */
} rep_secret_t;

/* Takes in `len` bytes, or with 0 draws some. 0, or -1: no lock or nothing
 * to draw from. */
int rep_secret_init(rep_secret_t *secret, const char *bytes, size_t len);
void rep_secret_destroy(rep_secret_t *secret);

/* What is in force; its length. */
size_t rep_secret_read(rep_secret_t *secret, char out[REP_SECRET_MAX]);
/* The key of the marks in Record-Route. */
rep_sipkey_t rep_secret_key(rep_secret_t *secret);
/* Takes over what the others have, if it is long enough; false if not. */
bool rep_secret_set(rep_secret_t *secret, const char *bytes, size_t len);

#endif
