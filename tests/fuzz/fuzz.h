/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the targets share. Each is a file fuzz_NAME.c with this one function,
 * linked with libFuzzer, or with driver.c to replay files. */

#ifndef REP_FUZZ_H
#define REP_FUZZ_H

#include <stdint.h>
#include <stdlib.h>

#include "engine/base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define CHECK(true_always) \
	do {                   \
		if(!(true_always)) \
			abort();       \
	} while(0)

/* The next line of an input that holds several texts; empty where there is
 * none. */
static inline rep_span_t fuzz_line(rep_span_t *rest)
{
	rep_span_t line;

	return rep_span_cut(rest, '\n', &line) ? line : rep_span("");
}

/* A text of the redress contact: printable, and ended within its room. */
static inline void check_place(const char *text, size_t room)
{
	size_t i;

	for(i = 0; i < room && text[i]; i++)
		CHECK(text[i] > ' ' && text[i] <= '~');
	CHECK(i < room);
}

#endif
