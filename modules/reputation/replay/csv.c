/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "csv.h"

/* The quote that closes the field whose text begins at `p`, or NULL. */
static char *closing(const char *p, const char *end)
{
	while(p < end && (p = memchr(p, '"', (size_t)(end - p)))) {
		if(p + 1 == end || p[1] != '"')
			return (char *)p;
		p += 2;
	}
	return NULL;
}

bool replay_csv_open(rep_span_t record, char delimiter)
{
	const char *p = record.s, *end = record.s + record.len;

	if(!record.len || !memchr(p, '"', record.len))
		return false;
	while(p < end) {
		if(*p == '"') {
			p = closing(p + 1, end);
			if(!p)
				return true;
		}
		p = memchr(p, delimiter, (size_t)(end - p));
		if(!p)
			return false;
		p++;
	}
	return false;
}

/* "" becomes ". Returns the new length. */
static size_t unescape(char *s, size_t len)
{
	char *to, *from = memchr(s, '"', len), *end = s + len;

	if(!from)
		return len;
	for(to = from; from < end; from++) {
		if(*from == '"')
			from++;
		if(from < end)
			*to++ = *from;
	}
	return (size_t)(to - s);
}

/* One field; `*p` is left at the delimiter after it, or at the end. */
static const char *take(char **p, char *end, char delimiter, rep_span_t *field)
{
	char *start = *p, *close;

	if(start == end || *start != '"') {
		close = start == end ? NULL
							 : memchr(start, delimiter, (size_t)(end - start));
		*p = close ? close : end;
		*field = (rep_span_t){start, (size_t)(*p - start)};
		return NULL;
	}
	start++;
	close = closing(start, end);
	if(!close)
		return "a quote is not closed";
	*p = close + 1;
	if(*p < end && **p != delimiter)
		return "there is text after a closing quote";
	*field = (rep_span_t){start, unescape(start, (size_t)(close - start))};
	return NULL;
}

const char *replay_csv_split(char *record, size_t len, char delimiter,
		rep_span_t *fields, size_t max, size_t *n)
{
	char *p = record, *end = record + len;

	for(*n = 0;; p++) {
		rep_span_t field;
		const char *wrong = take(&p, end, delimiter, &field);

		if(wrong)
			return wrong;
		if(*n < max)
			fields[(*n)++] = field;
		if(p == end)
			return NULL;
	}
}

char replay_csv_delimiter(rep_span_t header)
{
	static const char others[] = ";\t|";

	if(!header.len || memchr(header.s, ',', header.len))
		return ',';
	for(const char *c = others; *c; c++)
		if(memchr(header.s, *c, header.len))
			return *c;
	return ',';
}
