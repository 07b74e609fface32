/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of a report. */

#include "lines.h"

#include <inttypes.h>
#include <stdlib.h>

#include "clock.h"
#include "../engine/base/text.h"

/* ---- JSON ---------------------------------------------------------------- */

void replay_add_text(struct json_object *to, const char *name, const char *text)
{
	static const char replacement[] = "\xef\xbf\xbd";
	char *copy = malloc(3 * strlen(text) + 1), *p = copy;
	int len;

	if(!copy)
		return;
	for(; *text; text += len ? len : 1) {
		len = (int)rep_utf8_char(rep_span(text));
		p = mempcpy(p, len ? text : replacement, len ? (size_t)len : 3);
	}
	*p = '\0';
	json_object_object_add(to, name, json_object_new_string(copy));
	free(copy);
}

void replay_add_number(
		struct json_object *to, const char *name, double x, int decimals)
{
	char text[64];

	snprintf(text, sizeof(text), "%.*f", decimals, x);
	json_object_object_add(to, name, json_object_new_double_s(x, text));
}

void replay_add_count(struct json_object *to, const char *name, uint64_t n)
{
	json_object_object_add(to, name, json_object_new_int64((int64_t)n));
}

void replay_add_time(struct json_object *to, const char *name, rep_time_t at)
{
	char text[REPLAY_TIME_TEXT];

	replay_add_text(to, name, replay_time_print(at, text));
}

struct json_object *replay_add_object(struct json_object *to, const char *name)
{
	struct json_object *object = json_object_new_object();

	json_object_object_add(to, name, object);
	return object;
}

void replay_print_line(FILE *out, struct json_object *object)
{
	fputs(json_object_to_json_string_ext(object,
				  JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE),
			out);
	putc('\n', out);
	json_object_put(object);
}

/* ---- text --------------------------------------------------------------- */

const char *replay_word(const char *text, char out[REPLAY_WORD])
{
	size_t n = 0;

	for(; *text && n < REPLAY_WORD - 1; text++)
		out[n++] = (unsigned char)*text <= ' ' || *text == 0x7f ? '_' : *text;
	if(!n)
		out[n++] = '-';
	out[n] = '\0';
	return out;
}

void replay_print_mix(FILE *out, const uint64_t *outcomes, uint64_t calls)
{
	const char *before = " ";

	for(int o = 0; o < REP_OUTCOMES; o++) {
		/* cppcheck-suppress objectIndex ; one of REPLAY_COUNTS */
		if(!outcomes[o])
			continue;
		fprintf(out, "%s%s %.1f%%", before, rep_outcome_name((rep_outcome_t)o),
				100.0 * (double)outcomes[o] / (double)calls);
		before = ", ";
	}
	putc('\n', out);
}
