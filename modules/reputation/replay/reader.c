/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROOM_FIRST (256u << 10)
#define ROOM_MAX (2u * REPLAY_LINE_MAX)

bool replay_reader_open(replay_reader_t *reader, const char *path)
{
	struct stat st;

	*reader = (replay_reader_t){.fd = STDIN_FILENO, .size = -1};
	reader->buf = malloc(ROOM_FIRST);
	if(!reader->buf)
		return false;
	reader->room = ROOM_FIRST;
	if(strcmp(path, "-") != 0) {
		reader->fd = open(path, O_RDONLY | O_CLOEXEC);
		reader->owned = reader->fd >= 0;
	}
	if(reader->fd >= 0 && fstat(reader->fd, &st) == 0) {
		if(S_ISREG(st.st_mode))
			reader->size = st.st_size;
		if(!S_ISDIR(st.st_mode))
			return true;
		errno = EISDIR;
	}
	replay_reader_close(reader);
	return false;
}

void replay_reader_close(replay_reader_t *reader)
{
	int error = errno;

	if(reader->owned)
		close(reader->fd);
	free(reader->buf);
	reader->buf = NULL;
	reader->owned = false;
	errno = error;
}

/* Put the record at the start of the buffer, and make room behind it. */
static bool make_room(replay_reader_t *reader)
{
	char *grown;

	if(reader->filled < reader->room)
		return true;
	if(reader->start) {
		reader->filled -= reader->start;
		memmove(reader->buf, reader->buf + reader->start, reader->filled);
		reader->end -= reader->start;
		reader->first -= reader->start;
		reader->start = 0;
		return true;
	}
	if(reader->room >= ROOM_MAX)
		return false;
	grown = realloc(reader->buf, reader->room * 2);
	if(!grown)
		return false;
	reader->buf = grown;
	reader->room *= 2;
	return true;
}

/* Read on; false at the end of the file, or when there is no room. */
static bool fill(replay_reader_t *reader)
{
	ssize_t got;

	if(reader->eof || !make_room(reader))
		return false;
	do
		got = read(reader->fd, reader->buf + reader->filled,
				reader->room - reader->filled);
	while(got < 0 && errno == EINTR);
	if(got <= 0) {
		reader->eof = true;
		reader->failed = got < 0;
		return false;
	}
	reader->filled += (size_t)got;
	reader->bytes += (uint64_t)got;
	return true;
}

/* Set `end` after the line that begins there; false when there is none. */
static bool find_end(replay_reader_t *reader)
{
	size_t looked = 0, length;
	const char *at, *from;

	for(;;) {
		from = reader->buf + reader->end;
		length = reader->filled - reader->end;
		at = length > looked ? memchr(from + looked, '\n', length - looked)
							 : NULL;
		if(at) {
			reader->end += (size_t)(at - from) + 1;
			return true;
		}
		looked = length;
		if(fill(reader))
			continue;
		if(!reader->eof) /* too long */
			return false;
		reader->end = reader->filled;
		return looked > 0;
	}
}

static rep_span_t text_of(const replay_reader_t *reader)
{
	rep_span_t text = {
			reader->buf + reader->start, reader->end - reader->start};

	if(text.len && text.s[text.len - 1] == '\n')
		text.len--;
	if(text.len && text.s[text.len - 1] == '\r')
		text.len--;
	return text;
}

/* Let go of what was read of a line that is too long, until its end. */
static void skip_line(replay_reader_t *reader)
{
	reader->too_long = true;
	do
		reader->filled = reader->start = reader->end = 0;
	while(!find_end(reader) && !reader->eof);
	reader->start = reader->end;
}

bool replay_reader_next(replay_reader_t *reader, rep_span_t *record)
{
	reader->line += reader->lines ? reader->lines : !reader->line;
	reader->lines = 1;
	reader->start = reader->end;
	reader->too_long = false;
	if(!find_end(reader)) {
		if(reader->eof)
			return false;
		skip_line(reader);
	} else if(reader->end - reader->start > REPLAY_LINE_MAX) {
		reader->too_long = true;
		reader->start = reader->end;
	}
	reader->first = reader->end;
	*record = text_of(reader);
	return true;
}

bool replay_reader_more(replay_reader_t *reader, rep_span_t *record)
{
	size_t before = reader->end - reader->start;

	if(!find_end(reader) || reader->end - reader->start > REPLAY_LINE_MAX) {
		reader->end = reader->start + before;
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
	if(reader->filled == reader->end)
		fill(reader);
	return (rep_span_t){
			reader->buf + reader->end, reader->filled - reader->end};
}
