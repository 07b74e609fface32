/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "clock.h"

#include <stdio.h>
#include <time.h>

#include "../engine/base/text.h"

#define DAY 86400
/* the core keeps whole seconds in 32 bits */
#define TIME_MAX ((int64_t)UINT32_MAX * 1000)

static const char out_of_range[] = "the time is not between 1970 and 2106";
static const char not_a_time[] =
		"the time is neither unix seconds nor ISO 8601 like "
		"2024-01-31T12:00:00Z";

/* Take `n` digits off the text. */
static bool parse_digits(rep_span_t *text, unsigned n, int *out)
{
	int value = 0;

	if(text->len < n)
		return false;
	for(unsigned i = 0; i < n; i++) {
		if(!rep_is_digit(text->s[i]))
			return false;
		value = value * 10 + text->s[i] - '0';
	}
	*text = (rep_span_t){text->s + n, text->len - n};
	*out = value;
	return true;
}

static bool parse_char(rep_span_t *text, char c)
{
	if(!text->len || *text->s != c)
		return false;
	*text = (rep_span_t){text->s + 1, text->len - 1};
	return true;
}

/* A point or comma and digits, if they are there; false when the digits are
 * missing. */
static bool parse_fraction(rep_span_t *text, int *ms)
{
	int scale = 100;

	*ms = 0;
	if(!parse_char(text, '.') && !parse_char(text, ','))
		return true;
	if(!text->len || !rep_is_digit(*text->s))
		return false;
	for(; text->len && rep_is_digit(*text->s); text->s++, text->len--) {
		*ms += scale * (*text->s - '0');
		scale /= 10;
	}
	return true;
}

static const char *in_range(int64_t ms, rep_time_t *out)
{
	if(ms <= 0 || ms > TIME_MAX)
		return out_of_range;
	*out = ms;
	return NULL;
}

static const char *parse_unix(rep_span_t text, rep_time_t *out)
{
	int64_t whole = 0;
	int ms;
	unsigned n = 0;

	for(; text.len && rep_is_digit(*text.s); text.s++, text.len--, n++) {
		if(n == 15)
			return out_of_range;
		whole = whole * 10 + *text.s - '0';
	}
	if(!parse_fraction(&text, &ms) || text.len)
		return not_a_time;
	return in_range(n > 11 ? whole : whole * 1000 + ms, out);
}

/* timegm() makes a date that is in no calendar another one. */
static bool parse_date(rep_span_t *text, int64_t *days)
{
	struct tm tm;
	int y, m, d;

	if(!parse_digits(text, 4, &y) || !parse_char(text, '-')
			|| !parse_digits(text, 2, &m) || !parse_char(text, '-')
			|| !parse_digits(text, 2, &d))
		return false;
	tm = (struct tm){.tm_year = y - 1900, .tm_mon = m - 1, .tm_mday = d};
	*days = timegm(&tm) / DAY;
	return y > 0 && tm.tm_mon == m - 1 && tm.tm_mday == d;
}

static bool parse_time_of_day(rep_span_t *text, int64_t *ms)
{
	int h, m, s = 0, fraction = 0;

	if(!parse_digits(text, 2, &h) || !parse_char(text, ':')
			|| !parse_digits(text, 2, &m))
		return false;
	if(parse_char(text, ':')
			&& (!parse_digits(text, 2, &s) || !parse_fraction(text, &fraction)))
		return false;
	if(h > 23 || m > 59 || s > 60)
		return false;
	*ms = ((h * 60 + m) * 60 + s) * INT64_C(1000) + fraction;
	return true;
}

bool replay_offset_parse(rep_span_t text, int32_t *seconds)
{
	int sign = 1, h, m = 0;

	if(rep_span_is(text, "Z") || rep_span_is(text, "z")) {
		*seconds = 0;
		return true;
	}
	if(parse_char(&text, '-'))
		sign = -1;
	else if(!parse_char(&text, '+'))
		return false;
	if(!parse_digits(&text, 2, &h))
		return false;
	if(text.len && ((void)parse_char(&text, ':'), !parse_digits(&text, 2, &m)))
		return false;
	if(text.len || h > 23 || m > 59)
		return false;
	*seconds = sign * (h * 3600 + m * 60);
	return true;
}

static const char *parse_iso(rep_span_t text, int32_t offset, rep_time_t *out)
{
	int64_t days, ms;

	if(!parse_date(&text, &days))
		return not_a_time;
	if(!parse_char(&text, 'T') && !parse_char(&text, 't')
			&& !parse_char(&text, ' '))
		return not_a_time;
	if(!parse_time_of_day(&text, &ms))
		return not_a_time;
	(void)parse_char(&text, ' ');
	if(text.len && !replay_offset_parse(text, &offset))
		return not_a_time;
	if(offset == REPLAY_NO_OFFSET)
		return "the time has no Z and no offset from UTC (--utc-offset says "
			   "which to take)";
	return in_range((days * DAY - offset) * 1000 + ms, out);
}

const char *replay_time_parse(rep_span_t text, int32_t offset, rep_time_t *out)
{
	if(!text.len)
		return "there is no time";
	if(text.len > 4 && text.s[4] == '-')
		return parse_iso(text, offset, out);
	if(!rep_is_digit(*text.s))
		return not_a_time;
	return parse_unix(text, out);
}

const char *replay_time_print(rep_time_t at, char out[REPLAY_TIME_TEXT])
{
	time_t seconds = (time_t)(at / 1000);
	struct tm tm;

	if(!gmtime_r(&seconds, &tm)
			|| !strftime(out, REPLAY_TIME_TEXT, "%Y-%m-%dT%H:%M:%SZ", &tm))
		snprintf(out, REPLAY_TIME_TEXT, "-");
	return out;
}
