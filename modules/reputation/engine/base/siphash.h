/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SipHash-2-4 (Aumasson and Bernstein, "SipHash: a fast short-input PRF",
 * INDOCRYPT 2012): a hash with a key. Who does not know the key learns nothing
 * from the hash, and cannot find two texts of one hash. */

#ifndef REP_SIPHASH_H
#define REP_SIPHASH_H

#include "types.h"

typedef struct rep_sipkey
{
	uint64_t k0, k1; /* the key's bytes 0 to 7 and 8 to 15, little-endian */
} rep_sipkey_t;

uint64_t rep_siphash(rep_sipkey_t key, const void *bytes, size_t len);

/* 128 bits, which may be the key of the next one: k0 are the first eight of the
 * bytes that the authors' code writes, little-endian. */
rep_sipkey_t rep_siphash128(rep_sipkey_t key, const void *bytes, size_t len);

/* A key out of a secret, another for each purpose. */
rep_sipkey_t rep_sipkey_of(rep_span_t secret, uint64_t purpose);

#endif
