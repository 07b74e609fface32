/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "options.h"

#include <getopt.h>
#include <stdio.h>

#include "clock.h"
#include "../engine/base/decimal.h"
#include "../engine/base/version.h"
#include "../engine/reply/e164.h"

#define MAX_CALLS 100000000
#define FIT_CALLS 1000000
#define FIT_SWEEP "false_bench_every=3000,10000,30000,100000"
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* ---- values: each sets what stands at `place`; NULL, or what is wrong ---- */

static char why[160];

static const char *set_flag(void *place, const char *text)
{
	(void)text;
	*(bool *)place = true;
	return NULL;
}

static const char *set_text(void *place, const char *text)
{
	*(const char **)place = text;
	return NULL;
}

static const char *set_whole(void *place, const char *text)
{
	uint32_t n;

	if(!rep_whole_parse(rep_span(text), 0, UINT32_MAX, &n))
		return "not a whole number";
	*(uint64_t *)place = n;
	return NULL;
}

static const char *set_letter(void *place, const char *text)
{
	if(strcmp(text, "\\t") == 0 || strcmp(text, "tab") == 0)
		text = "\t";
	if(strlen(text) != 1 || *text == '"')
		return "not one character";
	*(char *)place = *text;
	return NULL;
}

static const char *set_format(void *place, const char *text)
{
	replay_format_t format = replay_format_parse(rep_span(text));

	*(replay_format_t *)place = format;
	return format < REPLAY_FORMATS ? NULL : "not auto, csv, jsonl or acc";
}

static const char *set_seconds(void *place, const char *text)
{
	double seconds;

	if(!rep_decimal_parse(rep_span(text), 0, 86400, &seconds))
		return "not a number of seconds";
	*(rep_time_t *)place = (rep_time_t)(seconds * 1000);
	return NULL;
}

static const char *set_country(void *place, const char *text)
{
	if(!rep_e164_country_known(text))
		return "no country whose dialling rules are known here";
	return set_text(place, text);
}

static const char *set_offset(void *place, const char *text)
{
	return replay_offset_parse(rep_span(text), place)
				   ? NULL
				   : "not Z or an offset like +02:00";
}

static const char *add_column(void *place, const char *text)
{
	return replay_alias_add(place, text);
}

static const char *add_setting(void *place, const char *text)
{
	const char *equals = strchr(text, '=');

	if(!equals)
		return "not FIELD=VALUE";
	return replay_policies_set(place,
			(rep_span_t){text, (size_t)(equals - text)}, rep_span(equals + 1),
			why, sizeof(why));
}

static const char *add_sweep(void *place, const char *text)
{
	return replay_sweep_add(place, text, why, sizeof(why));
}

/* ---- the table ---------------------------------------------------------- */

static void help(void);
static void version(void);

typedef struct row
{
	const char *name, *argument;
	const char *help; /* lines of 54; NULL: the name is a heading */
	const char *(*set)(void *place, const char *text);
	size_t place;
	void (*show)(void); /* instead of going on */
	char letter;
} row_t;

#define AT(member) offsetof(replay_options_t, member)

