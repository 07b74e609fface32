/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "records.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#define PEEK (256u << 10)

/* ---- lines -------------------------------------------------------------- */

bool replay_reader_open(replay_reader_t *reader, const char *path)
{
	struct stat st = {0};

	*reader = (replay_reader_t){.size = -1};
	reader->file = strcmp(path, "-") ? fopen(path, "re") : stdin;
	if(!reader->file)
		return false;
	if(fstat(fileno(reader->file), &st) == 0 && S_ISDIR(st.st_mode)) {
		replay_reader_close(reader);
		errno = EISDIR;
		return false;
	}
	if(S_ISREG(st.st_mode))
		reader->size = st.st_size;
	return true;
}

void replay_reader_close(replay_reader_t *reader)
{
	if(reader->file != stdin)
		fclose(reader->file);
	free(reader->text);
	free(reader->more);
}

/* Put the line behind what was read and is still needed. */
static bool append(replay_reader_t *reader, size_t len)
{
	size_t room = (reader->filled + len) * 2;
	char *grown;

	if(reader->filled + len > reader->room && reader->start) {
		reader->filled -= reader->start;
		memmove(reader->text, reader->text + reader->start, reader->filled);
		reader->end -= reader->start;
		reader->first -= reader->start;
		reader->start = 0;
	}
	if(reader->filled + len > reader->room) {
		grown = realloc(reader->text, room);
		if(!grown)
			return false;
		reader->text = grown;
		reader->room = room;
	}
	memcpy(reader->text + reader->filled, reader->more, len);
	return true;
}

/* Read one more line; false at the end of the file. */
static bool pull(replay_reader_t *reader)
{
	ssize_t len;

	if(reader->start == reader->filled) {
		reader->start = reader->end = reader->filled = 0;
		len = getline(&reader->text, &reader->room, reader->file);
	} else {
		len = getline(&reader->more, &reader->more_room, reader->file);
		if(len > 0 && !append(reader, (size_t)len))
			len = -1;
	}
	if(len < 0) {
		reader->failed |= !feof(reader->file);
		return false;
	}
	reader->filled += (size_t)len;
	reader->bytes += (uint64_t)len;
	return true;
}

/* Set `end` after the line that begins there; false when there is none. */
static bool find_end(replay_reader_t *reader)
{
	const char *at;

	if(reader->end == reader->filled && !pull(reader))
		return false;
	at = memchr(reader->text + reader->end, '\n', reader->filled - reader->end);
	reader->end = at ? (size_t)(at + 1 - reader->text) : reader->filled;
	return true;
}

static rep_span_t text_of(const replay_reader_t *reader)
{
	rep_span_t text = {
			reader->text + reader->start, reader->end - reader->start};

	if(text.len && text.s[text.len - 1] == '\n')
		text.len--;
	if(text.len && text.s[text.len - 1] == '\r')
		text.len--;
	return text;
}

bool replay_reader_next(replay_reader_t *reader, rep_span_t *record)
{
	reader->line += reader->lines ? reader->lines : !reader->line;
	reader->lines = 1;
	reader->start = reader->end;
	if(!find_end(reader))
		return false;
	reader->too_long = reader->end - reader->start > REPLAY_LINE_MAX;
	if(reader->too_long)
		reader->start = reader->end;
	reader->first = reader->end;
	*record = text_of(reader);
	return true;
}

bool replay_reader_more(replay_reader_t *reader, rep_span_t *record)
{
	size_t length = reader->end - reader->start;

	if(!find_end(reader) || reader->end - reader->start > REPLAY_LINE_MAX) {
		reader->end = reader->start + length;
		return false;
	}
	reader->lines++;
	*record = text_of(reader);
	return true;
}

void replay_reader_back(replay_reader_t *reader, rep_span_t *record)
{
	reader->end = reader->first;
	reader->lines = 1;
	*record = text_of(reader);
}

rep_span_t replay_reader_peek(replay_reader_t *reader)
{
	while(reader->filled - reader->end < PEEK && pull(reader))
		;
	return (rep_span_t){
			reader->text + reader->end, reader->filled - reader->end};
}

/* ---- CSV ---------------------------------------------------------------- */

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
static const char *cut_field(
		char **p, char *end, char delimiter, rep_span_t *field)
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
		const char *wrong = cut_field(&p, end, delimiter, &field);

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
