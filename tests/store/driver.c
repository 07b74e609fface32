/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One proxy without a proxy: a registry and a store, driven by lines on standard
 * input. Each command answers with one line, a JSON object.
 *
 *   driver URL NODE [INTERVAL [POOL_FILE [PREFIX]]]
 */

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "engine/pool/by_hand.h"
#include "engine/pool/callees.h"
#include "engine/pool/count.h"
#include "engine/pool/numbers.h"
#include "engine/pool/pick.h"
#include "engine/pool/pool_policy.h"
#include "engine/pool/pools.h"
#include "engine/pool/probes.h"
#include "engine/pool/redress.h"
#include "engine/pool/registry.h"
#include "engine/pool/reported.h"
#include "engine/pool/tick.h"
#include "engine/reply/e164.h"
#include "formats/health.h"
#include "store/run.h"
#include "store/store.h"

static rep_registry_t *registry;
static rep_store_t *store;
static rep_store_status_t status;
static volatile int ending;
static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;

static _Atomic rep_time_t ahead; /* ms that the clock is wrong by */

static rep_time_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (rep_time_t)t.tv_sec * 1000 + t.tv_nsec / 1000000
		   + atomic_load(&ahead);
}

static void log_line(int level, const char *line)
{
	static const char *const names[] = {"ERR", "WARN", "NOTICE", "INFO", "DBG"};

	pthread_mutex_lock(&log_lock);
	fprintf(stderr, "%s %s\n", names[level], line);
	pthread_mutex_unlock(&log_lock);
}

static void *run_store(void *unused)
{
	rep_store_run(store);
	return unused;
}

static void *run_ticks(void *unused)
{
	while(!ending) {
		while(rep_registry_tick(registry, now()))
			;
		usleep(50000);
	}
	return unused;
}

static int pool_of(const char *name)
{
	return rep_registry_find(registry, rep_span(name));
}

static rep_e164_t number_of(const char *text)
{
	rep_e164_t number = 0;

	rep_e164_parse(rep_span(text), &number);
	return number;
}

/* count POOL NUMBER ROUTE OUTCOME TIMES */
static void do_count(char **a)
{
	rep_outcome_t outcome = rep_outcome_parse(rep_span(a[4]));
	int pool = pool_of(a[1]), done = 0;
	const char *route = strcmp(a[3], "-") ? a[3] : "";

	for(int i = atoi(a[5]); i > 0; i--) {
		rep_ticket_t ticket;

		if(!rep_pool_track(registry, pool, number_of(a[2]), rep_span(route),
				   now(), &ticket))
			break;
		done += rep_ticket_count(registry, &ticket, outcome, now());
		rep_ticket_hang_up(registry, &ticket, now());
	}
	printf("{\"counted\":%d}\n", done);
}

/* call POOL NUMBER OUTCOME CALLEE CALLEES: one call each to consecutive ones */
static void do_call(char **a)
{
	rep_outcome_t outcome = rep_outcome_parse(rep_span(a[3]));
	rep_callees_stats_t before, after;
	int pool = pool_of(a[1]), done = 0;

	rep_callees_stats(registry, &before);
	for(int i = 0; i < atoi(a[5]); i++) {
		rep_ticket_t ticket;

		if(!rep_pool_ticket(
				   registry, pool, number_of(a[2]), rep_span(""), &ticket))
			break;
		rep_ticket_calls(registry, &ticket, number_of(a[4]) + (unsigned)i);
		done += rep_ticket_count(registry, &ticket, outcome, now());
	}
	rep_callees_stats(registry, &after);
	printf("{\"counted\":%d,\"repeats\":%" PRIu64 "}\n", done,
			after.repeats - before.repeats);
}

/* Each call has a callee of its own: one and the same would see one number. */
static rep_e164_t next_callee(void)
{
	static rep_e164_t last = 15557770000;

	return last++;
}