/* clang-format off */
static const row_t rows[] = {
	{"Policy:", NULL, NULL, NULL, 0, NULL, 0},
	{"policy", "FILE",
		"a pool file of the module (JSON with \"pools\"), or\n"
		"fields for all pools: a JSON object, or lines\n"
		"\"field value\"", set_text, AT(policy_path), NULL, 0},
	{"set", "FIELD=VALUE",
		"a policy field for all pools; repeatable; on top of\n"
		"what FILE says", add_setting, AT(policies), NULL, 0},
	{"policy-sweep", "FIELD=VALUE,VALUE...",
		"compare values instead: a table of what each comes\n"
		"to. Repeatable: all combinations. Values that hold\n"
		"commas are separated by semicolons", add_sweep, AT(sweep), NULL, 0},
	{"fit", NULL,
		"how much healthy numbers of the log differ, and how\n"
		"often and long such numbers would rest: by the policy\n"
		"and by each of a sweep's (false_bench_every of 3000,\n"
		"10000, 30000 and 100000)", set_flag, AT(fit), NULL, 0},
	{"fit-calls", "N", "that are judged for each policy (a million)",
		set_whole, AT(fit_calls), NULL, 0},
	{"count-all", NULL,
		"calls of a number that rests are evidence too, as in\n"
		"mode = observe (they are counted as withheld still)",
		set_flag, AT(count_all), NULL, 0},
	{"short-call", "SECONDS",
		"answered calls up to this long are short (6); 0 = none",
		set_seconds, AT(input.take.short_ms), NULL, 0},
	{"Input:", NULL, NULL, NULL, 0, NULL, 0},
	{"format", "FORMAT",
		"csv (with a header line), jsonl, acc (Kamailio's acc\n"
		"by db_flatstore or as log lines), or auto (auto)",
		set_format, AT(input.format), NULL, 0},
	{"column", "FIELD=NAME", "a column's name in the log; repeatable",
		add_column, AT(input.aliases), NULL, 0},
	{"delimiter", "CHAR",
		"between columns of CSV (comma; if the header has\n"
		"none: semicolon, tab or bar)", set_letter, AT(input.delimiter),
		NULL, 0},
	{"acc-fields", "LIST", "the fields of a flat acc file in their order",
		set_text, AT(input.acc_fields), NULL, 0},
	{"acc-delimiter", "CHAR", "between them (|)",
		set_letter, AT(input.acc_delimiter), NULL, 0},
	{"pool", "NAME", "the pool of records that name none (default)",
		set_text, AT(input.take.pool), NULL, 0},
	{"default-country", "CC",
		"completes numbers without a plus by this country's\n"
		"rules", set_country, AT(input.take.country), NULL, 0},
	{"utc-offset", "OFFSET",
		"of times that do not say: Z, +02:00 ...; they are\n"
		"refused otherwise", set_offset, AT(input.take.utc_offset), NULL, 0},
	{"max-errors", "N", "bad lines that are shown (20)",
		set_whole, AT(input.show_errors), NULL, 0},
	{"max-calls", "N",
		"stop reading after so many calls, 0 = never (100\n"
		"million, 16 bytes each)", set_whole, AT(max_calls), NULL, 0},
	{"Output:", NULL, NULL, NULL, 0, NULL, 0},
	{"json", NULL, "JSON lines", set_flag, AT(json), NULL, 0},
	{"quiet", NULL, "the summary only", set_flag, AT(quiet), NULL, 'q'},
	{"help", NULL, "this text", NULL, 0, help, 'h'},
	{"version", NULL, "the version", NULL, 0, version, 0},
};
/* clang-format on */

#define ROWS COUNT(rows)
#define FIRST 256 /* what getopt calls the first row */

/* ---- --help and --version ----------------------------------------------- */

static const char head[] =
		"Usage: reputation-replay [OPTION]... LOG...\n\n"
		"Replays logs of calls through the judgement of the Kamailio module "
		"reputation:\n"
		"prints when each number would have been benched and returned, with "
		"the evidence,\n"
		"and a summary per pool. LOG may be - for the standard input.\n";

static const char columns[] =
		"\nColumns and other names for them (any case, in any order; others "
		"are ignored):\n";

static const char tail[] =
		"\ntime: unix seconds or milliseconds, or ISO 8601 with Z or an "
		"offset. Needed\n"
		"are time, number (E.164 with +), and status or outcome. reason is "
		"the reason\n"
		"phrase, reason_header the body of a Reason header, outcome one of\n\n";

