/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A quick hash of texts that stays in memory: eight bytes at a time, so that it
 * comes out otherwise where bytes have another order. Who must not be able to
 * choose texts of one hash is kept from it by the first `h`, which is secret. */

#ifndef REP_FOLD_H
#define REP_FOLD_H

#include "types.h"

/* `h` with this text folded in; its length, too, so that texts that follow each
 * other are not cut otherwise. `by` is odd and has many ones: each gives
 * another hash. */
static inline uint64_t rep_fold(uint64_t h, rep_span_t text, uint64_t by)
{
	uint64_t word = text.len;
	size_t at = 0;

	h = (h ^ word) * by;
	for(; at + sizeof(word) <= text.len; at += sizeof(word)) {
		memcpy(&word, text.s + at, sizeof(word));
		h = (h ^ h >> 29 ^ word) * by;
	}
	word = 0;
	if(at < text.len)
		memcpy(&word, text.s + at, text.len - at);
	h = (h ^ h >> 29 ^ word) * by;
	return h ^ h >> 32;
}

#endif