static void picks(char **a, rep_outcome_t outcome)
{
	static rep_e164_t numbers[4096];
	static unsigned times[4096];
	unsigned reasons[REP_PICKS] = {0}, n = 0;
	int pool = pool_of(a[1]);
	const char *sep = "";

	memset(times, 0, sizeof(times));
	for(int i = atoi(a[2]); i > 0; i--) {
		rep_ticket_t ticket = {0};
		rep_picked_t picked = rep_pool_pick(registry, pool, next_callee(),
				rep_span(""), now(), false, &ticket);
		unsigned k = 0;

		reasons[picked.result]++;
		if(picked.result != REP_PICKED)
			continue;
		if(outcome < REP_OUTCOMES)
			rep_ticket_count(registry, &ticket, outcome, now());
		rep_ticket_hang_up(registry, &ticket, now());
		if(outcome < REP_OUTCOMES && picked.state != REP_PROBATION)
			continue;
		while(k < n && numbers[k] != ticket.number)
			k++;
		if(k == n && n < 4096)
			numbers[n++] = ticket.number;
		if(k < n)
			times[k]++;
	}
	printf("{\"numbers\":{");
	for(unsigned k = 0; k < n; k++, sep = ",")
		printf("%s\"+%" PRIu64 "\":%u", sep, numbers[k], times[k]);
	printf("}");
	for(int r = 0; r < REP_PICKS; r++)
		if(reasons[r])
			printf(",\"%s\":%u", rep_pick_name((rep_pick_t)r), reasons[r]);
	printf("}\n");
}

/* pick POOL TIMES: which numbers got how many of so many calls, each ended at
 * once, and why there was no number for the others */
static void do_pick(char **a)
{
	picks(a, REP_OUTCOMES);
}

/* try POOL TIMES OUTCOME: the same with that outcome; which numbers got how many
 * calls on probation */
static void do_try(char **a)
{
	picks(a, rep_outcome_parse(rep_span(a[3])));
}

/* hold POOL TIMES: the same, but the calls go on; drop: all of them end */
static rep_ticket_t held[4096];
static unsigned n_held;

static void do_hold(char **a)
{
	int pool = pool_of(a[1]), picked = 0;

	for(int i = atoi(a[2]); i > 0 && n_held < 4096; i--) {
		rep_ticket_t ticket = {0};

		if(rep_pool_pick(registry, pool, next_callee(), rep_span(""), now(),
				   false, &ticket)
						.result
				!= REP_PICKED)
			continue;
		held[n_held++] = ticket;
		picked++;
	}
	printf("%d\n", picked);
}

static void do_drop(char **unused)
{
	(void)unused;
	while(n_held)
		rep_ticket_hang_up(registry, &held[--n_held], now());
	printf("1\n");
}

/* spread POOL FIRST NUMBERS CALLS: calls over consecutive numbers, of a mix
 * that no number suffers from */
static void do_spread(char **a)
{
	rep_e164_t first = number_of(a[2]);
	int pool = pool_of(a[1]), numbers = atoi(a[3]), done = 0;
	static unsigned step;

	for(int i = atoi(a[4]); i > 0; i--) {
		rep_ticket_t ticket;

		if(!rep_pool_track(registry, pool, first + (unsigned)(i % numbers),
				   rep_span(""), now(), &ticket))
			continue;
		done += rep_ticket_count(registry, &ticket,
				step++ % 7 % 3 ? REP_NOANSWER : REP_ANSWERED, now());
		rep_ticket_hang_up(registry, &ticket, now());
	}
	printf("{\"counted\":%d}\n", done);
}

/* view POOL NUMBER */
static void do_view(char **a)
{
	rep_number_view_t view;
	static const rep_health_labels_t none;
	char json[REP_HEALTH_TEXT];

	if(!rep_view_number(registry, pool_of(a[1]), number_of(a[2]), now(), &view,
			   NULL, 0, NULL)) {
		printf("null\n");
		return;
	}
	rep_pack_health(&view, &none, json);
	json[strlen(json) - 1] = '\0';
	printf("%s,\"turn\":%" PRIu32 ",\"usable\":%s,\"cap_day\":%" PRIu32 "}\n",
			json, view.turn, view.usable ? "true" : "false", view.cap_day);
}

