/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "options.h"

#include <getopt.h>
#include <stdio.h>

#include "clock.h"
#include "../engine/base/decimal.h"
#include "../engine/reply/e164.h"

#define MAX_CALLS 100000000

enum
{
	OPT_POLICY = 256,
	OPT_SET,
	OPT_SWEEP,
	OPT_COUNT_ALL,
	OPT_SHORT_CALL,
	OPT_FORMAT,
	OPT_COLUMN,
	OPT_DELIMITER,
	OPT_ACC_FIELDS,
	OPT_ACC_DELIMITER,
	OPT_POOL,
	OPT_COUNTRY,
	OPT_UTC_OFFSET,
	OPT_MAX_ERRORS,
	OPT_MAX_CALLS,
	OPT_JSON
};

static const struct option known[] = {
		{"policy", required_argument, NULL, OPT_POLICY},
		{"set", required_argument, NULL, OPT_SET},
		{"policy-sweep", required_argument, NULL, OPT_SWEEP},
		{"count-all", no_argument, NULL, OPT_COUNT_ALL},
		{"short-call", required_argument, NULL, OPT_SHORT_CALL},
		{"format", required_argument, NULL, OPT_FORMAT},
		{"column", required_argument, NULL, OPT_COLUMN},
		{"delimiter", required_argument, NULL, OPT_DELIMITER},
		{"acc-fields", required_argument, NULL, OPT_ACC_FIELDS},
		{"acc-delimiter", required_argument, NULL, OPT_ACC_DELIMITER},
		{"pool", required_argument, NULL, OPT_POOL},
		{"default-country", required_argument, NULL, OPT_COUNTRY},
		{"utc-offset", required_argument, NULL, OPT_UTC_OFFSET},
		{"max-errors", required_argument, NULL, OPT_MAX_ERRORS},
		{"max-calls", required_argument, NULL, OPT_MAX_CALLS},
		{"json", no_argument, NULL, OPT_JSON},
		{"quiet", no_argument, NULL, 'q'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
};

static int usage(const char *option, const char *value, const char *wrong)
{
	fprintf(stderr, "reputation-replay: %s %s: %s\n", option, value, wrong);
	return 2;
}

static const char *set_whole(const char *text, uint64_t *out)
{
	uint32_t n;

	if(!rep_whole_parse(rep_span(text), 0, UINT32_MAX, &n))
		return "not a whole number";
	*out = n;
	return NULL;
}

static const char *set_letter(const char *text, char *out)
{
	if(strcmp(text, "\\t") == 0 || strcmp(text, "tab") == 0)
		text = "\t";
	if(strlen(text) != 1 || *text == '"')
		return "not one character";
	*out = *text;
	return NULL;
}

static const char *set_policy(
		replay_options_t *options, const char *text, char *why, size_t size)
{
	const char *equals = strchr(text, '=');

	if(!equals)
		return "not FIELD=VALUE";
	return replay_policies_set(&options->policies,
			(rep_span_t){text, (size_t)(equals - text)}, rep_span(equals + 1),
			why, size);
}

static const char *set_format(replay_options_t *options, const char *text)
{
	options->input.format = replay_format_parse(rep_span(text));
	return options->input.format < REPLAY_FORMATS
				   ? NULL
				   : "not auto, csv, jsonl or acc";
}

static const char *set_short_call(replay_options_t *options, const char *text)
{
	double seconds;

	if(!rep_decimal_parse(rep_span(text), 0, 86400, &seconds))
		return "not a number of seconds";
	options->input.take.short_ms = (rep_time_t)(seconds * 1000);
	return NULL;
}

static const char *set_country(replay_options_t *options, const char *text)
{
	if(!rep_e164_country_known(text))
		return "no country whose dialling rules are known here";
	options->input.take.country = text;
	return NULL;
}

static const char *set(
		replay_options_t *options, int option, char *why, size_t size)
{
	replay_input_t *input = &options->input;

	switch(option) {
		case OPT_POLICY:
			options->policy_path = optarg;
			return NULL;
		case OPT_SET:
			return set_policy(options, optarg, why, size);
		case OPT_SWEEP:
			return replay_sweep_add(&options->sweep, optarg, why, size);
		case OPT_COUNT_ALL:
			options->count_all = true;
			return NULL;
		case OPT_SHORT_CALL:
			return set_short_call(options, optarg);
		case OPT_FORMAT:
			return set_format(options, optarg);
		case OPT_COLUMN:
			return replay_alias_add(&input->aliases, optarg);
		case OPT_DELIMITER:
			return set_letter(optarg, &input->delimiter);
		case OPT_ACC_FIELDS:
			input->acc_fields = optarg;
			return NULL;
		case OPT_ACC_DELIMITER:
			return set_letter(optarg, &input->acc_delimiter);
		case OPT_POOL:
			input->take.pool = optarg;
			return NULL;
		case OPT_COUNTRY:
			return set_country(options, optarg);
		case OPT_UTC_OFFSET:
			return replay_offset_parse(
						   rep_span(optarg), &input->take.utc_offset)
						   ? NULL
						   : "not Z or an offset like +02:00";
		case OPT_MAX_ERRORS:
			return set_whole(optarg, &input->show_errors);
		case OPT_MAX_CALLS:
			return set_whole(optarg, &options->max_calls);
		case OPT_JSON:
			options->json = true;
			return NULL;
		default:
			options->quiet = true;
			return NULL;
	}
}

static void defaults(replay_options_t *options)
{
	*options =
			(replay_options_t){.input = {.take = {.country = "",
												 .utc_offset = REPLAY_NO_OFFSET,
												 .short_ms = 6000},
									   .acc_fields = REPLAY_ACC_FIELDS,
									   .acc_delimiter = '|',
									   .show_errors = 20},
					.max_calls = MAX_CALLS};
}

int replay_options_read(replay_options_t *options, int argc, char **argv)
{
	char why[160];
	const char *wrong;
	int option, which = -1;

	defaults(options);
	while((option = getopt_long(argc, argv, "qh", known, &which)) != -1) {
		if(option == 'h') {
			replay_help();
			return 0;
		}
		if(option == '?') {
			fprintf(stderr, "Try reputation-replay --help.\n");
			return 2;
		}
		wrong = set(options, option, why, sizeof(why));
		if(wrong)
			return usage(known[which].name, optarg ? optarg : "", wrong);
	}
	options->files = argv + optind;
	options->n_files = argc - optind;
	if(!options->n_files) {
		fprintf(stderr, "reputation-replay: no log is named (- is the "
						"standard input); try --help\n");
		return 2;
	}
	if(options->policy_path
			&& !replay_policies_read(&options->policies, options->policy_path))
		return 2;
	return -1;
}

void replay_options_free(replay_options_t *options)
{
	replay_policies_free(&options->policies);
	replay_sweep_free(&options->sweep);
}
