/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file line by line, of any size, in bounded memory. */

#ifndef REP_REPLAY_READER_H
#define REP_REPLAY_READER_H

#include "../engine/base/types.h"

#define REPLAY_LINE_MAX (1u << 20) /* bytes; longer lines are passed over */

typedef struct replay_reader
{
	int fd;
	char *buf;
	size_t room, filled;
	size_t start, first, end; /* the record, its first line's end, its end */
	bool eof, failed, owned;
	bool too_long;	/* the record was: its text is empty */
	uint64_t line;	/* number of the record's first line */
	uint32_t lines; /* that it spans */
	uint64_t bytes; /* read so far */
	int64_t size;	/* of the file, -1 = not known */
} replay_reader_t;

/* "-" is the standard input. False with errno. */
bool replay_reader_open(replay_reader_t *reader, const char *path);
void replay_reader_close(replay_reader_t *reader);

/* The next line, without its end; false at the end of the file. The text is
 * the reader's, may be written to, and lasts until the next call. */
bool replay_reader_next(replay_reader_t *reader, rep_span_t *record);

/* Have the record go on over the next line; false when there is none, or the
 * record would grow beyond REPLAY_LINE_MAX. */
bool replay_reader_more(replay_reader_t *reader, rep_span_t *record);

/* Have the record end at its first line again. */
void replay_reader_back(replay_reader_t *reader, rep_span_t *record);

/* What can be seen of the file without reading on; for guesses. */
rep_span_t replay_reader_peek(replay_reader_t *reader);

#endif
