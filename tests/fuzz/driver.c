/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A target without libFuzzer: replays the files it is given, then runs
 * mutations of them: [-n count] [-s seed] FILE… */

#include <stdio.h>
#include <string.h>

#include "fuzz.h"

#define LENGTH_MAX 65536

static uint64_t state = 1;

static size_t draw(size_t below)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (size_t)(state >> 33) % below;
}

static size_t load(const char *path, uint8_t text[LENGTH_MAX])
{
	FILE *file = fopen(path, "rb");
	size_t n;

	if(!file) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	n = fread(text, 1, LENGTH_MAX, file);
	fclose(file);
	return n;
}

/* Change a byte, cut a piece out, or put a piece of another file in. */
static size_t mutate(uint8_t *text, size_t n, const char *other)
{
	static const char special[] = "\"\\;,=<>:|{}[] \r\n\t+-.@0\0\xff";
	static uint8_t from[LENGTH_MAX];
	size_t at = draw(n + 1), piece, have;

	switch(draw(4)) {
		case 0:
			if(at < n)
				text[at] = (uint8_t)draw(256);
			return n;
		case 1:
			if(at < n)
				text[at] = (uint8_t)special[draw(sizeof(special) - 1)];
			return n;
		case 2:
			piece = draw(n - at + 1);
			memmove(text + at, text + at + piece, n - at - piece);
			return n - piece;
		default:
			have = load(other, from);
			piece = draw(have + 1);
			if(n + piece > LENGTH_MAX)
				return n;
			memmove(text + at + piece, text + at, n - at);
			memcpy(text + at, from + draw(have - piece + 1), piece);
			return n + piece;
	}
}

/* From a block of exactly its size, so that a read past it is noticed. */
static void run_one(const uint8_t *text, size_t n)
{
	uint8_t *exact = malloc(n ? n : 1);

	CHECK(exact);
	memcpy(exact, text, n);
	LLVMFuzzerTestOneInput(exact, n);
	free(exact);
}

int main(int argc, char **argv)
{
	static uint8_t text[LENGTH_MAX];
	long count = 0;
	int first = 1;

	for(; first + 1 < argc && argv[first][0] == '-'; first += 2) {
		if(strcmp(argv[first], "-n") == 0)
			count = strtol(argv[first + 1], NULL, 10);
		else if(strcmp(argv[first], "-s") == 0)
			state = strtoull(argv[first + 1], NULL, 10);
	}
	if(first >= argc) {
		fprintf(stderr, "%s: no files\n", argv[0]);
		return EXIT_FAILURE;
	}
	for(int i = first; i < argc; i++)
		run_one(text, load(argv[i], text));
	while(count-- > 0) {
		size_t n = load(argv[first + (int)draw((size_t)(argc - first))], text);

		for(size_t rounds = 1 + draw(8); rounds > 0; rounds--)
			n = mutate(
					text, n, argv[first + (int)draw((size_t)(argc - first))]);
		run_one(text, n);
	}
	return EXIT_SUCCESS;
}
