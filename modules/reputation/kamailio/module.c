/* SPDX-License-Identifier: GPL-2.0-or-later
 * Copyright (C) 2026 the authors of reputation */
/* Tables, start and end of the module. */

#include <signal.h>
#include <sys/random.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "core/cfg/cfg_struct.h"
#include "core/dprint.h"
#include "core/globals.h"
#include "core/kemi.h"
#include "core/mem/shm_mem.h"
#include "core/mod_fix.h"
#include "core/pt.h"
#include "core/timer_proc.h"
#include "core/ut.h"

#include "answered.h"
#include "apply.h"
#include "calls.h"
#include "check.h"
#include "complain.h"
#include "clocks.h"
#include "counters.h"
#include "ending.h"
#include "events.h"
#include "functions.h"
#include "pv.h"
#include "reload.h"
#include "rpc.h"
#include "rr_cookie.h"
#include "shared.h"
#include "suppress.h"
#include "../engine/pool/callees.h"
#include "../engine/pool/guards.h"
#include "../engine/pool/pools.h"
#include "../engine/pool/probes.h"
#include "../engine/pool/redress.h"
#include "../engine/pool/registry.h"
#include "../engine/pool/reported.h"
#include "../store/log.h"
#include "../store/run.h"
#include "../store/store.h"

/* What Kamailio looks up by name in the module; all else is hidden. */
#pragma GCC visibility push(default)
extern struct module_exports exports;
int mod_register(char *path, int *dlflags, void *p1, void *p2);
MODULE_VERSION
#pragma GCC visibility pop

#define TICK_US 100000
#define OTHERS_END_MS 500 /* as long as the last exchange may take */

/* ---- script functions ------------------------------------------------ */

#define EVALUATE(s, param)                                                \
	if(fixup_get_svalue(msg, (gparam_t *)(param), &(s)) != 0) {           \
		rep_complain(REP_COMPLAINT_ARGUMENT, "a parameter has no value"); \
		return -1;                                                        \
	}

static int w_pick(struct sip_msg *msg, char *p, char *c, char *r)
{
	str pool, callee, route = STR_NULL;

	EVALUATE(pool, p)
	EVALUATE(callee, c)
	if(r)
		EVALUATE(route, r)
	return ki_pick(msg, &pool, &callee, &route);
}

static int w_pick2(struct sip_msg *msg, char *p, char *c)
{
	return w_pick(msg, p, c, NULL);
}

static int w_apply(struct sip_msg *msg, char *p1, char *p2)
{
	(void)p1;
	(void)p2;
	return ki_apply(msg);
}

static int w_cancel(struct sip_msg *msg, char *p1, char *p2)
{
	(void)p1;
	(void)p2;
	return ki_cancel(msg);
}

static int w_outcome(struct sip_msg *msg, char *o, char *p2)
{
	str outcome;

	(void)p2;
	EVALUATE(outcome, o)
	return ki_outcome(msg, &outcome);
}

static int w_apply1(struct sip_msg *msg, char *o, char *p2)
{
	str options;

	(void)p2;
	EVALUATE(options, o)
	return ki_apply_options(msg, &options);
}

static int w_track(struct sip_msg *msg, char *p, char *n, char *r)
{
	str pool, number, route = STR_NULL;

	EVALUATE(pool, p)
	EVALUATE(number, n)
	if(r)
		EVALUATE(route, r)
	return ki_track(msg, &pool, &number, &route);
}

static int w_track2(struct sip_msg *msg, char *p, char *n)
{
	return w_track(msg, p, n, NULL);
}

static int w_report(struct sip_msg *msg, char *p, char *n, char *o, char *r)
{
	str pool, number, outcome, route = STR_NULL;

	EVALUATE(pool, p)
	EVALUATE(number, n)
	EVALUATE(outcome, o)
	if(r)
		EVALUATE(route, r)
	return ki_report_route(msg, &pool, &number, &outcome, &route);
}

static int w_report3(struct sip_msg *msg, char *p, char *n, char *o)
{
	return w_report(msg, p, n, o, NULL);
}

