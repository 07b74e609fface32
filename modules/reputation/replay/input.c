/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "input.h"

#include <errno.h>
#include <stdio.h>

#include "clock.h"
#include "../engine/base/text.h"

static const char *const formats[REPLAY_FORMATS] = {
		"auto", "csv", "jsonl", "acc"};

replay_format_t replay_format_parse(rep_span_t name)
{
	int f = 0;

	while(f < REPLAY_FORMATS && !rep_span_is(name, formats[f]))
		f++;
	return (replay_format_t)f;
}

void replay_bad(replay_input_t *input, uint64_t line, const char *sentence)
{
	if(input->bad++ >= input->show_errors)
		return;
	replay_progress_clear(input->progress);
	fprintf(stderr, "%s:%llu: %s\n", input->path, (unsigned long long)line,
			sentence);
}

static void add(replay_input_t *input, const replay_call_t *call)
{
	if(!replay_call_add(input->take.calls, call))
		input->full = true;
}

void replay_input_take(
		replay_input_t *input, uint64_t line, const replay_row_t *row)
{
	replay_call_t call = {0};
	const char *wrong;

	input->records++;
	wrong = replay_take(&input->take, row, &call);
	if(wrong)
		replay_bad(input, line, wrong);
	else
		add(input, &call);
}

void replay_input_take_acc(
		replay_input_t *input, uint64_t line, const replay_row_t *row)
{
	rep_span_t method = rep_trim(row->field[REPLAY_METHOD]);
	rep_span_t id = row->field[REPLAY_CALL_ID];
	replay_half_t half = {.hash = rep_hash(id), .call = REPLAY_BYE};
	bool invite = !method.len || rep_span_is(method, "INVITE");
	size_t before = input->take.calls->n;

	if(!invite && !rep_span_is(method, "BYE")) {
		input->passed_over++;
		return;
	}
	if(invite) {
		replay_input_take(input, line, row);
		if(input->take.calls->n == before)
			return;
		half.call = before;
		half.at = input->take.calls->call[before].at;
	} else {
		input->passed_over++;
		half.unwanted = replay_row_unwanted(row);
		if(replay_time_parse(rep_trim(row->field[REPLAY_TIME]),
				   input->take.utc_offset, &half.at))
			return;
	}
	if(id.len && !replay_half_add(&input->pairs, &half))
		input->full = true;
}

bool replay_input_next(
		replay_input_t *input, replay_reader_t *reader, rep_span_t *record)
{
	while(!input->full && replay_reader_next(reader, record)) {
		if((reader->line & 0xfff) == 0)
			replay_progress(input->progress, reader->bytes, reader->size);
		if(!reader->too_long)
			return true;
		input->records++;
		replay_bad(input, reader->line, "the line is longer than a megabyte");
	}
	return false;
}

/* ---- which format ------------------------------------------------------- */

static bool holds(rep_span_t text, const char *word)
{
	return text.len && memmem(text.s, text.len, word, strlen(word));
}

static replay_format_t guess(rep_span_t head)
{
	static const char *const methods[] = {
			"INVITE|", "BYE|", "ACK|", "CANCEL|", "UPDATE|", "MESSAGE|"};
	rep_span_t start = rep_trim(head);

	if(start.len && *start.s == '{')
		return REPLAY_JSONL;
	if(holds(head, "ACC: ") && holds(head, "timestamp="))
		return REPLAY_ACC;
	for(size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if(start.len > strlen(methods[i])
				&& memcmp(start.s, methods[i], strlen(methods[i])) == 0)
			return REPLAY_ACC;
	return REPLAY_CSV;
}

static bool read_as(replay_input_t *input, replay_reader_t *reader)
{
	replay_format_t format = input->format;
	rep_span_t head = replay_reader_peek(reader);

	if(!head.len && !reader->failed) {
		fprintf(stderr, "%s: is empty\n", input->path);
		return false;
	}
	if(format == REPLAY_AUTO)
		format = guess(head);
	switch(format) {
		case REPLAY_JSONL:
			return replay_jsonl_read(input, reader);
		case REPLAY_ACC:
			return replay_acc_read(input, reader);
		default:
			return replay_csv_read(input, reader);
	}
}

bool replay_input_read(replay_input_t *input, const char *path)
{
	replay_reader_t reader;
	bool fine;

	input->path = strcmp(path, "-") ? path : "standard input";
	if(!replay_reader_open(&reader, path)) {
		fprintf(stderr, "%s: %s\n", input->path, strerror(errno));
		return false;
	}
	fine = read_as(input, &reader);
	replay_progress_clear(input->progress);
	if(reader.failed)
		fprintf(stderr, "%s: cannot be read to its end\n", input->path);
	fine = fine && !reader.failed;
	replay_reader_close(&reader);
	return fine;
}
