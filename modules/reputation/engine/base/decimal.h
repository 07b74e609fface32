/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers as operators write them, whatever the locale. */

#ifndef REP_DECIMAL_H
#define REP_DECIMAL_H

#include "types.h"

#define REP_DECIMAL_MAX 32 /* room for any number printed here */

/* Read all of `s` as a number from `min` to `max`: digits, perhaps a sign, a
 * point, an exponent. `*out` is written on success only. */
bool rep_decimal_parse(rep_span_t s, double min, double max, double *out);
bool rep_whole_parse(rep_span_t s, uint32_t min, uint32_t max, uint32_t *out);
/* Digits alone, all of `s`, up to `max`. */
bool rep_u64_parse(rep_span_t s, uint64_t max, uint64_t *out);

/* The shortest text that reads back as the same value: all of a double's 15
 * digits at most, or a float's 9. */
const char *rep_decimal_print(double x, char out[REP_DECIMAL_MAX]);
const char *rep_float_print(float x, char out[REP_DECIMAL_MAX]);

/* With `places` (1 to 9) digits behind the point; not beyond 1e9 on either side
 * of 0, which is what is not a number, too. */
const char *rep_fixed_print(
		double x, unsigned places, char out[REP_DECIMAL_MAX]);

/* Digits without a terminating zero; how many, 10 at most. snprintf() is too
 * slow for the many cells of a busy proxy. */
size_t rep_u32_print(uint32_t v, char *out);
/* The same, 20 digits at most; 20 with a sign. */
size_t rep_u64_print(uint64_t v, char *out);
size_t rep_i64_print(int64_t v, char *out);

#endif