/* sum POOL: all counts of all numbers, and how many numbers there are */
static void do_sum(char **a)
{
	static rep_number_view_t views[256];
	int pool = pool_of(a[1]);
	uint32_t cursor = 0;
	uint64_t calls = 0, numbers = 0;
	size_t n;

	while((n = rep_view_list(registry, pool, now(), &cursor, views, 256))) {
		numbers += n;
		for(size_t i = 0; i < n; i++)
			for(int o = 0; o < REP_OUTCOMES; o++)
				calls += views[i].counts.n[o];
	}
	printf("{\"pool\":%d,\"numbers\":%" PRIu64 ",\"calls\":%" PRIu64 "}\n",
			pool, numbers, calls);
}

/* policy POOL: every field */
static void do_policy(char **a)
{
	rep_policy_t policy;
	const char *name, *sep = "{";
	char value[512];

	if(!rep_pool_policy(registry, pool_of(a[1]), &policy)) {
		printf("null\n");
		return;
	}
	for(unsigned i = 0;
			(name = rep_policy_get(&policy, i, value, sizeof(value))); i++) {
		printf("%s\"%s\":\"%s\"", sep, name, value);
		sep = ",";
	}
	printf("}\n");
}

static void do_status(char **unused)
{
	rep_store_status_t s;
	rep_registry_stats_t b;

	(void)unused;
	rep_registry_stats(registry, &b);
	rep_store_status_read(&status, &s);
	printf("{\"link\":\"%s\",\"follow\":\"%s\",\"lag\":%u,\"waiting\":%u,"
		   "\"pushes\":%" PRIu64 ",\"pulls\":%" PRIu64 ",\"events\":%" PRIu64
		   ",\"resyncs\":%" PRIu64 ",\"mismatches\":%" PRIu64
		   ",\"reconnects\":%" PRIu64 ",\"commands\":%" PRIu64
		   ",\"full\":%" PRIu64 ",\"away\":%u,\"feed\":\"%s\",\"errors\":[",
			rep_link_state_name(s.link), rep_follow_name(s.follow), s.lag_ms,
			s.waiting, s.pushes, s.pulls, s.events, s.resyncs, s.mismatches,
			s.reconnects, s.commands, b.full_memory, s.away, s.feed);
	for(uint32_t i = 0; i < s.n_errors; i++)
		printf("%s[\"%s\",\"%s\",%u]", i ? "," : "", s.errors[i].key,
				s.errors[i].field, s.errors[i].count);
	printf("],\"role\":\"%s\",\"masters\":[%u,%u],\"sent\":%.0f,"
		   "\"read\":%.0f,\"uneven\":[",
			s.role, s.masters_up, s.masters, s.sent_per_second,
			s.read_per_second);
	for(uint32_t i = 0; i < s.n_uneven; i++)
		printf("%s[\"%s\",%u,%s,%s,%u]", i ? "," : "",
				rep_registry_name(registry, s.uneven[i].pool),
				s.uneven[i].waiting, s.uneven[i].behind ? "true" : "false",
				s.uneven[i].away ? "true" : "false", s.uneven[i].mismatches);
	printf("]}\n");
}

/* resync POOL */
static void do_resync(char **a)
{
	rep_status_want(&status, pool_of(a[1]));
	printf("1\n");
}

/* clock SECONDS: set it ahead */
static void do_clock(char **a)
{
	atomic_store(&ahead, (rep_time_t)atoi(a[1]) * 1000);
	printf("1\n");
}

/* bench POOL NUMBER SECONDS, release POOL NUMBER */
static void do_bench(char **a)
{
	printf("%d\n", rep_pool_bench(registry, pool_of(a[1]), number_of(a[2]),
						   rep_span(""), (uint32_t)atoi(a[3]),
						   REP_REASON_MANUAL, now())
						   == REP_DONE);
}

static void do_release(char **a)
{
	printf("%d\n", rep_pool_release(registry, pool_of(a[1]), number_of(a[2]),
						   rep_span(""), now())
						   == REP_DONE);
}

