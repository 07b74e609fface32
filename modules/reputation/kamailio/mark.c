/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <string.h>

#include "mark.h"

/* version 2, incarnation 4, time 4 | masked: number 7, pool 2, route 2 |
 * MAC 10; most significant byte first, in base64url (RFC 4648, 5). */
enum
{
	LAYOUT = 2,
	OPEN = 9,
	MASKED = 11,
	SIGNED = OPEN + MASKED,
	MAC = 10,
	BYTES = SIGNED + MAC
};

_Static_assert(BYTES % 3 == 0 && BYTES / 3 * 4 == REP_MARK_LEN, "no padding");

uint16_t rep_mark_tag(rep_sipkey_t key, rep_span_t name)
{
	return (uint16_t)rep_siphash(key, name.s, name.len);
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

static void encode(const uint8_t *bytes, char *out)
{
	const char *end = out + REP_MARK_LEN;

	for(; out < end; bytes += 3, out += 4) {
		uint32_t group =
				(uint32_t)bytes[0] << 16 | (uint32_t)bytes[1] << 8 | bytes[2];

		out[0] = letters[group >> 18];
		out[1] = letters[group >> 12 & 63];
		out[2] = letters[group >> 6 & 63];
		out[3] = letters[group & 63];
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

/* The key of one call and one moment, of what is open in its mark: each text is
 * hashed under the key that the one before gave, so they cannot be cut
 * otherwise. */
static rep_sipkey_t key_of(rep_sipkey_t key, rep_span_t call_id,
		rep_span_t caller_tag, const uint8_t open[OPEN])
{
	key = rep_siphash128(key, call_id.s, call_id.len);
	key = rep_siphash128(key, caller_tag.s, caller_tag.len);
	return rep_siphash128(key, open, OPEN);
}

static void hash(rep_sipkey_t call, const uint8_t *bytes, size_t len,
		uint8_t out[sizeof(rep_sipkey_t)])
{
	rep_sipkey_t h = rep_siphash128(call, bytes, len);

	put(out, 8, h.k0);
	put(out + 8, 8, h.k1);
}

static void mask(rep_sipkey_t call, uint8_t bytes[BYTES])
{
	uint8_t with[sizeof(rep_sipkey_t)];

	hash(call, bytes, OPEN, with);
	for(int i = 0; i < MASKED; i++)
		bytes[OPEN + i] ^= with[i];
}

void rep_mark_write(rep_sipkey_t key, rep_span_t call_id, rep_span_t caller_tag,
		const rep_mark_t *mark, char out[REP_MARK_LEN])
{
	uint8_t bytes[BYTES] = {LAYOUT}, mac[sizeof(rep_sipkey_t)];
	rep_sipkey_t call;

	put(bytes + 1, 4, mark->incarnation);
	put(bytes + 5, 4, mark->picked);
	put(bytes + 9, 7, mark->number);
	put(bytes + 16, 2, mark->pool);
	put(bytes + 18, 2, mark->route);
	call = key_of(key, call_id, caller_tag, bytes);
	mask(call, bytes);
	hash(call, bytes, SIGNED, mac);
	memcpy(bytes + SIGNED, mac, MAC);
	encode(bytes, out);
}

bool rep_mark_read(rep_sipkey_t key, rep_span_t call_id, rep_span_t caller_tag,
		rep_span_t text, rep_mark_t *mark)
{
	uint8_t bytes[BYTES], mac[sizeof(rep_sipkey_t)], wrong = 0;
	rep_sipkey_t call;

	if(text.len != REP_MARK_LEN || !decode(text.s, bytes) || bytes[0] != LAYOUT)
		return false;
	call = key_of(key, call_id, caller_tag, bytes);
	hash(call, bytes, SIGNED, mac);
	for(int i = 0; i < MAC; i++)
		wrong |= bytes[SIGNED + i] ^ mac[i];
	if(wrong)
		return false;
	mask(call, bytes);
	*mark = (rep_mark_t){.incarnation = (uint32_t)get(bytes + 1, 4),
			.picked = (uint32_t)get(bytes + 5, 4),
			.number = get(bytes + 9, 7),
			.pool = (uint16_t)get(bytes + 16, 2),
			.route = (uint16_t)get(bytes + 18, 2)};
	return true;
}