static int w_bench(struct sip_msg *msg, char *p, char *n, char *s, char *r)
{
	str pool, number, text, route = STR_NULL;
	int seconds;

	EVALUATE(pool, p)
	EVALUATE(number, n)
	EVALUATE(text, s)
	if(str2sint(&text, &seconds) < 0) {
		rep_complain(REP_COMPLAINT_ARGUMENT,
				"reputation_bench: seconds: '%.*s' is no whole number",
				text.len, text.s);
		return -1;
	}
	if(r)
		EVALUATE(route, r)
	return ki_bench_route(msg, &pool, &number, seconds, &route);
}

static int w_bench3(struct sip_msg *msg, char *p, char *n, char *s)
{
	return w_bench(msg, p, n, s, NULL);
}

static int w_release(struct sip_msg *msg, char *p, char *n, char *r)
{
	str pool, number, route = STR_NULL;

	EVALUATE(pool, p)
	EVALUATE(number, n)
	if(r)
		EVALUATE(route, r)
	return ki_release_route(msg, &pool, &number, &route);
}

static int w_release2(struct sip_msg *msg, char *p, char *n)
{
	return w_release(msg, p, n, NULL);
}

static int w_state(struct sip_msg *msg, char *p, char *n, char *r)
{
	str pool, number, route = STR_NULL;

	EVALUATE(pool, p)
	EVALUATE(number, n)
	if(r)
		EVALUATE(route, r)
	return ki_state_route(msg, &pool, &number, &route);
}

static int w_state2(struct sip_msg *msg, char *p, char *n)
{
	return w_state(msg, p, n, NULL);
}

static int w_suppress(struct sip_msg *msg, char *c, char *s)
{
	str callee, text;
	int seconds;

	EVALUATE(callee, c)
	EVALUATE(text, s)
	if(str2sint(&text, &seconds) < 0) {
		rep_complain(REP_COMPLAINT_ARGUMENT,
				"reputation_suppress: seconds: '%.*s' is no whole number",
				text.len, text.s);
		return -1;
	}
	return ki_suppress(msg, &callee, seconds);
}

static int w_unsuppress(struct sip_msg *msg, char *c, char *p2)
{
	str callee;

	(void)p2;
	EVALUATE(callee, c)
	return ki_unsuppress(msg, &callee);
}

/* clang-format off */
static cmd_export_t cmds[] = {
	{"reputation_pick", w_pick2, 2, fixup_spve_all, fixup_free_spve_all,
		REQUEST_ROUTE | FAILURE_ROUTE | BRANCH_ROUTE},
	{"reputation_pick", (cmd_function)(void *)w_pick, 3, fixup_spve_all,
		fixup_free_spve_all, REQUEST_ROUTE | FAILURE_ROUTE | BRANCH_ROUTE},
	{"reputation_apply", w_apply, 0, 0, 0,
		REQUEST_ROUTE | FAILURE_ROUTE | BRANCH_ROUTE},
	{"reputation_apply", w_apply1, 1, fixup_spve_null, fixup_free_spve_null,
		REQUEST_ROUTE | FAILURE_ROUTE | BRANCH_ROUTE},
	{"reputation_cancel", w_cancel, 0, 0, 0,
		REQUEST_ROUTE | FAILURE_ROUTE | BRANCH_ROUTE},
	{"reputation_outcome", w_outcome, 1, fixup_spve_all, fixup_free_spve_all,
		ANY_ROUTE},
	{"reputation_track", w_track2, 2, fixup_spve_all, fixup_free_spve_all,
		REQUEST_ROUTE | BRANCH_ROUTE},
	{"reputation_track", (cmd_function)(void *)w_track, 3, fixup_spve_all,
		fixup_free_spve_all, REQUEST_ROUTE | BRANCH_ROUTE},
	{"reputation_report", (cmd_function)(void *)w_report3, 3, fixup_spve_all,
		fixup_free_spve_all, ANY_ROUTE},
	{"reputation_report", (cmd_function)(void *)w_report, 4, fixup_spve_all,
		fixup_free_spve_all, ANY_ROUTE},
	{"reputation_bench", (cmd_function)(void *)w_bench3, 3, fixup_spve_all,
		fixup_free_spve_all, ANY_ROUTE},
	{"reputation_bench", (cmd_function)(void *)w_bench, 4, fixup_spve_all,
		fixup_free_spve_all, ANY_ROUTE},
	{"reputation_release", w_release2, 2, fixup_spve_all, fixup_free_spve_all,
		ANY_ROUTE},
	{"reputation_release", (cmd_function)(void *)w_release, 3, fixup_spve_all,
		fixup_free_spve_all, ANY_ROUTE},
	{"reputation_state", w_state2, 2, fixup_spve_all, fixup_free_spve_all,
		ANY_ROUTE},
	{"reputation_state", (cmd_function)(void *)w_state, 3, fixup_spve_all,
		fixup_free_spve_all, ANY_ROUTE},
	{"reputation_suppress", w_suppress, 2, fixup_spve_all, fixup_free_spve_all,
		ANY_ROUTE},
	{"reputation_unsuppress", w_unsuppress, 1, fixup_spve_all,
		fixup_free_spve_all, ANY_ROUTE},
	{0, 0, 0, 0, 0, 0}
};

