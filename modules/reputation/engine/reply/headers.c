/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "headers.h"

#include "../base/text.h"

/* Cut a line with its folds off `*rest`, its last LF included. False when it
 * has no end: nothing is left then. */
static bool cut_line(rep_span_t *rest, rep_span_t *line)
{
	const char *lf;
	size_t n = 0;

	do {
		lf = n < rest->len ? memchr(rest->s + n, '\n', rest->len - n) : NULL;
		if(!lf) {
			rest->len = 0;
			return false;
		}
		n = (size_t)(lf - rest->s) + 1;
	} while(n < rest->len && (rest->s[n] == ' ' || rest->s[n] == '\t'));
	*line = (rep_span_t){rest->s, n};
	*rest = (rep_span_t){rest->s + n, rest->len - n};
	return true;
}

static bool at_line_end(rep_span_t text)
{
	return text.len > 0 && (text.s[0] == '\r' || text.s[0] == '\n');
}

rep_span_t rep_headers(rep_span_t message)
{
	rep_span_t line;

	while(at_line_end(message))
		message = (rep_span_t){message.s + 1, message.len - 1};
	cut_line(&message, &line);
	return message;
}

bool rep_headers_skip(rep_span_t *rest)
{
	rep_span_t line;

	return !at_line_end(*rest) && cut_line(rest, &line);
}

bool rep_headers_next(rep_span_t *rest, rep_span_t *name, rep_span_t *value)
{
	rep_span_t line, first;

	while(!at_line_end(*rest) && cut_line(rest, &line)) {
		rep_span_t folds = line;

		rep_span_cut(&folds, '\n', &first);
		/* the name and its colon stand on the first line */
		if(!rep_split(first, ':', name, value))
			continue;
		*value = rep_trim(
				(rep_span_t){value->s, (size_t)(line.s + line.len - value->s)});
		return true;
	}
	return false;
}

/* The first `c` from `at` on that no quoted string hides, or the text's end. */
static size_t find(rep_span_t text, size_t at, char c)
{
	bool quoted = false;

	for(; at < text.len && (quoted || text.s[at] != c); at++) {
		if(text.s[at] == '"')
			quoted = !quoted;
		else if(quoted && text.s[at] == '\\')
			at++;
	}
	return at < text.len ? at : text.len;
}

rep_span_t rep_header_tag(rep_span_t value)
{
	size_t at = find(value, 0, '<'), end;
	rep_span_t name, tag;

	if(at < value.len) {
		const char *close = memchr(value.s + at, '>', value.len - at);
		at = close ? (size_t)(close - value.s) : value.len;
	} else {
		at = 0;
	}
	for(at = find(value, at, ';'); at < value.len; at = end) {
		end = find(value, ++at, ';');
		if(rep_split((rep_span_t){value.s + at, end - at}, '=', &name, &tag)
				&& rep_same(name, "tag"))
			return tag;
	}
	return (rep_span_t){value.s, 0};
}
