/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A log in CSV. */

#include <stdio.h>

#include "csv.h"
#include "input.h"
#include "../engine/base/text.h"

#define COLUMNS 256
#define RECORD_LINES 100 /* a quoted field may span so many */

typedef struct columns
{
	replay_field_t field[COLUMNS];
	size_t n;
	bool has[REPLAY_FIELDS];
} columns_t;

/* Of two columns for one field the one with the better name counts. */
static void name_columns(
		const replay_input_t *input, columns_t *columns, rep_span_t *names)
{
	unsigned best[REPLAY_FIELDS], rank;
	size_t at[REPLAY_FIELDS] = {0};

	for(size_t i = 0; i < columns->n; i++) {
		replay_field_t f =
				replay_field_of(&input->aliases, rep_trim(names[i]), &rank);
		columns->field[i] = f;
		if(f == REPLAY_FIELDS)
			continue;
		if(columns->has[f] && best[f] <= rank) {
			columns->field[i] = REPLAY_FIELDS;
			continue;
		}
		if(columns->has[f])
			columns->field[at[f]] = REPLAY_FIELDS;
		columns->has[f] = true;
		best[f] = rank;
		at[f] = i;
	}
}

static bool complain(
		const replay_input_t *input, uint64_t line, const char *what)
{
	fprintf(stderr, "%s:%llu: the header line has no column %s\n", input->path,
			(unsigned long long)line, what);
	return false;
}

static bool read_header(replay_input_t *input, replay_reader_t *reader,
		columns_t *columns, char *delimiter)
{
	rep_span_t record, names[COLUMNS];
	const char *wrong;

	do
		if(!replay_input_next(input, reader, &record))
			return false;
	while(!rep_trim(record).len);
	if(record.len >= 3 && memcmp(record.s, "\xef\xbb\xbf", 3) == 0)
		record = (rep_span_t){record.s + 3, record.len - 3};
	*delimiter =
			input->delimiter ? input->delimiter : replay_csv_delimiter(record);
	wrong = replay_csv_split((char *)record.s, record.len, *delimiter, names,
			COLUMNS, &columns->n);
	if(wrong) {
		fprintf(stderr, "%s:%llu: the header line: %s\n", input->path,
				(unsigned long long)reader->line, wrong);
		return false;
	}
	name_columns(input, columns, names);
	if(!columns->has[REPLAY_TIME])
		return complain(input, reader->line, "time");
	if(!columns->has[REPLAY_NUMBER])
		return complain(input, reader->line, "number");
	if(!columns->has[REPLAY_STATUS] && !columns->has[REPLAY_OUTCOME])
		return complain(input, reader->line, "status or outcome");
	return true;
}

/* Quoted line ends belong to the record. A quote that nobody closes costs one
 * line, not the rest of the file. */
static void complete(
		replay_reader_t *reader, rep_span_t *record, char delimiter)
{
	while(replay_csv_open(*record, delimiter))
		if(reader->lines == RECORD_LINES
				|| !replay_reader_more(reader, record)) {
			replay_reader_back(reader, record);
			return;
		}
}

static void take(replay_input_t *input, const columns_t *columns, uint64_t line,
		rep_span_t record, char delimiter)
{
	rep_span_t fields[COLUMNS];
	replay_row_t row = {0};
	const char *wrong;
	size_t n;

	wrong = replay_csv_split(
			(char *)record.s, record.len, delimiter, fields, COLUMNS, &n);
	if(wrong) {
		input->records++;
		replay_bad(input, line, wrong);
		return;
	}
	for(size_t i = 0; i < n && i < columns->n; i++)
		if(columns->field[i] != REPLAY_FIELDS)
			row.field[columns->field[i]] = fields[i];
	replay_input_take(input, line, &row);
}

bool replay_csv_read(replay_input_t *input, replay_reader_t *reader)
{
	columns_t columns = {.n = 0};
	rep_span_t record;
	char delimiter;

	if(!read_header(input, reader, &columns, &delimiter))
		return false;
	while(replay_input_next(input, reader, &record)) {
		if(!record.len)
			continue;
		complete(reader, &record, delimiter);
		take(input, &columns, reader->line, record, delimiter);
	}
	return true;
}
