/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SipHash-2-4. */

#include "engine/base/siphash.h"

#include "suites.h"

/* The key 00 01 .. 0f and the texts 00 01 .. of `len` bytes. That of 15 bytes
 * is the example of the paper's appendix A, the others are from the table that
 * its authors publish with their code. */
static const struct
{
	size_t len;
	uint64_t hash;
} vectors[] = {
		{0, UINT64_C(0x726fdb47dd0e0e31)},
		{1, UINT64_C(0x74f839c593dc67fd)},
		{2, UINT64_C(0x0d6c8009d9a94f5a)},
		{7, UINT64_C(0xab0200f58b01d137)},
		{8, UINT64_C(0x93f5f5799a932462)},
		{9, UINT64_C(0x9e0082df0ba9e4b0)},
		{15, UINT64_C(0xa129ca6149be45e5)},
		{63, UINT64_C(0x958a324ceb064572)},
};

static const rep_sipkey_t key = {
		UINT64_C(0x0706050403020100), UINT64_C(0x0f0e0d0c0b0a0908)};

START_TEST(as_published)
{
	unsigned char text[64];

	for(unsigned i = 0; i < sizeof(text); i++)
		text[i] = (unsigned char)i;
	ck_assert_uint_eq(
			rep_siphash(key, text, vectors[_i].len), vectors[_i].hash);
}
END_TEST

/* The same, of the table for 128 bits. */
static const struct
{
	size_t len;
	rep_sipkey_t hash;
} long_vectors[] = {
		{0, {UINT64_C(0xe6a825ba047f81a3), UINT64_C(0x930255c71472f66d)}},
		{1, {UINT64_C(0x44af996bd8c187da), UINT64_C(0x45fc229b11597634)}},
};

START_TEST(as_published_128)
{
	const unsigned char text[1] = {0};
	rep_sipkey_t hash = rep_siphash128(key, text, long_vectors[_i].len);

	ck_assert_uint_eq(hash.k0, long_vectors[_i].hash.k0);
	ck_assert_uint_eq(hash.k1, long_vectors[_i].hash.k1);
}
END_TEST

/* Another for each secret and each purpose. */
START_TEST(keys_of_a_secret)
{
	rep_sipkey_t a = rep_sipkey_of(rep_span("0123456789abcdef"), 0),
				 b = rep_sipkey_of(rep_span("0123456789abcdef"), 1),
				 c = rep_sipkey_of(rep_span("0123456789abcdeg"), 0);

	ck_assert(a.k0 != a.k1 && a.k0 != b.k0 && a.k1 != b.k1 && a.k0 != c.k0);
}
END_TEST

Suite *siphash_suite(void)
{
	Suite *suite = suite_create("siphash");
	TCase *tc = tcase_create("siphash");

	tcase_add_loop_test(
			tc, as_published, 0, sizeof(vectors) / sizeof(vectors[0]));
	tcase_add_loop_test(tc, as_published_128, 0,
			sizeof(long_vectors) / sizeof(long_vectors[0]));
	tcase_add_test(tc, keys_of_a_secret);
	suite_add_tcase(suite, tc);
	return suite;
}