/* reset POOL NUMBER */
static void do_reset(char **a)
{
	printf("%d\n",
			rep_pool_reset(registry, pool_of(a[1]), number_of(a[2]), now()));
}

/* remove POOL NUMBER: behind the store's back */
static void do_remove(char **a)
{
	printf("%d\n", rep_pool_remove(registry, pool_of(a[1]), number_of(a[2])));
}

/* edit POOL NUMBER JSON, "-" to remove: as the RPC commands do */
static void do_edit(char **a)
{
	rep_edit_t edit = {.pool = pool_of(a[1]), .number = number_of(a[2])};

	edit.remove = strcmp(a[3], "-") == 0;
	if(!rep_edit_keep(rep_registry_edits(registry))) {
		puts("0");
		return;
	}
	if(edit.remove)
		rep_pool_remove(registry, edit.pool, edit.number);
	else
		snprintf(edit.value, sizeof(edit.value), "%s", a[3]);
	rep_edit_put(rep_registry_edits(registry), &edit);
	puts("1");
}

/* pause POOL active|paused: as the RPC commands do */
static void do_pause(char **a)
{
	rep_edit_t edit = {.pool = pool_of(a[1]), .field = "status"};

	if(!rep_edit_keep(rep_registry_edits(registry))) {
		puts("0");
		return;
	}
	rep_pool_pause(registry, edit.pool, strcmp(a[2], "paused") == 0, 0, now());
	snprintf(edit.value, sizeof(edit.value), "%s", a[2]);
	rep_edit_put(rep_registry_edits(registry), &edit);
	puts("1");
}

/* block POOL NUMBER URL TIMES: as if so many blocks came with that contact */
static void do_block(char **a)
{
	rep_redress_t redress = {.refused = false};

	snprintf(redress.url, sizeof(redress.url), "%s", a[3]);
	for(int i = atoi(a[4]); i > 0; i--)
		rep_redress_block(registry, pool_of(a[1]), number_of(a[2]), &redress,
				"", "", now());
	printf("1\n");
}

/* redress POOL: the list as this proxy knows it, id -> count, status, note */
static void do_redress(char **a)
{
	static rep_redress_key_t keys[REP_REDRESS_MAX];
	int pool = pool_of(a[1]);
	size_t n = rep_redress_list(registry, pool, keys, REP_REDRESS_MAX);
	const char *sep = "";
	rep_redress_entry_t entry;
	char id[REP_PARTY_ID_TEXT];

	printf("{");
	for(size_t i = 0; i < n; i++) {
		if(!rep_redress_get(registry, pool, keys[i].id, &entry))
			continue;
		rep_party_id_print(entry.id, id);
		printf("%s\"%s\":[%" PRIu64 ",\"%s\",\"%s\"]", sep, id, entry.count,
				rep_redress_status_name(entry.status), entry.note);
		sep = ",";
	}
	printf("}\n");
}

/* set POOL ID FIELD VALUE */
static void do_set(char **a)
{
	uint64_t id = 0;

	rep_party_id_parse(rep_span(a[2]), &id);
	printf("%d\n", rep_redress_set(registry, pool_of(a[1]), id, rep_span(a[3]),
						   rep_span(a[4]))
						   == REP_REDRESS_DONE);
}

/* probe POOL NUMBER NETWORK TIMES: so many busy test calls */
static void do_probe(char **a)
{
	for(int i = atoi(a[4]); i > 0; i--)
		rep_probe_count(registry, pool_of(a[1]), number_of(a[2]), a[3],
				REP_BUSY, now());
	printf("1\n");
}

/* probes POOL: all busy test calls that this proxy knows of */
static void do_probes(char **a)
{
	static rep_probe_t list[1024];
	size_t n = rep_probes_list(registry, pool_of(a[1]), list, 1024);
	unsigned sum = 0;

	for(size_t i = 0; i < n; i++)
		sum += list[i].counts.n[REP_BUSY];
	printf("{\"entries\":%zu,\"busy\":%u}\n", n, sum);
}

/* wrong POOL NUMBER CALLEE CALLEES: calls to consecutive wrong numbers, which
 * are reported for a day */
