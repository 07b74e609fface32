/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The records of a text file: its lines, and RFC 4180 records (CSV), which
 * may span several. */

#ifndef REP_REPLAY_RECORDS_H
#define REP_REPLAY_RECORDS_H

#include <stdio.h>

#include "../engine/base/types.h"

#define REPLAY_LINE_MAX (1u << 20) /* bytes; longer lines are passed over */

typedef struct replay_reader
{
	FILE *file;
	bool failed;
	bool too_long;	/* the record was: its text is empty */
	uint64_t line;	/* number of the record's first line */
	uint32_t lines; /* that it spans */
	uint64_t bytes; /* read so far */
	int64_t size;	/* of the file, -1 = not known */
	/* the rest is the implementation's */
	char *text, *more;
	size_t room, more_room, filled;
	size_t start, first, end; /* the record, its first line's end, its end */
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

/* The next lines of the file, before they are read; for guesses. */
rep_span_t replay_reader_peek(replay_reader_t *reader);

/* Does the record end within quotes, so that the next line belongs to it? */
bool replay_csv_open(rep_span_t record, char delimiter);

/* Split a whole record (no line end at its end) into at most `max` fields;
 * more are passed over. Doubled quotes are made single in place. NULL and
 * `*n`, or what is wrong. A quote inside a field that does not begin with one
 * is a letter like others. */
const char *replay_csv_split(char *record, size_t len, char delimiter,
		rep_span_t *fields, size_t max, size_t *n);

/* The delimiter that a header line uses: a comma, unless it has none and has
 * semicolons, tabs or bars. */
char replay_csv_delimiter(rep_span_t header);

#endif