static param_export_t params[] = {
	{"redis", PARAM_STR, &rep_config_set.redis},
	{"redis_username", PARAM_STR, &rep_config_set.redis_username},
	{"redis_password_file", PARAM_STR, &rep_config_set.redis_password_file},
	{"redis_tls_ca", PARAM_STR, &rep_config_set.redis_tls_ca},
	{"redis_tls_cert", PARAM_STR, &rep_config_set.redis_tls_cert},
	{"redis_tls_key", PARAM_STR, &rep_config_set.redis_tls_key},
	{"sentinel_password_file", PARAM_STR, &rep_config_set.sentinel_password_file},
	{"cluster_secret_file", PARAM_STR, &rep_config_set.cluster_secret_file},
	{"late_bye", PARAM_INT, &rep_config_set.late_bye},
	{"key_prefix", PARAM_STR, &rep_config_set.key_prefix},
	{"node_id", PARAM_STR, &rep_config_set.node_id},
	{"pool_file", PARAM_STR, &rep_config_set.pool_file},
	{"sync_interval", PARAM_INT, &rep_config_set.sync_interval},
	{"mode", PARAM_STR, &rep_config_set.mode},
	{"short_call", PARAM_INT, &rep_config_set.short_call},
	{"max_numbers", PARAM_INT, &rep_config_set.max_numbers},
	{"max_calls", PARAM_INT, &rep_config_set.max_calls},
	{"max_callees", PARAM_INT, &rep_config_set.max_callees},
	{"event_callback", PARAM_STR, &rep_config_set.event_callback},
	{0, 0, 0}
};

static pv_export_t pvs[] = {
	{{"rep", sizeof("rep") - 1}, PVT_OTHER, rep_pv_get, rep_pv_set, rep_pv_parse,
		0, 0, 0},
	{{0, 0}, 0, 0, 0, 0, 0, 0, 0}
};

#define NAMED(name) str_init("reputation"), str_init(name), SR_KEMIP_INT

static sr_kemi_t kemi[] = {
	{NAMED("pick"), ki_pick, {SR_KEMIP_STR, SR_KEMIP_STR, SR_KEMIP_STR,
		SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE}},
	{NAMED("apply"), ki_apply, {SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE,
		SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE}},
	{NAMED("apply_options"), ki_apply_options, {SR_KEMIP_STR, SR_KEMIP_NONE,
		SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE}},
	{NAMED("cancel"), ki_cancel, {SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE,
		SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE}},
	{NAMED("outcome"), ki_outcome, {SR_KEMIP_STR, SR_KEMIP_NONE, SR_KEMIP_NONE,
		SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE}},
	{NAMED("track"), ki_track, {SR_KEMIP_STR, SR_KEMIP_STR, SR_KEMIP_STR,
		SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE}},
	{NAMED("report"), ki_report, {SR_KEMIP_STR, SR_KEMIP_STR, SR_KEMIP_STR,
		SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE}},
	{NAMED("bench"), ki_bench, {SR_KEMIP_STR, SR_KEMIP_STR, SR_KEMIP_INT,
		SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE}},
	{NAMED("release"), ki_release, {SR_KEMIP_STR, SR_KEMIP_STR, SR_KEMIP_NONE,
		SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE}},
	{NAMED("state"), ki_state, {SR_KEMIP_STR, SR_KEMIP_STR, SR_KEMIP_NONE,
		SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE}},
	{NAMED("report_route"), ki_report_route, {SR_KEMIP_STR, SR_KEMIP_STR,
		SR_KEMIP_STR, SR_KEMIP_STR, SR_KEMIP_NONE, SR_KEMIP_NONE}},
	{NAMED("bench_route"), ki_bench_route, {SR_KEMIP_STR, SR_KEMIP_STR,
		SR_KEMIP_INT, SR_KEMIP_STR, SR_KEMIP_NONE, SR_KEMIP_NONE}},
	{NAMED("release_route"), ki_release_route, {SR_KEMIP_STR, SR_KEMIP_STR,
		SR_KEMIP_STR, SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE}},
	{NAMED("state_route"), ki_state_route, {SR_KEMIP_STR, SR_KEMIP_STR,
		SR_KEMIP_STR, SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE}},
	{NAMED("suppress"), ki_suppress, {SR_KEMIP_STR, SR_KEMIP_INT,
		SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE}},
	{NAMED("unsuppress"), ki_unsuppress, {SR_KEMIP_STR, SR_KEMIP_NONE,
		SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE, SR_KEMIP_NONE}},
	{{0, 0}, {0, 0}, 0, NULL, {0, 0, 0, 0, 0, 0}}
};
/* clang-format on */

