/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Labels come from the log: they may hold anything. */

#include "report.h"

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

/* Bytes of the UTF-8 character at `s`, 0 = it is none. */
static int utf8(const unsigned char *s)
{
	int more = s[0] < 0x80	 ? 0
			   : s[0] < 0xc2 ? -1
			   : s[0] < 0xe0 ? 1
			   : s[0] < 0xf0 ? 2
			   : s[0] < 0xf5 ? 3
							 : -1;

	for(int i = 1; i <= more; i++)
		if((s[i] & 0xc0) != 0x80)
			return 0;
	if((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f)
			|| (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return more + 1;
}

void replay_json_text(FILE *out, const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	int n;

	putc('"', out);
	for(; *s; s += n ? n : 1) {
		n = utf8(s);
		if(!n)
			fputs("\\ufffd", out);
		else if(*s < 0x20 || *s == 0x7f)
			fprintf(out, "\\u%04x", *s);
		else if(*s == '"' || *s == '\\')
			fprintf(out, "\\%c", *s);
		else
			fwrite(s, 1, (size_t)n, out);
	}
	putc('"', out);
}
