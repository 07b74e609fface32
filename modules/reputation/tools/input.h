/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Call logs in their formats. */

#ifndef REP_REPLAY_INPUT_H
#define REP_REPLAY_INPUT_H

#include "columns.h"
#include "progress.h"

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
	replay_progress_t *progress;
	/* what came of it */
	const char *path;
	uint64_t bad, passed_over;
	bool full; /* no more calls are taken */
	replay_pairs_t pairs;
} replay_input_t;

/* Read a file. What is wrong is told; what could be read is kept. */
void replay_input_read(replay_input_t *input, const char *path);

#endif
