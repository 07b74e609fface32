/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events: the ring that readers follow, and the list of an event's members. */

#include <stdarg.h>
#include <stdlib.h>

#include "formats/event.h"

#include "pool_test.h"
#include "suites.h"

/* ---- the ring ------------------------------------------------------------ */

static void announce(uint32_t turn)
{
	rep_event_t event = {.kind = REP_EVENT_BENCHED, .turn = turn};

	rep_event_announce(rep_registry_events(registry), &event);
}

START_TEST(readers_have_a_cursor_each)
{
	rep_event_ring_t *ring = rep_registry_events(registry);
	uint64_t a = 0, b = 0;
	rep_event_t events[3];

	ck_assert_uint_eq(rep_events_read(ring, &a, events, 3), 0);
	for(uint32_t turn = 0; turn < 5; turn++)
		announce(turn);
	ck_assert_uint_eq(rep_events_read(ring, &a, events, 3), 3);
	ck_assert_uint_eq(events[2].turn, 2);
	ck_assert_uint_eq(rep_events_read(ring, &b, events, 1), 1);
	ck_assert_uint_eq(events[0].turn, 0);
	ck_assert_uint_eq(rep_events_read(ring, &a, events, 3), 2);
	ck_assert_uint_eq(events[1].turn, 4);
	ck_assert_uint_eq(rep_events_read(ring, &a, events, 3), 0);
}
END_TEST

/* Who is far behind gets all that the ring still holds. */
START_TEST(oldest_are_lost)
{
	static rep_event_t events[2 * REP_EVENT_RING];
	rep_event_ring_t *ring = rep_registry_events(registry);
	uint64_t cursor = 0;

	for(uint32_t turn = 0; turn < REP_EVENT_RING + 10; turn++)
		announce(turn);
	ck_assert_uint_eq(
			rep_events_read(ring, &cursor, events, 2 * REP_EVENT_RING),
			REP_EVENT_RING);
	ck_assert_uint_eq(events[0].turn, 10);
	ck_assert_uint_eq(events[REP_EVENT_RING - 1].turn, REP_EVENT_RING + 9);
}
END_TEST

/* ---- what an event says --------------------------------------------------- */

static char said[4000];

__attribute__((format(printf, 1, 2))) static void say(const char *format, ...)
{
	size_t n = strlen(said);
	va_list ap;

	va_start(ap, format);
	vsnprintf(said + n, sizeof(said) - n, format, ap);
	va_end(ap);
}

static void text(void *ctx, const char *name, const char *value)
{
	(void)ctx;
	say("%s='%s' ", name, value);
}

static void whole(void *ctx, const char *name, int64_t value)
{
	(void)ctx;
	say("%s=%lld ", name, (long long)value);
}

static void real(void *ctx, const char *name, double value)
{
	(void)ctx;
	say("%s=%g ", name, value);
}

static void when(void *ctx, const char *name, rep_time_t value)
{
	(void)ctx;
	say("%s@%lld ", name, (long long)value);
}

static void counts(void *ctx, const char *name, const rep_counts_t *value)
{
	(void)ctx;
	say("%s#%u ", name, value->n[REP_BLOCKED]);
}

static void mix(void *ctx, const char *name, const float *share)
{
	(void)ctx;
	say("%s~%g ", name, (double)share[REP_BLOCKED]);
}

static void chart(void *ctx, const char *name, double s, double threshold)
{
	(void)ctx;
	say("%s:%g/%g ", name, s, threshold);
}

static const rep_event_visitor_t to = {
		NULL, text, whole, real, when, counts, mix, chart};

static const rep_event_t benched = {.kind = REP_EVENT_BENCHED,
		.number = FIRST,
		.route = "east",
		.at = 1234,
		.turn = 3,
		.state = REP_BENCHED,
		.reason = REP_REASON_BLOCKED,
		.outcome = REP_OUTCOMES,
		.since = 1111,
		.until = 99000,
		.strikes = 2,
		.judged = {.score = 1.5f,
				.calls = 12,
				.s = {9, 1, 2},
				.threshold = {6, 7, 8}},
		.counts.n[REP_BLOCKED] = 4,
		.pool_counts.n[REP_BLOCKED] = 5,
		.mix[REP_BLOCKED] = 0.25f};

#define EVIDENCE                                                         \
	"score=1.5 calls=12 blocked:9/6 rejected:1/7 labelled:2/8 counts#4 " \
	"pool_counts#5 yardstick~0.25 "

START_TEST(members_of_a_bench)
{
	said[0] = '\0';
	rep_event_walk(&benched, "sales", &to);
	ck_assert_str_eq(said,
			"event='benched' pool='sales' number='+15551230001' route='east' "
			"state='benched' reason='blocked' at@1234 since@1111 until@99000 "
			"strikes=2 turn=3 " EVIDENCE "mode='enforce' ");
}
END_TEST

