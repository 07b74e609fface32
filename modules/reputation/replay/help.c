/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdio.h>

#include "options.h"

static const char head[] =
		"Usage: reputation-replay [OPTION]... LOG...\n"
		"\n"
		"Replays logs of calls through the judgement of the Kamailio module "
		"reputation:\n"
		"prints when each number would have been benched and returned, with "
		"the evidence,\n"
		"and a summary per pool. LOG may be - for the standard input.\n"
		"\n"
		"Policy:\n"
		"  --policy FILE          a pool file of the module (JSON with "
		"\"pools\"), or\n"
		"                         fields for all pools: a JSON object, or "
		"lines\n"
		"                         \"field value\"\n"
		"  --set FIELD=VALUE      a policy field for all pools; repeatable; "
		"on top of\n"
		"                         what FILE says\n"
		"  --policy-sweep FIELD=VALUE,VALUE...\n"
		"                         compare values instead: a table of what "
		"each comes\n"
		"                         to. Repeatable: all combinations. Values "
		"that hold\n"
		"                         commas are separated by semicolons\n"
		"  --count-all            calls of a number that rests are evidence "
		"too, as in\n"
		"                         mode = observe (they are counted as "
		"withheld still)\n"
		"  --short-call SECONDS   answered calls up to this long are short "
		"(6); 0 = none\n"
		"\n"
		"Input:\n"
		"  --format FORMAT        csv (with a header line), jsonl, acc "
		"(Kamailio's acc\n"
		"                         by db_flatstore or as log lines), or auto "
		"(auto)\n"
		"  --column FIELD=NAME    a column's name in the log; repeatable\n"
		"  --delimiter CHAR       between columns of CSV (comma; if the "
		"header has\n"
		"                         none: semicolon, tab or bar)\n"
		"  --acc-fields LIST      the fields of a flat acc file in their "
		"order\n"
		"  --acc-delimiter CHAR   between them (|)\n"
		"  --pool NAME            the pool of records that name none "
		"(default)\n"
		"  --default-country CC   completes numbers without a plus by this "
		"country's\n"
		"                         rules\n"
		"  --utc-offset OFFSET    of times that do not say: Z, +02:00 ...; "
		"they are\n"
		"                         refused otherwise\n"
		"  --max-errors N         bad lines that are shown (20)\n"
		"  --max-calls N          stop reading after so many calls, 0 = never "
		"(100\n"
		"                         million, 16 bytes each)\n"
		"\n"
		"Output:\n"
		"  --json                 JSON lines\n"
		"  -q, --quiet            the summary only\n"
		"  -h, --help             this text\n"
		"\n";

static const char tail[] =
		"\n"
		"time: unix seconds or milliseconds, or ISO 8601 with Z or an offset. "
		"Needed\n"
		"are time, number (E.164 with +), and status or outcome. reason is "
		"the reason\n"
		"phrase, reason_header the body of a Reason header, outcome one of\n"
		"\n";

static const char end[] =
		"\n"
		"Exit status: 0 fine, 1 nothing usable, 2 wrong use.\n";

void replay_help(void)
{
	fputs(head, stdout);
	fputs("Columns and other names for them (any case, in any order; others "
		  "are ignored):\n",
			stdout);
	for(int f = 0; f < REPLAY_FIELDS; f++) {
		const char *name;

		printf("  %-14s", replay_field_name((replay_field_t)f));
		for(unsigned i = 0; (name = replay_field_synonym((replay_field_t)f, i));
				i++)
			printf(" %s", name);
		putchar('\n');
	}
	printf("Fields of a flat acc file:\n  %s\n", REPLAY_ACC_FIELDS);
	fputs(tail, stdout);
	for(int o = 0; o < REP_OUTCOMES; o++)
		printf("%s%s", o ? " " : "  ", rep_outcome_name((rep_outcome_t)o));
	fputs("\n", stdout);
	fputs(end, stdout);
}