/* The option in the left 25 columns, what it does in the rest. */
static void help_row(const row_t *row)
{
	const char *argument = row->argument ? row->argument : "";
	int n = printf("  ");

	if(row->letter)
		n += printf("-%c, ", row->letter);
	else if(!row->set)
		n += printf("    ");
	n += printf("--%s%s%s", row->name, *argument ? " " : "", argument);
	if(n > 24)
		n = printf("\n") - 1;
	printf("%*s", 25 - n, "");
	for(const char *p = row->help; *p; p++) {
		putchar(*p);
		if(*p == '\n')
			printf("%25s", "");
	}
	putchar('\n');
}

static void help_field(replay_field_t field)
{
	const char *name;

	printf("  %-14s", replay_field_name(field));
	for(unsigned i = 0; (name = replay_field_synonym(field, i)); i++)
		printf(" %s", name);
	putchar('\n');
}

static void help(void)
{
	fputs(head, stdout);
	for(size_t i = 0; i < ROWS; i++)
		if(rows[i].help)
			help_row(&rows[i]);
		else
			printf("\n%s\n", rows[i].name);
	fputs(columns, stdout);
	for(int f = 0; f < REPLAY_FIELDS; f++)
		help_field((replay_field_t)f);
	printf("Fields of a flat acc file:\n  %s\n", REPLAY_ACC_FIELDS);
	fputs(tail, stdout);
	for(int o = 0; o < REP_OUTCOMES; o++)
		printf("%s%s", o ? " " : "  ", rep_outcome_name((rep_outcome_t)o));
	fputs("\n\nExit status: 0 fine, 1 nothing usable, 2 wrong use.\n", stdout);
}

static void version(void)
{
	puts("reputation-replay " REPUTATION_VERSION);
}

/* ---- reading ------------------------------------------------------------ */

static void defaults(replay_options_t *options)
{
	*options =
			(replay_options_t){.max_calls = MAX_CALLS, .fit_calls = FIT_CALLS};
	options->input = (replay_input_t){.acc_fields = REPLAY_ACC_FIELDS,
			.acc_delimiter = '|',
			.show_errors = 20};
	options->input.take = (replay_take_t){
			.country = "", .utc_offset = REPLAY_NO_OFFSET, .short_ms = 6000};
}

/* The table as getopt_long() wants it. */
static void known_options(struct option known[ROWS + 1])
{
	size_t n = 0;

	for(size_t i = 0; i < ROWS; i++)
		if(rows[i].help)
			known[n++] = (struct option){rows[i].name,
					rows[i].argument ? required_argument : no_argument, NULL,
					rows[i].letter ? rows[i].letter : FIRST + (int)i};
	known[n] = (struct option){NULL, 0, NULL, 0};
}

static const row_t *row_of(int option)
{
	size_t i = 0;

	while(option < FIRST && rows[i].letter != option)
		i++;
	return &rows[option < FIRST ? i : (size_t)(option - FIRST)];
}

int replay_options_read(replay_options_t *options, int argc, char **argv)
{
	struct option known[ROWS + 1];
	int option;

	defaults(options);
	known_options(known);
	while((option = getopt_long(argc, argv, "qh", known, NULL)) != -1) {
		const row_t *row;
		const char *wrong;

		if(option == '?') {
			fprintf(stderr, "Try reputation-replay --help.\n");
			return 2;
		}
		row = row_of(option);
		if(row->show) {
			row->show();
			return 0;
		}
		wrong = row->set((char *)options + row->place, optarg);
		if(wrong) {
			fprintf(stderr, "reputation-replay: %s %s: %s\n", row->name, optarg,
					wrong);
			return 2;
		}
	}
	options->files = argv + optind;
	options->n_files = argc - optind;
	if(!options->n_files) {
		fprintf(stderr, "reputation-replay: no log is named (- is the "
						"standard input); try --help\n");
		return 2;
	}
	if(options->fit && !options->sweep.n)
		(void)replay_sweep_add(&options->sweep, FIT_SWEEP, why, sizeof(why));
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