int mod_register(char *path, int *dlflags, void *p1, void *p2)
{
	(void)path;
	(void)dlflags;
	(void)p1;
	(void)p2;
	sr_kemi_modules_add(kemi);
	return 0;
}

/* ---- start ----------------------------------------------------------- */

void rep_log_line(int level, const char *line)
{
	switch(level) {
		case REP_LOG_ERR:
			LM_ERR("%s\n", line);
			break;
		case REP_LOG_WARN:
			LM_WARN("%s\n", line);
			break;
		case REP_LOG_NOTICE:
			LM_NOTICE("%s\n", line);
			break;
		case REP_LOG_INFO:
			LM_INFO("%s\n", line);
			break;
		default:
			LM_DBG("%s\n", line);
	}
}

static void release(void)
{
	rep_shared_t *shared = rep_shared;

	rep_shared = NULL;
	if(!shared)
		return;
	rep_calls_destroy(shared->calls);
	rep_answered_destroy(shared->answered);
	rep_complaints_destroy(shared->complaints);
	rep_registry_destroy(shared->registry);
	rep_store_status_destroy(&shared->store);
	rep_secret_destroy(&shared->secret);
	shm_free(shared);
}

/* `secret`: the fleet's, of `secret_len` bytes; 0 = drawn. */
static int allocate(const char *secret, size_t secret_len)
{
	char drawn[REP_SECRET_MAX];

	rep_shared = shm_malloc(sizeof(*rep_shared));
	if(!rep_shared)
		return -1;
	memset(rep_shared, 0, sizeof(*rep_shared));
	if(rep_store_status_init(&rep_shared->store) < 0) {
		shm_free(rep_shared);
		rep_shared = NULL;
		return -1;
	}
	if(rep_secret_init(&rep_shared->secret, secret, secret_len) < 0
			|| getrandom(&rep_shared->incarnation,
					   sizeof(rep_shared->incarnation), 0)
					   < 0) {
		rep_store_status_destroy(&rep_shared->store);
		shm_free(rep_shared);
		rep_shared = NULL;
		return -1;
	}
	rep_shared->registry = rep_registry_create(rep_config->max_numbers);
	rep_shared->calls = rep_calls_create(rep_config->max_calls);
	rep_shared->answered = rep_answered_create(rep_config->max_calls);
	rep_shared->complaints = rep_complaints_create();
	if(rep_shared->registry && rep_shared->calls && rep_shared->answered
			&& rep_shared->complaints
			&& rep_redress_create(rep_shared->registry)
			&& rep_probes_create(rep_shared->registry)
			&& rep_reported_create(rep_shared->registry)
			&& rep_callees_create(rep_shared->registry, rep_config->max_callees)
			&& rep_guarded_create(rep_shared->registry, rep_config->max_callees,
					(uint8_t)rep_shared->incarnation)) {
		secret_len = rep_secret_read(&rep_shared->secret, drawn);
		rep_callees_key(rep_shared->registry, (rep_span_t){drawn, secret_len});
		return 0;
	}
	release();
	return -1;
}

