/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Call logs in their formats. */

#ifndef REP_REPLAY_INPUT_H
#define REP_REPLAY_INPUT_H

#include "pair.h"
#include "progress.h"
#include "reader.h"
#include "take.h"

typedef enum replay_format
{
	REPLAY_AUTO,
	REPLAY_CSV,
	REPLAY_JSONL,
	REPLAY_ACC,
	REPLAY_FORMATS
} replay_format_t;

/* "auto", "csv" ...; REPLAY_FORMATS when there is none of that name. */
replay_format_t replay_format_parse(rep_span_t name);

#define REPLAY_ACC_FIELDS                                                  \
	"method,from_tag,to_tag,call_id,status,reason,time,number,pool,route," \
	"reason_header,duration"

typedef struct replay_input
{
	replay_take_t take;
	replay_aliases_t aliases;
	replay_format_t format;
	char delimiter;			/* of CSV; 0 = look */
	const char *acc_fields; /* of flat files, in their order */
	char acc_delimiter;
	uint64_t show_errors;
	/* what came of it */
	const char *path;
	uint64_t records, bad, passed_over;
	bool full; /* no more calls are taken */
	replay_pairs_t pairs;
	replay_progress_t *progress;
} replay_input_t;

/* Read a file. False, after a message, when it could not be read or holds
 * nothing that could be a call. */
bool replay_input_read(replay_input_t *input, const char *path);

/* ---- for the formats ---------------------------------------------------- */

/* Say what is wrong with the record that begins at this line. */
void replay_bad(replay_input_t *input, uint64_t line, const char *sentence);
/* One record. */
void replay_input_take(
		replay_input_t *input, uint64_t line, const replay_row_t *row);
/* The same of an acc record, whose Call-ID and method say more. */
void replay_input_take_acc(
		replay_input_t *input, uint64_t line, const replay_row_t *row);
/* The next record for a format, the progress told; false at the end. Lines
 * that are too long are told and passed over. */
bool replay_input_next(
		replay_input_t *input, replay_reader_t *reader, rep_span_t *record);

bool replay_csv_read(replay_input_t *input, replay_reader_t *reader);
bool replay_jsonl_read(replay_input_t *input, replay_reader_t *reader);
bool replay_acc_read(replay_input_t *input, replay_reader_t *reader);

#endif
