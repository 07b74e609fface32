/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <string.h>

#include "core/crypto/sha256.h"

#include "mark.h"

/* version 1, incarnation 4, time 4 | masked: number 7, pool 2, route 2 |
 * MAC 10; most significant byte first, in base64url (RFC 4648, 5). */
enum
{
	LAYOUT = 1,
	OPEN = 9,
	MASKED = 11,
	SIGNED = OPEN + MASKED,
	MAC = 10,
	BYTES = SIGNED + MAC
};

_Static_assert(BYTES % 3 == 0 && BYTES / 3 * 4 == REP_MARK_LEN, "no padding");

#define BLOCK 64

/* HMAC-SHA-256 (RFC 2104) of what is given to add(), begun by begin(). */
typedef struct hmac
{
	SHA256_CTX inner, outer;
} hmac_t;

static void begin(hmac_t *h, rep_span_t secret)
{
	unsigned char key[BLOCK] = {0}, pad[BLOCK];

	sr_SHA256_Init(&h->inner);
	if(secret.len > BLOCK) {
		sr_SHA256_Update(&h->inner, (const uint8_t *)secret.s, secret.len);
		sr_SHA256_Final(key, &h->inner);
		sr_SHA256_Init(&h->inner);
	} else {
		memcpy(key, secret.s, secret.len);
	}
	for(int i = 0; i < BLOCK; i++)
		pad[i] = key[i] ^ 0x36;
	sr_SHA256_Update(&h->inner, pad, BLOCK);
	for(int i = 0; i < BLOCK; i++)
		pad[i] = key[i] ^ 0x5c;
	sr_SHA256_Init(&h->outer);
	sr_SHA256_Update(&h->outer, pad, BLOCK);
}

/* With its length, so that two texts cannot be cut otherwise. */
static void add(hmac_t *h, const void *s, size_t len)
{
	uint8_t n[4] = {len >> 24, len >> 16, len >> 8, len};

	sr_SHA256_Update(&h->inner, n, sizeof(n));
	if(len > 0)
		sr_SHA256_Update(&h->inner, s, len);
}

static void end(hmac_t *h, uint8_t out[SHA256_DIGEST_LENGTH])
{
	sr_SHA256_Final(out, &h->inner);
	sr_SHA256_Update(&h->outer, out, SHA256_DIGEST_LENGTH);
	sr_SHA256_Final(out, &h->outer);
}

uint16_t rep_mark_tag(rep_span_t secret, rep_span_t name)
{
	uint8_t digest[SHA256_DIGEST_LENGTH];
	hmac_t h;

	begin(&h, secret);
	add(&h, "name", 4);
	add(&h, name.s, name.len);
	end(&h, digest);
	return (uint16_t)(digest[0] << 8 | digest[1]);
}

/* Over the first `len` bytes, and the call: for the mask or for the MAC. */
static void digest_of(rep_span_t secret, rep_span_t call_id,
		rep_span_t caller_tag, const uint8_t *bytes, size_t len,
		uint8_t out[SHA256_DIGEST_LENGTH])
{
	hmac_t h;

	begin(&h, secret);
	add(&h, bytes, len);
	add(&h, call_id.s, call_id.len);
	add(&h, caller_tag.s, caller_tag.len);
	end(&h, out);
}

static void put(uint8_t *at, int n, uint64_t value)
{
	while(n-- > 0) {
		at[n] = (uint8_t)value;
		value >>= 8;
	}
}

static uint64_t get(const uint8_t *at, int n)
{
	uint64_t value = 0;

	for(int i = 0; i < n; i++)
		value = value << 8 | at[i];
	return value;
}

static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static void encode(const uint8_t bytes[BYTES], char out[REP_MARK_LEN])
{
	for(int i = 0; i < BYTES; i += 3) {
		uint64_t group = get(bytes + i, 3);

		for(int k = 3; k >= 0; k--) {
			out[i / 3 * 4 + k] = letters[group & 63];
			group >>= 6;
		}
	}
}

static bool decode(const char *text, uint8_t bytes[BYTES])
{
	for(int i = 0; i < BYTES; i += 3) {
		uint64_t group = 0;

		for(int k = 0; k < 4; k++) {
			char c = text[i / 3 * 4 + k];
			const char *at = c ? strchr(letters, c) : NULL;

			if(!at)
				return false;
			group = group << 6 | (uint64_t)(at - letters);
		}
		put(bytes + i, 3, group);
	}
	return true;
}

static void mask(rep_span_t secret, rep_span_t call_id, rep_span_t caller_tag,
		uint8_t bytes[BYTES])
{
	uint8_t key[SHA256_DIGEST_LENGTH];

	digest_of(secret, call_id, caller_tag, bytes, OPEN, key);
	for(int i = 0; i < MASKED; i++)
		bytes[OPEN + i] ^= key[i];
}

void rep_mark_write(rep_span_t secret, rep_span_t call_id,
		rep_span_t caller_tag, const rep_mark_t *mark, char out[REP_MARK_LEN])
{
	uint8_t bytes[BYTES] = {LAYOUT}, mac[SHA256_DIGEST_LENGTH];

	put(bytes + 1, 4, mark->incarnation);
	put(bytes + 5, 4, mark->picked);
	put(bytes + 9, 7, mark->number);
	put(bytes + 16, 2, mark->pool);
	put(bytes + 18, 2, mark->route);
	mask(secret, call_id, caller_tag, bytes);
	digest_of(secret, call_id, caller_tag, bytes, SIGNED, mac);
	memcpy(bytes + SIGNED, mac, MAC);
	encode(bytes, out);
}

bool rep_mark_read(rep_span_t secret, rep_span_t call_id, rep_span_t caller_tag,
		rep_span_t text, rep_mark_t *mark)
{
	uint8_t bytes[BYTES], mac[SHA256_DIGEST_LENGTH], wrong = 0;

	if(text.len != REP_MARK_LEN || !decode(text.s, bytes) || bytes[0] != LAYOUT)
		return false;
	digest_of(secret, call_id, caller_tag, bytes, SIGNED, mac);
	for(int i = 0; i < MAC; i++)
		wrong |= bytes[SIGNED + i] ^ mac[i];
	if(wrong)
		return false;
	mask(secret, call_id, caller_tag, bytes);
	*mark = (rep_mark_t){.incarnation = (uint32_t)get(bytes + 1, 4),
			.picked = (uint32_t)get(bytes + 5, 4),
			.number = get(bytes + 9, 7),
			.pool = (uint16_t)get(bytes + 16, 2),
			.route = (uint16_t)get(bytes + 18, 2)};
	return true;
}