/* An edge of a pool has no number and no state; what it has besides is told. */
START_TEST(members_of_other_events)
{
	rep_event_t event = benched;

	event.number = 0;
	event.route[0] = '\0';
	event.kind = REP_EVENT_POOL_EXHAUSTED;
	event.stop = REP_PICK_SHARE_BENCHED;
	event.observed = true;
	event.refused = 17;
	said[0] = '\0';
	rep_event_walk(&event, "p", &to);
	ck_assert_str_eq(said,
			"event='pool-exhausted' pool='p' number='' route='' "
			"reason='share-benched' at@1234 since@1111 until@99000 strikes=2 "
			"turn=3 refused=17 " EVIDENCE "mode='observe' ");
	/* of a pool that there is not, its name is the pool's */
	event.pool = REP_NO_POOL;
	event.stop = REP_PICK_UNKNOWN_POOL;
	strcpy(event.detail, "slaes");
	ck_assert_str_eq(rep_event_pool(&event, registry), "slaes");
	said[0] = '\0';
	rep_event_walk(&event, rep_event_pool(&event, registry), &to);
	ck_assert_ptr_nonnull(strstr(said, "pool='slaes' "));
	ck_assert_ptr_nonnull(strstr(said, "reason='unknown-pool' "));
	ck_assert_ptr_null(strstr(said, "detail"));
	event.pool = pool;
	ck_assert_str_eq(rep_event_pool(&event, registry), "sales");
	event.kind = REP_EVENT_REFUSED;
	event.outcome = REP_REFUSED;
	strcpy(event.detail, "words");
	said[0] = '\0';
	rep_event_walk(&event, "p", &to);
	ck_assert_ptr_nonnull(strstr(said, " reason='refused' "));
	ck_assert_ptr_nonnull(
			strstr(said, " turn=3 outcome='refused' detail='words' score="));
}
END_TEST

static const struct
{
	rep_event_kind_t kind;
	rep_reason_t reason;
	const char *name, *why;
} kinds[] = {
		{REP_EVENT_BENCHED, REP_REASON_LABELLED, "benched", "labelled"},
		{REP_EVENT_RELEASED, REP_REASON_NONE, "released", ""},
		{REP_EVENT_POOL_ALARM, REP_REASON_REJECTED, "pool-alarm", "rejected"},
		{REP_EVENT_POOL_ALARM_OVER, REP_REASON_BLOCKED, "pool-alarm-over",
				"blocked"},
		{REP_EVENT_POOL_EXHAUSTED, REP_REASON_NONE, "pool-exhausted",
				"all-benched"},
		{REP_EVENT_POOL_EXHAUSTED_OVER, REP_REASON_NONE, "pool-exhausted-over",
				"all-benched"},
		{REP_EVENT_REFUSED, REP_REASON_NONE, "caller-id-refused", "refused"},
		{REP_EVENT_ATTEST_BELOW, REP_REASON_NONE, "attest-below", "none"},
		{REP_EVENTS, REP_REASON_NONE, "none", ""},
};

START_TEST(names_and_reasons)
{
	rep_event_t event = {.kind = kinds[_i].kind,
			.reason = kinds[_i].reason,
			.stop = REP_PICK_ALL_BENCHED};

	ck_assert_str_eq(rep_event_name(event.kind), kinds[_i].name);
	ck_assert_str_eq(rep_event_reason(&event), kinds[_i].why);
}
END_TEST

/* The buckets behind a bench are those of the turn that it ended, on the route
 * that it is for. */
START_TEST(buckets_behind_a_bench)
{
	rep_event_t event = {.pool = pool, .number = FIRST, .turn = 1};
	char *json;

	put_numbers(2);
	count(FIRST, "", REP_ANSWERED, 2, NOW);
	count(FIRST, "east", REP_BUSY, 3, NOW);
	rep_pool_bench(
			registry, pool, FIRST, rep_span(""), 1, REP_REASON_MANUAL, NOW);
	count(FIRST, "east", REP_BLOCKED, 1, NOW); /* after it */
	strcpy(event.route, "east");
	json = rep_event_buckets(registry, &event);
	ck_assert_ptr_nonnull(json);
	ck_assert_ptr_nonnull(strstr(json, "\"busy\":3"));
	ck_assert_ptr_null(strstr(json, "answered\":2"));
	free(json);
	event.route[0] = '\0';
	json = rep_event_buckets(registry, &event);
	ck_assert_ptr_nonnull(json);
	ck_assert_ptr_nonnull(strstr(json, "{\"start\":1759996800,"));
	ck_assert_ptr_nonnull(
			strstr(json, "\"route\":\"east\",\"counts\":{\"busy\":3},"
						 "\"pool_counts\":{\"blocked\":1,\"busy\":3}"));
	ck_assert_ptr_nonnull(
			strstr(json, "\"route\":\"\",\"counts\":{\"answered\":2},"
						 "\"pool_counts\":{\"answered\":2}"));
	ck_assert_ptr_null(strstr(json, "\"counts\":{\"blocked\":1}"));
	free(json);
}
END_TEST

Suite *event_suite(void)
{
	Suite *suite = suite_create("event");
	TCase *c = tcase_create("event");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, readers_have_a_cursor_each);
	tcase_add_test(c, oldest_are_lost);
	tcase_add_test(c, members_of_a_bench);
	tcase_add_test(c, members_of_other_events);
	tcase_add_loop_test(
			c, names_and_reasons, 0, (int)(sizeof(kinds) / sizeof(kinds[0])));
	tcase_add_test(c, buckets_behind_a_bench);
	suite_add_tcase(suite, c);
	return suite;
}
