/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SipHash-2-4; names as in the paper. */

#include "siphash.h"

typedef struct sip
{
	uint64_t v0, v1, v2, v3;
} sip_t;

static uint64_t rotate(uint64_t x, int by)
{
	return x << by | x >> (64 - by);
}

static void rounds(sip_t *s, int n)
{
	while(n-- > 0) {
		s->v0 += s->v1;
		s->v2 += s->v3;
		s->v1 = rotate(s->v1, 13) ^ s->v0;
		s->v3 = rotate(s->v3, 16) ^ s->v2;
		s->v0 = rotate(s->v0, 32) + s->v3;
		s->v2 += s->v1;
		s->v1 = rotate(s->v1, 17) ^ s->v2;
		s->v3 = rotate(s->v3, 21) ^ s->v0;
		s->v2 = rotate(s->v2, 32);
	}
}

static void compress(sip_t *s, uint64_t m)
{
	s->v3 ^= m;
	rounds(s, 2);
	s->v0 ^= m;
}

/* Eight bytes, little-endian: one load where the machine is. */
static uint64_t block(const unsigned char *at)
{
	return (uint64_t)at[0] | (uint64_t)at[1] << 8 | (uint64_t)at[2] << 16
		   | (uint64_t)at[3] << 24 | (uint64_t)at[4] << 32
		   | (uint64_t)at[5] << 40 | (uint64_t)at[6] << 48
		   | (uint64_t)at[7] << 56;
}

/* Fewer than eight. */
static uint64_t rest(const unsigned char *at, size_t n)
{
	uint64_t m = 0;

	while(n-- > 0)
		m = m << 8 | at[n];
	return m;
}

/* All of the text taken in; `odd` makes another function of it. */
static sip_t absorb(
		rep_sipkey_t key, const void *bytes, size_t len, uint64_t odd)
{
	const unsigned char *at = bytes;
	sip_t s = {key.k0 ^ UINT64_C(0x736f6d6570736575),
			key.k1 ^ UINT64_C(0x646f72616e646f6d) ^ odd,
			key.k0 ^ UINT64_C(0x6c7967656e657261),
			key.k1 ^ UINT64_C(0x7465646279746573)};
	size_t left = len;

	for(; left >= 8; left -= 8, at += 8)
		compress(&s, block(at));
	compress(&s, rest(at, left) | (uint64_t)len << 56);
	return s;
}

static uint64_t finish(sip_t *s)
{
	rounds(s, 4);
	return s->v0 ^ s->v1 ^ s->v2 ^ s->v3;
}

uint64_t rep_siphash(rep_sipkey_t key, const void *bytes, size_t len)
{
	sip_t s = absorb(key, bytes, len, 0);

	s.v2 ^= 0xff;
	return finish(&s);
}

rep_sipkey_t rep_siphash128(rep_sipkey_t key, const void *bytes, size_t len)
{
	sip_t s = absorb(key, bytes, len, 0xee);
	rep_sipkey_t out;

	s.v2 ^= 0xee;
	out.k0 = finish(&s);
	s.v1 ^= 0xdd;
	out.k1 = finish(&s);
	return out;
}

rep_sipkey_t rep_sipkey_of(rep_span_t secret, uint64_t purpose)
{
	return (rep_sipkey_t){
			rep_siphash((rep_sipkey_t){purpose, 0}, secret.s, secret.len),
			rep_siphash((rep_sipkey_t){purpose, 1}, secret.s, secret.len)};
}
