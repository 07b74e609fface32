/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What Kamailio's acc writes: db_flatstore's files
 * ("INVITE|tag|tag|call-id|200|OK|1700000000|…") and its log lines
 * ("ACC: transaction answered: timestamp=1700000000;method=INVITE;…"). */

#include "input.h"
#include "../engine/base/text.h"

#define FIELDS 64

typedef struct layout
{
	replay_field_t field[FIELDS];
	size_t n;
} layout_t;

static void layout_of(const replay_input_t *input, layout_t *layout)
{
	rep_span_t rest = rep_span(input->acc_fields), name;
	unsigned rank;

	layout->n = 0;
	while(layout->n < FIELDS && rep_span_cut(&rest, ',', &name))
		layout->field[layout->n++] =
				replay_field_of(&input->aliases, rep_trim(name), &rank);
}

/* ---- flat files --------------------------------------------------------- */

static int hex(char c)
{
	return c >= '0' && c <= '9'	  ? c - '0'
		   : c >= 'A' && c <= 'F' ? c - 'A' + 10
		   : c >= 'a' && c <= 'f' ? c - 'a' + 10
								  : 256;
}

/* db_flatstore writes its delimiter as %7C, and nothing else in that way. */
static rep_span_t decode(rep_span_t text, char delimiter)
{
	char *s = (char *)text.s, *to = s;

	if(!text.len || !memchr(s, '%', text.len))
		return text;
	for(size_t i = 0; i < text.len; i++, to++) {
		bool coded = s[i] == '%' && i + 2 < text.len
					 && hex(s[i + 1]) * 16 + hex(s[i + 2])
								== (unsigned char)delimiter;

		*to = coded ? delimiter : s[i];
		i += coded ? 2 : 0;
	}
	return (rep_span_t){s, (size_t)(to - s)};
}

static void take_flat(replay_input_t *input, const layout_t *layout,
		uint64_t line, rep_span_t record)
{
	replay_row_t row = {0};
	rep_span_t value;

	for(size_t i = 0; i < layout->n
					  && rep_span_cut(&record, input->acc_delimiter, &value);
			i++)
		if(layout->field[i] != REPLAY_FIELDS)
			row.field[layout->field[i]] = decode(value, input->acc_delimiter);
	replay_input_take_acc(input, line, &row);
}

/* ---- log lines ---------------------------------------------------------- */

/* Attributes that acc writes and that say nothing here. */
static bool is_tag(rep_span_t name)
{
	return rep_span_is(name, "from_tag") || rep_span_is(name, "to_tag");
}

/* A Reason header has semicolons and equal signs of its own: it goes on up to
 * the next attribute with a name that is known. */
static void take_log(replay_input_t *input, replay_places_t *places,
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
	replay_input_take_acc(input, line, &row);
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

bool replay_acc_read(replay_input_t *input, replay_reader_t *reader)
{
	replay_places_t places = {0};
	rep_span_t record, attributes;
	layout_t layout;

	layout_of(input, &layout);
	while(replay_input_next(input, reader, &record)) {
		if(log_line(record, &attributes))
			take_log(input, &places, reader->line, attributes);
		else if(record.len
				&& memchr(record.s, input->acc_delimiter, record.len))
			take_flat(input, &layout, reader->line, record);
		else
			input->passed_over++;
	}
	return true;
}
