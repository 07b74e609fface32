/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "input.h"

#include <errno.h>
#include <stdio.h>
#include <json-c/json.h>

#include "clock.h"
#include "records.h"
#include "../engine/base/text.h"

#define COLUMNS 256
#define RECORD_LINES 100 /* a quoted field may span so many */
#define COLUMNS_SHOWN 20
#define ACC_FIELDS 64
#define JSON_DEPTH 8

/* Say what is wrong with the record that begins at this line. */
static void bad(replay_input_t *input, uint64_t line, const char *sentence)
{
	if(input->bad++ >= input->show_errors)
		return;
	replay_progress_clear(input->progress);
	fprintf(stderr, "%s:%llu: %s\n", input->path, (unsigned long long)line,
			sentence);
}

/* The next line, the progress told; false at the end. Lines that are too long
 * are told and passed over. */
static bool next(
		replay_input_t *input, replay_reader_t *reader, rep_span_t *record)
{
	while(!input->full && replay_reader_next(reader, record)) {
		if((reader->line & 0xfff) == 0)
			replay_progress(input->progress, reader->bytes, reader->size);
		if(!reader->too_long)
			return true;
		bad(input, reader->line, "the line is longer than a megabyte");
	}
	return false;
}

/* Whether a call came of it. */
static bool add_call(
		replay_input_t *input, uint64_t line, const replay_row_t *row)
{
	replay_call_t call = {0};
	const char *wrong = replay_take(&input->take, row, &call);

	if(wrong)
		bad(input, line, wrong);
	else if(!replay_call_add(input->take.calls, &call))
		input->full = true;
	return !wrong && !input->full;
}

/* ---- CSV ---------------------------------------------------------------- */

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

/* The column that a log cannot do without, if it has no such one. */
static replay_field_t missing(const columns_t *columns)
{
	if(!columns->has[REPLAY_TIME])
		return REPLAY_TIME;
	if(!columns->has[REPLAY_NUMBER])
		return REPLAY_NUMBER;
	return columns->has[REPLAY_STATUS] || columns->has[REPLAY_OUTCOME]
				   ? REPLAY_FIELDS
				   : REPLAY_STATUS;
}

/* A name in the header may hold anything. */
static void print_name(rep_span_t name)
{
	for(size_t i = 0; i < name.len && i < 40; i++) {
		unsigned char c = (unsigned char)name.s[i];

		putc(c < ' ' || c == 0x7f ? '?' : c, stderr);
	}
}

/* Which of the columns it is only the user can say. */
static void complain(const replay_input_t *input, uint64_t line,
		replay_field_t field, const rep_span_t *names, size_t n)
{
	const char *name = replay_field_name(field);

	fprintf(stderr,
			"%s:%llu: the header line has no column %s%s; --column %s=NAME "
			"says which one it is of: ",
			input->path, (unsigned long long)line, name,
			field == REPLAY_STATUS ? " or outcome" : "", name);
	for(size_t i = 0; i < n && i < COLUMNS_SHOWN; i++) {
		fputs(i ? ", " : "", stderr);
		print_name(rep_trim(names[i]));
	}
	fputs(n > COLUMNS_SHOWN ? ", ...\n" : "\n", stderr);
}

