/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Everything that reads text from the network or from an operator's hand:
 * Reason, Call-Info, X-Twilio-Error, the reason phrase, telephone numbers and
 * policy values. With libFuzzer, or by itself: -DREP_FUZZ_STANDALONE replays
 * the files it is given, or runs mutations of its seeds: [-n count] [-s seed]. */

#include <stdio.h>
#include <stdlib.h>

#include "engine/judge/policy.h"
#include "engine/reply/e164.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(true_always) \
	do {                   \
		if(!(true_always)) \
			abort();       \
	} while(0)

static void check_place(const char *text, size_t room)
{
	size_t i;

	for(i = 0; i < room && text[i]; i++)
		CHECK(text[i] > ' ' && text[i] <= '~');
	CHECK(i < room);
}

static void try_headers(rep_span_t text)
{
	static const int statuses[] = {183, 200, 403, 480, 486, 503, 603, 608};
	rep_redress_t redress = {.url = ""};
	rep_signs_t signs = {.flags = 0}, bare = {.flags = 0};
	size_t i;

	rep_signs_reason(&signs, &redress, text);
	rep_signs_reason(&bare, NULL, text);
	CHECK((signs.flags | REP_SIGN_MALFORMED)
			== (bare.flags | REP_SIGN_MALFORMED));
	rep_signs_call_info(&signs, &redress, text);
	rep_signs_twilio_error(&signs, text);
	CHECK(signs.q850 <= 127 && signs.sip <= 699 && signs.stir <= 699);
	check_place(redress.url, sizeof(redress.url));
	check_place(redress.tel, sizeof(redress.tel));
	check_place(redress.email, sizeof(redress.email));
	check_place(redress.id, sizeof(redress.id));
	for(i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
		rep_class_t class = rep_classify(&signs, statuses[i], text, 0);

		CHECK((class.outcome == REP_OUTCOMES) == (statuses[i] < 200));
		CHECK(class.confidence <= 100);
	}
	rep_classify_bye(&signs);
	CHECK(signs.location <= 8 && signs.locations <= 8);
	rep_outcome_parse(text);
}

static void try_number(rep_span_t text)
{
	static const char *const countries[] = {
			"", "US", "GB", "IT", "BR", "DE", "RU", "KR", "ZZ"};
	char out[REP_E164_MAX];
	rep_e164_t number, back = 0;
	size_t i;

	for(i = 0; i < sizeof(countries) / sizeof(countries[0]); i++) {
		if(rep_e164_complete(text, countries[i], &number) != REP_E164_OK)
			continue;
		rep_e164_print(number, out);
		CHECK(rep_e164_parse(rep_span(out), &back) == REP_E164_OK);
		CHECK(back == number);
	}
	if(rep_e164_parse(text, &number) == REP_E164_OK)
		CHECK(rep_e164_print(number, out) == text.len);
}

/* Every field takes the text or says why not; what it took, it gives back in
 * a form that it takes. */
static void try_policy(rep_span_t text)
{
	rep_policy_t policy, before;
	char value[REP_POLICY_VALUE_MAX], why[160];
	const char *name;
	unsigned i;

	rep_policy_default(&policy);
	rep_policy_set(&policy, text, text, why, sizeof(why));
	for(i = 0; (name = rep_policy_get(&policy, i, value, sizeof(value))); i++) {
		before = policy;
		if(rep_policy_set(&policy, rep_span(name), text, why, sizeof(why))) {
			CHECK(memcmp(&policy, &before, sizeof(policy)) == 0);
			continue;
		}
		rep_policy_get(&policy, i, value, sizeof(value));
		CHECK(!rep_policy_set(
				&policy, rep_span(name), rep_span(value), why, sizeof(why)));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	rep_span_t text = {(const char *)data, size};

	try_headers(text);
	try_number(text);
	try_policy(text);
	return 0;
}

#ifdef REP_FUZZ_STANDALONE

#define LENGTH_MAX 4096

static const char *const seeds[] = {
		"SIP;cause=603;text=\"v=analytics1;url=https://e.example;id=12345\"",
		"Q.850;cause=21;text=\"v=analytics1;tel=+12125550100\";location=LN",
		"SIP;cause=603;text=\"v=analytics1;email=a@b.example\";location=U",
		"Q.850;cause=31;text=\"Normal, unspecified\",SIP;cause=480",
		"STIR ;cause=436 ;text=\"Bad \\\"Identity\\\" Info\"",
		"SIP;cause=603;v=analytics1;url=\"https://example.com\";id=1",
		"<https://block.example.net/jws>;purpose=jwscard, <http://e/i>",
		"32203 Blocked", "Invalid Caller-ID", "Network Blocked",
		"+1 (212) 555-0100", "0012125550100", "01142079460000",
		"blocked:3,ambiguous:-1.5e0", "10x7,20x7,30x7", "0.3333",
		"Europe/Berlin", "vip,a-b"};

static uint64_t state = 1;

static size_t draw(size_t below)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (size_t)(state >> 33) % below;
}

static const char *any_seed(void)
{
	return seeds[draw(sizeof(seeds) / sizeof(seeds[0]))];
}

/* Change a byte, cut a piece out, or put a piece of a seed in. */
static size_t mutate(uint8_t *text, size_t n)
{
	static const char special[] = "\"\\;,=<> \r\n\t+-.@0\0\xff";
	size_t at = draw(n + 1), piece;
	const char *seed;

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
			seed = any_seed();
			piece = draw(strlen(seed) + 1);
			if(n + piece > LENGTH_MAX)
				return n;
			memmove(text + at + piece, text + at, n - at);
			memcpy(text + at, seed + draw(strlen(seed) - piece + 1), piece);
			return n + piece;
	}
}

/* From a block of exactly its size, so that a read past it is noticed. */
static void run_one(const uint8_t *text, size_t n)
{
	uint8_t *exact = malloc(n ? n : 1);

	if(!exact)
		abort();
	memcpy(exact, text, n);
	LLVMFuzzerTestOneInput(exact, n);
	free(exact);
}

static int replay(const char *path)
{
	uint8_t text[LENGTH_MAX];
	FILE *file = fopen(path, "rb");
	size_t n;

	if(!file) {
		perror(path);
		return 1;
	}
	n = fread(text, 1, sizeof(text), file);
	fclose(file);
	run_one(text, n);
	return 0;
}

static void run_mutations(long count)
{
	uint8_t text[LENGTH_MAX];

	while(count-- > 0) {
		const char *seed = any_seed();
		size_t n = strlen(seed), rounds = 1 + draw(8);

		memcpy(text, seed, n);
		while(rounds-- > 0)
			n = mutate(text, n);
		run_one(text, n);
	}
}

int main(int argc, char **argv)
{
	long count = 20000;
	int i, files = 0, failed = 0;

	for(i = 1; i < argc; i++) {
		if(strcmp(argv[i], "-n") == 0 && i + 1 < argc)
			count = strtol(argv[++i], NULL, 10);
		else if(strcmp(argv[i], "-s") == 0 && i + 1 < argc)
			state = strtoull(argv[++i], NULL, 10);
		else if(++files)
			failed |= replay(argv[i]);
	}
	if(files == 0)
		run_mutations(count);
	return failed;
}

#endif