static void do_wrong(char **a)
{
	int pool = pool_of(a[1]);
	rep_ticket_t ticket = {.pool = pool, .number = number_of(a[2])};

	rep_reported_policy(registry, pool, 1u << REP_BADDEST, 1);
	for(int i = 0; i < atoi(a[4]); i++) {
		ticket.to = number_of(a[3]) + (unsigned)i;
		rep_reported_put(registry, &ticket, "", REP_BADDEST, now());
	}
	printf("1\n");
}

static const struct
{
	const char *name;
	int args;
	void (*run)(char **a);
} commands[] = {
		{"count", 6, do_count},
		{"call", 6, do_call},
		{"spread", 5, do_spread},
		{"view", 3, do_view},
		{"sum", 2, do_sum},
		{"pick", 3, do_pick},
		{"try", 4, do_try},
		{"hold", 3, do_hold},
		{"drop", 1, do_drop},
		{"policy", 2, do_policy},
		{"status", 1, do_status},
		{"bench", 4, do_bench},
		{"clock", 2, do_clock},
		{"release", 3, do_release},
		{"remove", 3, do_remove},
		{"reset", 3, do_reset},
		{"resync", 2, do_resync},
		{"edit", 4, do_edit},
		{"pause", 3, do_pause},
		{"block", 5, do_block},
		{"redress", 2, do_redress},
		{"set", 5, do_set},
		{"probe", 5, do_probe},
		{"probes", 2, do_probes},
		{"wrong", 5, do_wrong},
};

static void obey(char *line)
{
	char *a[8] = {0}, *rest = NULL;
	int n = 0;

	for(char *t = strtok_r(line, " \n", &rest); t && n < 8;
			t = strtok_r(NULL, " \n", &rest))
		a[n++] = t;
	for(size_t i = 0; n && i < sizeof(commands) / sizeof(commands[0]); i++)
		if(strcmp(a[0], commands[i].name) == 0 && n == commands[i].args) {
			commands[i].run(a);
			fflush(stdout);
			return;
		}
	printf("\"?\"\n");
	fflush(stdout);
}

int main(int argc, char **argv)
{
	rep_store_config_t config = {.log = log_line, .clock = now};
	pthread_t runner, ticker;
	char line[512];

	if(argc < 3)
		return 2;
	config.url = argv[1];
	config.node_id = argv[2];
	config.sync_interval_ms = argc > 3 ? (unsigned)atoi(argv[3]) : 100;
	config.pool_file = argc > 4 ? argv[4] : "";
	config.key_prefix = argc > 5 ? argv[5] : "";
	config.username = getenv("DRIVER_USER");
	config.password_file = getenv("DRIVER_PASSWORD_FILE");
	config.tls_ca = getenv("DRIVER_TLS_CA");
	config.tls_cert = getenv("DRIVER_TLS_CERT");
	config.tls_key = getenv("DRIVER_TLS_KEY");
	config.sentinel_password_file = getenv("DRIVER_SENTINEL_PASSWORD_FILE");
	registry = rep_registry_create(
			getenv("DRIVER_NUMBERS") ? (uint32_t)atoi(getenv("DRIVER_NUMBERS"))
									 : 20000);
	if(!registry || !rep_callees_create(registry, 100000)
			|| !rep_redress_create(registry) || !rep_probes_create(registry)
			|| !rep_reported_create(registry)
			|| rep_store_status_init(&status) != 0)
		return 2;
	rep_callees_key(registry, rep_span("sixteen bytes of a secret"));
	store = rep_store_create(&config, registry, &status);
	if(!store)
		return 1;
	pthread_create(&runner, NULL, run_store, NULL);
	pthread_create(&ticker, NULL, run_ticks, NULL);
	while(fgets(line, sizeof(line), stdin))
		obey(line);
	ending = 1;
	rep_store_stop(store);
	pthread_join(runner, NULL);
	pthread_join(ticker, NULL);
	rep_store_destroy(store);
	rep_store_status_destroy(&status);
	rep_registry_destroy(registry);
	return 0;
}