static bool read_header(replay_input_t *input, replay_reader_t *reader,
		columns_t *columns, char *delimiter)
{
	rep_span_t record, names[COLUMNS];
	const char *wrong;

	do
		if(!next(input, reader, &record))
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
	if(missing(columns) != REPLAY_FIELDS) {
		complain(input, reader->line, missing(columns), names, columns->n);
		return false;
	}
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

static void merge_fields(replay_input_t *input, const columns_t *columns,
		uint64_t line, rep_span_t record, char delimiter)
{
	rep_span_t fields[COLUMNS];
	replay_row_t row = {0};
	const char *wrong;
	size_t n;

	wrong = replay_csv_split(
			(char *)record.s, record.len, delimiter, fields, COLUMNS, &n);
	if(wrong) {
		bad(input, line, wrong);
		return;
	}
	for(size_t i = 0; i < n && i < columns->n; i++)
		if(columns->field[i] != REPLAY_FIELDS)
			row.field[columns->field[i]] = fields[i];
	add_call(input, line, &row);
}

static void read_csv(replay_input_t *input, replay_reader_t *reader)
{
	columns_t columns = {.n = 0};
	rep_span_t record;
	char delimiter;

	if(!read_header(input, reader, &columns, &delimiter))
		return;
	while(next(input, reader, &record)) {
		if(!record.len)
			continue;
		complete(reader, &record, delimiter);
		merge_fields(input, &columns, reader->line, record, delimiter);
	}
}

/* ---- JSON lines --------------------------------------------------------- */

static const char *row_of(replay_input_t *input, replay_places_t *places,
		struct json_object *object, replay_row_t *row)
{
	unsigned best[REPLAY_FIELDS], rank, i = 0;

	json_object_object_foreach(object, name, value)
	{
		replay_field_t f = replay_field_at(
				&input->aliases, places, i++, rep_span(name), &rank);
		enum json_type type = json_object_get_type(value);

		if(f == REPLAY_FIELDS || type == json_type_null)
			continue;
		if(type != json_type_string && type != json_type_int
				&& type != json_type_double)
			return "a field is neither text nor a number";
		if(row->field[f].s && best[f] <= rank)
			continue;
		best[f] = rank;
		row->field[f].s = json_object_get_string(value);
		row->field[f].len = type == json_type_string
									? (size_t)json_object_get_string_len(value)
									: strlen(row->field[f].s);
	}
	return NULL;
}

static const char *parse(struct json_tokener *tokener, rep_span_t record,
		struct json_object **object)
{
	size_t end;

	json_tokener_reset(tokener);
	*object = json_tokener_parse_ex(tokener, record.s, (int)record.len);
	if(json_tokener_get_error(tokener) == json_tokener_continue)
		return "the JSON ends too early";
	if(json_tokener_get_error(tokener) != json_tokener_success)
		return "this is not JSON";
	end = json_tokener_get_parse_end(tokener);
	if(rep_trim((rep_span_t){record.s + end, record.len - end}).len)
		return "there is text after the JSON object";
	if(!json_object_is_type(*object, json_type_object))
		return "this is not a JSON object";
	return NULL;
}

static void read_jsonl(replay_input_t *input, replay_reader_t *reader)
{
	struct json_tokener *tokener = json_tokener_new_ex(JSON_DEPTH);
	replay_places_t places = {0};
	rep_span_t record;

	if(!tokener) {
		fprintf(stderr, "%s: there is no memory\n", input->path);
		return;
	}
	while(next(input, reader, &record)) {
		struct json_object *object = NULL;
		replay_row_t row = {0};
		const char *wrong;

		record = rep_trim(record);
		if(!record.len)
			continue;
		wrong = parse(tokener, record, &object);
		if(!wrong)
			wrong = row_of(input, &places, object, &row);
		if(wrong)
			bad(input, reader->line, wrong);
		else
			add_call(input, reader->line, &row);
		json_object_put(object);
	}
	json_tokener_free(tokener);
}

/* ---- Kamailio's acc ----------------------------------------------------- */

/* What it writes is db_flatstore's files
 * ("INVITE|tag|tag|call-id|200|OK|1700000000|…") and log lines
 * ("ACC: transaction answered: timestamp=1700000000;method=INVITE;…"). */

/* One record, whose Call-ID and method say to which call it belongs. */
static void merge_acc(
		replay_input_t *input, uint64_t line, const replay_row_t *row)
{
	rep_span_t method = rep_trim(row->field[REPLAY_METHOD]);
	rep_span_t id = row->field[REPLAY_CALL_ID];
	replay_half_t half = {.hash = rep_hash(id), .call = REPLAY_BYE};

	if(!method.len || rep_span_is(method, "INVITE")) {
		if(!add_call(input, line, row))
			return;
		half.call = input->take.calls->n - 1;
		half.at = input->take.calls->call[half.call].at;
	} else {
		input->passed_over++;
		if(!rep_span_is(method, "BYE"))
			return;
		half.unwanted = replay_row_unwanted(row);
		if(replay_time_parse(rep_trim(row->field[REPLAY_TIME]),
				   input->take.utc_offset, &half.at))
			return;
	}
	if(id.len && !replay_half_add(&input->pairs, &half))
		input->full = true;
}

typedef struct layout
{
	replay_field_t field[ACC_FIELDS];
	size_t n;
} layout_t;

static void layout_of(const replay_input_t *input, layout_t *layout)
{
	rep_span_t rest = rep_span(input->acc_fields), name;
	unsigned rank;

	layout->n = 0;
	while(layout->n < ACC_FIELDS && rep_span_cut(&rest, ',', &name))
		layout->field[layout->n++] =
				replay_field_of(&input->aliases, rep_trim(name), &rank);
}

/* db_flatstore writes its delimiter as %7C, and nothing else in that way. */
static rep_span_t decode(rep_span_t text, char delimiter)
{
	char *s = (char *)text.s, *to = s;
	int code = (unsigned char)delimiter;

	if(!text.len || !memchr(s, '%', text.len))
		return text;
	for(size_t i = 0; i < text.len; i++, to++) {
		bool coded = s[i] == '%' && i + 2 < text.len
					 && rep_hex_digit(s[i + 1]) == code / 16
					 && rep_hex_digit(s[i + 2]) == code % 16;

		*to = coded ? delimiter : s[i];
		i += coded ? 2 : 0;
	}
	return (rep_span_t){s, (size_t)(to - s)};
}

static void merge_flat(replay_input_t *input, const layout_t *layout,
		uint64_t line, rep_span_t record)
{
	replay_row_t row = {0};
	rep_span_t value;

	for(size_t i = 0; i < layout->n
					  && rep_span_cut(&record, input->acc_delimiter, &value);
			i++)
		if(layout->field[i] != REPLAY_FIELDS)
			row.field[layout->field[i]] = decode(value, input->acc_delimiter);
	merge_acc(input, line, &row);
}

/* Attributes that acc writes and that say nothing here. */
static bool is_tag(rep_span_t name)
{
	return rep_span_is(name, "from_tag") || rep_span_is(name, "to_tag");
}

/* A Reason header has semicolons and equal signs of its own: it goes on up to
 * the next attribute with a name that is known. */
static void merge_log(replay_input_t *input, replay_places_t *places,
		uint64_t line, rep_span_t record)
{
	replay_row_t row = {0};
	rep_span_t rest = record, part, *header = NULL;
	unsigned i = 0, rank;

	while(rep_span_cut(&rest, ';', &part)) {
		const char *equals = part.len ? memchr(part.s, '=', part.len) : NULL;
		rep_span_t name = {part.s, equals ? (size_t)(equals - part.s) : 0};
		replay_field_t f = REPLAY_FIELDS;

		if(name.len)
			f = replay_field_at(&input->aliases, places, i++, name, &rank);
		if(f != REPLAY_FIELDS) {
			row.field[f] = (rep_span_t){
					equals + 1, (size_t)(part.s + part.len - equals - 1)};
			header = f == REPLAY_REASON_HEADER ? &row.field[f] : NULL;
		} else if(header && !is_tag(name)) {
			header->len = (size_t)(part.s + part.len - header->s);
		} else {
			header = NULL;
		}
	}
	merge_acc(input, line, &row);
}

/* The attributes of a log line, whatever syslog put before them. */
static bool log_line(rep_span_t record, rep_span_t *attributes)
{
	static const char first[] = "timestamp=";
	const char *end = record.s + record.len, *at = NULL;

	if(record.len)
		at = memmem(record.s, record.len, "ACC: ", 5);
	if(at)
		at = memmem(at, (size_t)(end - at), first, sizeof(first) - 1);
	if(!at)
		return false;
	*attributes = (rep_span_t){at, (size_t)(end - at)};
	return true;
}

static void read_acc(replay_input_t *input, replay_reader_t *reader)
{
	replay_places_t places = {0};
	rep_span_t record, attributes;
	layout_t layout;

	layout_of(input, &layout);
	while(next(input, reader, &record)) {
		if(log_line(record, &attributes))
			merge_log(input, &places, reader->line, attributes);
		else if(record.len
				&& memchr(record.s, input->acc_delimiter, record.len))
			merge_flat(input, &layout, reader->line, record);
		else
			input->passed_over++;
	}
}

/* ---- which format ------------------------------------------------------- */

static const struct
{
	const char *name;
	void (*read)(replay_input_t *input, replay_reader_t *reader);
} formats[REPLAY_FORMATS] = {
		[REPLAY_AUTO] = {"auto", NULL},
		[REPLAY_CSV] = {"csv", read_csv},
		[REPLAY_JSONL] = {"jsonl", read_jsonl},
		[REPLAY_ACC] = {"acc", read_acc},
};

replay_format_t replay_format_parse(rep_span_t name)
{
	int f = 0;

	while(f < REPLAY_FORMATS && !rep_span_is(name, formats[f].name))
		f++;
	return (replay_format_t)f;
}

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

static void read_as(replay_input_t *input, replay_reader_t *reader)
{
	replay_format_t format = input->format;
	rep_span_t head = replay_reader_peek(reader);

	if(!head.len && !reader->failed) {
		fprintf(stderr, "%s: is empty\n", input->path);
		return;
	}
	if(format == REPLAY_AUTO)
		format = guess(head);
	formats[format].read(input, reader);
}

void replay_input_read(replay_input_t *input, const char *path)
{
	replay_reader_t reader;

	input->path = strcmp(path, "-") ? path : "standard input";
	if(!replay_reader_open(&reader, path)) {
		fprintf(stderr, "%s: %s\n", input->path, strerror(errno));
		return;
	}
	read_as(input, &reader);
	replay_progress_clear(input->progress);
	if(reader.failed)
		fprintf(stderr, "%s: cannot be read to its end\n", input->path);
	replay_reader_close(&reader);
}