static int mod_init(void)
{
	char secret[REP_SECRET_MAX];
	size_t secret_len;

	if(rep_config_check(&rep_config_set) < 0 || rep_calls_init() < 0
			|| rep_apply_init() < 0 || rep_counters_init() < 0)
		return -1;
	if(rep_config_secret(rep_config, secret, &secret_len) < 0)
		return -1;
	if(allocate(secret, secret_len) < 0) {
		LM_ERR("not enough shared memory for max_calls %d and max_callees %d:"
			   " start Kamailio with a larger -m\n",
				rep_config->max_calls, rep_config->max_callees);
		return -1;
	}
	rep_registry_observe(rep_shared->registry,
			rep_span_is(rep_span_of(&rep_config->mode), "observe"));
	rep_events_init();
	rep_zones_load(rep_now());
	rep_rr_cookie_init();
	if(rep_config->redis.len == 0) {
		rep_registry_alone(rep_shared->registry);
		if(rep_config->pool_file.len > 0 && rep_pools_load() < 0) {
			release();
			return -1;
		}
		register_procs(1);
		cfg_register_child(1);
	} else {
		rep_shared->store.link = REP_LINK_DISCONNECTED;
		rep_shared->store.since = rep_now();
		register_procs(2);
		cfg_register_child(2);
	}
	return 0;
}

/* ---- processes ------------------------------------------------------- */

static rep_store_t *store; /* in its process */

static void on_timer(unsigned int ticks, void *param)
{
	(void)ticks;
	(void)param;
	rep_events_tick();
}

static void on_term(int signal)
{
	(void)signal;
	rep_store_stop(store);
}

/* What Redis is told last is all that is known: no other process counts any
 * more. One of them may have taken along the lock of the shared memory, which
 * the core's first process gives back, too, before it goes on. */
static void before_the_last(void)
{
	if(rep_ending_others(OTHERS_END_MS)) {
#ifndef SHM_SAFE_MALLOC
		shm_global_unlock();
#endif
	}
	rep_answered_settle(
			rep_shared->answered, rep_shared->registry, rep_now(), rep_mono());
}

static void begun_news(rep_begun_news_t *news)
{
	rep_answered_news(rep_shared->answered, news);
}

static int run_store(void)
{
	rep_store_config_t c = {
			.url = rep_config->redis.s,
			.username = rep_config->redis_username.s,
			.password_file = rep_config->redis_password_file.s,
			.tls_ca = rep_config->redis_tls_ca.s,
			.tls_cert = rep_config->redis_tls_cert.s,
			.tls_key = rep_config->redis_tls_key.s,
			.sentinel_password_file = rep_config->sentinel_password_file.s,
			.key_prefix = rep_config->key_prefix.s,
			.node_id = rep_config->node_id.s,
			.sync_interval_ms = rep_config->sync_interval,
			.pool_file = rep_config->pool_file.s,
			.log = rep_log_line,
			.clock = rep_now,
			.before_the_last = before_the_last,
			.begun_news = begun_news,
	};

	c.secret = &rep_shared->secret;
	store = rep_store_create(&c, rep_shared->registry, &rep_shared->store);
	if(!store)
		return -1;
	signal(SIGTERM, on_term);
	signal(SIGINT, on_term);
	rep_store_run(store);
	rep_store_destroy(store);
	/* as Kamailio's own: what others left to atexit() before the fork is for
	 * the first process to do */
	_exit(0);
}

static int child_init(int rank)
{
	int pid;

	rep_ending_child();
	if(rank != PROC_MAIN)
		return 0;
	if(fork_basic_utimer(
			   PROC_TIMER, "REPUTATION TIMER", 1, on_timer, NULL, TICK_US)
			< 0) {
		LM_ERR("cannot fork the timer process\n");
		return -1;
	}
	if(rep_config->redis.len == 0)
		return 0;
	pid = fork_process(PROC_RPC, "REPUTATION REDIS", 0);
	if(pid < 0) {
		LM_ERR("cannot fork the Redis process\n");
		return -1;
	}
	if(pid > 0)
		return 0;
	if(cfg_child_init())
		return -1;
	return run_store();
}

static void destroy(void)
{
	release();
}

/* clang-format off */
struct module_exports exports = {
	"reputation",
	DEFAULT_DLFLAGS,
	cmds,
	params,
	rep_rpc,
	pvs,
	0,
	mod_init,
	child_init,
	destroy
};
/* clang-format on */
