/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers as operators write them. strtod() and the like read the point of
 * the process's locale, which a scripting module may have changed. */

#include "decimal.h"

#include <stdio.h>

#include "text.h"

#define EXPONENT_MAX 400 /* beyond any double */

/* What has been read of a number: digits * 10^scale. */
typedef struct reading
{
	uint64_t digits;
	int scale;
	size_t count;
} reading_t;

/* Digits beyond the 18th carry no weight, only scale. */
static void read_digits(
		reading_t *r, const char **p, const char *end, bool fraction)
{
	for(; *p < end && rep_is_digit(**p); (*p)++, r->count++) {
		bool room = r->digits < 100000000000000000u;

		if(room)
			r->digits = r->digits * 10 + (uint64_t)(**p - '0');
		if(room && fraction)
			r->scale--;
		else if(!room && !fraction && r->scale < EXPONENT_MAX)
			r->scale++;
	}
}

static bool read_exponent(reading_t *r, const char **p, const char *end)
{
	int sign = 1, n = 0;

	if(*p == end || (**p != 'e' && **p != 'E'))
		return true;
	(*p)++;
	if(*p < end && (**p == '-' || **p == '+'))
		sign = *(*p)++ == '-' ? -1 : 1;
	if(*p == end || !rep_is_digit(**p))
		return false;
	for(; *p < end && rep_is_digit(**p); (*p)++) {
		if(n < EXPONENT_MAX)
			n = n * 10 + (**p - '0');
	}
	r->scale += sign * n;
	return true;
}

/* One rounding as long as the power of ten is exact (up to 10^22). */
static double value_of(const reading_t *r)
{
	double x = (double)r->digits, power = 1;
	int n = r->scale < 0 ? -r->scale : r->scale;

	if(n > EXPONENT_MAX)
		n = EXPONENT_MAX;
	for(; n > 0; n--) {
		power *= 10;
		if(power >= 1e22) {
			x = r->scale < 0 ? x / power : x * power;
			power = 1;
		}
	}
	return r->scale < 0 ? x / power : x * power;
}

bool rep_decimal_parse(rep_span_t s, double min, double max, double *out)
{
	const char *p = s.s, *end = s.len ? s.s + s.len : s.s;
	reading_t r = {0, 0, 0};
	bool minus = false;
	double x;

	if(p < end && (*p == '-' || *p == '+'))
		minus = *p++ == '-';
	read_digits(&r, &p, end, false);
	if(p < end && *p == '.') {
		p++;
		read_digits(&r, &p, end, true);
	}
	if(r.count == 0 || !read_exponent(&r, &p, end) || p != end)
		return false;
	x = value_of(&r);
	if(minus)
		x = 0 - x; /* nothing is never minus nothing */
	if(!(x >= min && x <= max))
		return false;
	*out = x;
	return true;
}

bool rep_whole_parse(rep_span_t s, uint32_t min, uint32_t max, uint32_t *out)
{
	uint64_t n = 0;
	size_t i;

	for(i = 0; i < s.len; i++) {
		if(!rep_is_digit(s.s[i]))
			return false;
		n = n * 10 + (uint64_t)(s.s[i] - '0');
		if(n > max)
			return false;
	}
	if(s.len == 0 || n < min)
		return false;
	*out = (uint32_t)n;
	return true;
}

static double print_digits(double x, int digits, char out[REP_DECIMAL_MAX])
{
	double back = 0;
	char *p;

	snprintf(out, REP_DECIMAL_MAX, "%.*g", digits, x);
	for(p = out; *p; p++) {
		if(*p == ',')
			*p = '.';
	}
	rep_decimal_parse(rep_span(out), -1e300, 1e300, &back);
	return back;
}

const char *rep_decimal_print(double x, char out[REP_DECIMAL_MAX])
{
	int digits = 10; /* fewer would write 1e+09 */

	while(print_digits(x, digits, out) != x && digits < 15)
		digits++;
	return out;
}

const char *rep_float_print(float x, char out[REP_DECIMAL_MAX])
{
	int digits = 6;

	while((float)print_digits((double)x, digits, out) != x && digits < 9)
		digits++;
	return out;
}

const char *rep_fixed_print(
		double x, unsigned places, char out[REP_DECIMAL_MAX])
{
	uint64_t power = 1, whole;
	bool minus = x < 0;
	size_t n;

	for(unsigned i = 0; i < places; i++)
		power *= 10;
	x = minus ? -x : x;
	x = !(x > 0) ? 0 : x < 1e9 ? x : 1e9; /* what is no number is 0 */
	whole = (uint64_t)(x * (double)power + 0.5);
	minus = minus && whole > 0;
	out[0] = '-';
	n = minus + rep_u64_print(whole / power, out + minus);
	out[n] = '.';
	whole %= power;
	for(unsigned i = places; i > 0; i--, whole /= 10)
		out[n + i] = (char)('0' + whole % 10);
	out[n + places + 1] = '\0';
	return out;
}

bool rep_u64_parse(rep_span_t s, uint64_t max, uint64_t *out)
{
	uint64_t v = 0;

	if(s.len == 0 || s.len > 20)
		return false;
	for(size_t i = 0; i < s.len; i++) {
		uint64_t digit = (uint64_t)(s.s[i] - '0');

		if(s.s[i] < '0' || s.s[i] > '9' || digit > max
				|| v > (max - digit) / 10)
			return false;
		v = v * 10 + digit;
	}
	*out = v;
	return true;
}

size_t rep_u64_print(uint64_t v, char *out)
{
	char text[20];
	size_t n = 0;

	do {
		text[n++] = (char)('0' + v % 10);
		v /= 10;
	} while(v);
	for(size_t i = 0; i < n; i++)
		out[i] = text[n - 1 - i];
	return n;
}

size_t rep_u32_print(uint32_t v, char *out)
{
	return rep_u64_print(v, out);
}

size_t rep_i64_print(int64_t v, char *out)
{
	out[0] = '-';
	return (v < 0)
		   + rep_u64_print(
				   v < 0 ? 0 - (uint64_t)v : (uint64_t)v, out + (v < 0));
}
