/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs the unit tests: all suites, or the one that is named. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "suites.h"

static const struct
{
	const char *name;
	Suite *(*make)(void);
} suites[] = {
		{"ahead", ahead_suite},
		{"alarm", alarm_suite},
		{"alarm_rates", alarm_rates_suite},
		{"answered", answered_suite},
		{"apply_options", apply_options_suite},
		{"args", args_suite},
		{"attrs", attrs_suite},
		{"begun", begun_suite},
		{"block", block_suite},
		{"bucket", bucket_suite},
		{"by_hand", by_hand_suite},
		{"call_table", call_table_suite},
		{"callees", callees_suite},
		{"callees_text", callees_text_suite},
		{"calling_code", calling_code_suite},
		{"cancel", cancel_suite},
		{"cause", cause_suite},
		{"cell", cell_suite},
		{"cluster", cluster_suite},
		{"complain", complain_suite},
		{"confined", confined_suite},
		{"count", count_suite},
		{"counts", counts_suite},
		{"decimal", decimal_suite},
		{"dnc", dnc_suite},
		{"e164", e164_suite},
		{"ending", ending_suite},
		{"errors", errors_suite},
		{"event", event_suite},
		{"evidence", evidence_suite},
		{"exchange", exchange_suite},
		{"fifo", fifo_suite},
		{"guard", guard_suite},
		{"guard_text", guard_text_suite},
		{"guarded", guarded_suite},
		{"headers", headers_suite},
		{"health", health_suite},
		{"heap", heap_suite},
		{"incarnations", incarnations_suite},
		{"judge", judge_suite},
		{"keys", keys_suite},
		{"known", known_suite},
		{"labels", labels_suite},
		{"lease", lease_suite},
		{"local", local_suite},
		{"ledger", ledger_suite},
		{"mark", mark_suite},
		{"mem", mem_suite},
		{"mirror", mirror_suite},
		{"outcome", outcome_suite},
		{"pick", pick_suite},
		{"pick_routes", pick_routes_suite},
		{"pieces", pieces_suite},
		{"policy", policy_suite},
		{"probes", probes_suite},
		{"pool_file", pool_file_suite},
		{"promise", promise_suite},
		{"quiet", quiet_suite},
		{"reason", reason_suite},
		{"record", record_suite},
		{"records", records_suite},
		{"redis_error", redis_error_suite},
		{"refusals", refusals_suite},
		{"redress", redress_suite},
		{"registry", registry_suite},
		{"healthy", healthy_suite},
		{"replay", replay_suite},
		{"replies", replies_suite},
		{"reply_memory", reply_memory_suite},
		{"ring", ring_suite},
		{"reported", reported_suite},
		{"screen", screen_suite},
		{"retry", retry_suite},
		{"seen", seen_suite},
		{"siphash", siphash_suite},
		{"slab", slab_suite},
		{"stamp", stamp_suite},
		{"sticky", sticky_suite},
		{"stop", stop_suite},
		{"strata", strata_suite},
		{"view", view_suite},
		{"survey", survey_suite},
		{"text", text_suite},
		{"trial", trial_suite},
		{"until", until_suite},
		{"url", url_suite},
		{"verdict", verdict_suite},
		{"warn", warn_suite},
		{"zones", zones_suite},
};

static int run(Suite *suite)
{
	SRunner *runner = srunner_create(suite);
	int failed;

	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* A suite in a process of its own: Check forks for each test, and a process
 * that has read the results of all suites before is dear to fork. */
static int run_apart(Suite *(*make)(void))
{
	int status = 0;
	pid_t child;

	fflush(NULL);
	child = fork();
	if(child == 0)
		exit(run(make()));
	if(child < 0 || waitpid(child, &status, 0) != child)
		return 0;
	return WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	size_t i, chosen = 0, passed = 0;

	/* Check's 4 s are short on a machine that does other things, too */
	setenv("CK_DEFAULT_TIMEOUT", "60", 0);
	for(i = 0; i < sizeof(suites) / sizeof(suites[0]); i++) {
		if(argc > 1 && strcmp(argv[1], suites[i].name) != 0)
			continue;
		passed += run_apart(suites[i].make);
		chosen++;
	}
	if(chosen == 0)
		fprintf(stderr, "no suite is called %s\n", argc > 1 ? argv[1] : "so");
	else
		printf("%zu of %zu suites passed\n", passed, chosen);
	return passed == chosen && chosen > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
