/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Slots of keys, who serves them, and where a redirection leads. */

#include <stdlib.h>
#include <string.h>

#include "store/cluster.h"

#include "suites.h"

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

START_TEST(cluster_crc)
{
	ck_assert_uint_eq(rep_crc16(rep_span("123456789")), 0x31C3);
	ck_assert_uint_eq(rep_crc16(rep_span("")), 0);
}
END_TEST

/* as CLUSTER KEYSLOT says */
static const struct
{
	const char *key;
	unsigned slot;
} keys[] = {
		{"rep:pools", 8710},
		{"rep:x:secret", 10920},
		{"rep:numbers:{sales}", 2067},
		{"rep:x:c2:{sales}:29919", 2067},
		{"sales", 2067},
		{"rep:x:once:{rep:events}:sales", 14243},
		{"rep:events", 14243},
		{"foo{}{bar}", 8363},
		{"foo{{bar}}zap", 4015},
		{"foo{bar}{zap}", 5061},
		{"{open", 7674},
		{"shut}{", 7052},
		{"", 0},
};

START_TEST(cluster_slot)
{
	ck_assert_uint_eq(rep_key_slot(rep_span(keys[_i].key)), keys[_i].slot);
}
END_TEST

/* words of a command, and which of them is the key */
static const struct
{
	const char *words;
	size_t at;
} commands[] = {
		{"GET k", 1},
		{"HSCAN k 0 COUNT 10", 1},
		{"XADD k MAXLEN ~ 9 * w x", 1},
		{"EVALSHA sha 2 k k2 a", 3},
		{"EVALSHA sha 0 a", 0},
		{"XREAD COUNT 16 STREAMS k 0-0", 4},
		{"XREAD STREAMS", 0},
		{"SCAN 0 MATCH x", 0},
		{"SCRIPT LOAD x", 0},
		{"INFO memory", 0},
		{"PING", 0},
};

START_TEST(cluster_key_of_command)
{
	rep_args_t args = {0};
	char words[100], *rest = NULL;

	strcpy(words, commands[_i].words);
	for(char *w = strtok_r(words, " ", &rest); w;
			w = strtok_r(NULL, " ", &rest))
		rep_args_text(&args, w);
	ck_assert_uint_eq(rep_args_key(&args), commands[_i].at);
	rep_args_free(&args);
}
END_TEST

/* ---- CLUSTER SLOTS ---------------------------------------------------------- */

static const rep_host_t teller = {"seed", 1};

static bool take(rep_slots_t *slots, const char *resp)
{
	redisReader *reader = redisReaderCreate();
	void *reply = NULL;
	bool taken;

	redisReaderFeed(reader, resp, strlen(resp));
	ck_assert_int_eq(redisReaderGetReply(reader, &reply), REDIS_OK);
	ck_assert_ptr_nonnull(reply);
	taken = rep_slots_take(slots, reply, &teller);
	freeReplyObject(reply);
	redisReaderFree(reader);
	return taken;
}

#define NODE(name, port) "*3\r\n" name ":" port "\r\n$2\r\nid\r\n"
#define A NODE("$1\r\na\r\n", "7000")
#define B NODE("$1\r\nb\r\n", "7001")
#define C NODE("$-1\r\n", "7002")
#define RANGE(first, last) ":" first "\r\n:" last "\r\n"

START_TEST(cluster_slots)
{
	static rep_slots_t slots;

	rep_slots_init(&slots);
	ck_assert_uint_eq(slots.owner[0], REP_NO_MASTER);
	/* b has a replica, which is nobody's master */
	ck_assert(take(&slots, "*3\r\n*3\r\n" RANGE("0", "99") A
			"*4\r\n" RANGE("100", "199") B C "*3\r\n" RANGE("300", "300") A));
	ck_assert_str_eq(slots.at[slots.owner[0]].name, "a");
	ck_assert_uint_eq(slots.at[slots.owner[99]].port, 7000);
	ck_assert_str_eq(slots.at[slots.owner[100]].name, "b");
	ck_assert_str_eq(slots.at[slots.owner[199]].name, "b");
	ck_assert_uint_eq(slots.owner[200], REP_NO_MASTER);
	ck_assert_uint_eq(slots.owner[300], slots.owner[0]);
	ck_assert_uint_eq(slots.at[2].port, 0);
	/* a is gone, b stays where it stood, one is known by its port alone */
	ck_assert(take(&slots, "*2\r\n*3\r\n" RANGE("0", "99") C
			"*3\r\n" RANGE("100", "16383") B));
	ck_assert_uint_eq(slots.owner[16383], 1);
	ck_assert_str_eq(slots.at[1].name, "b");
	ck_assert_uint_eq(slots.owner[0], 0);
	ck_assert_str_eq(slots.at[0].name, "seed");
	ck_assert_uint_eq(slots.at[0].port, 7002);
	ck_assert_uint_eq(slots.at[2].port, 0);
}
END_TEST

static const char *const no_slots[] = {
		"*0\r\n",
		"+OK\r\n",
		"*1\r\n+x\r\n",
		"*1\r\n*2\r\n" RANGE("0", "1"),
		"*1\r\n*3\r\n" RANGE("2", "1") A,
		"*1\r\n*3\r\n" RANGE("0", "16384") A,
		"*1\r\n*3\r\n" RANGE("-1", "5") A,
		"*1\r\n*3\r\n" RANGE("0", "5") NODE("$1\r\na\r\n", "0"),
		"*1\r\n*3\r\n" RANGE("0", "5") NODE("$1\r\na\r\n", "65536"),
		"*2\r\n*3\r\n" RANGE("0", "5") A "*3\r\n" RANGE("6", "7") "+x\r\n",
};

START_TEST(cluster_no_slots)
{
	static rep_slots_t slots;

	rep_slots_init(&slots);
	ck_assert(take(&slots, "*1\r\n*3\r\n" RANGE("0", "9") B));
	ck_assert(!take(&slots, no_slots[_i]));
	ck_assert_str_eq(slots.at[slots.owner[9]].name, "b");
}
END_TEST

START_TEST(cluster_too_many_masters)
{
	static rep_slots_t slots;
	rep_host_t at = {"a", 0};

	rep_slots_init(&slots);
	for(unsigned i = 0; i < REP_MASTERS_MAX; i++) {
		at.port++;
		ck_assert_uint_eq(rep_slots_master(&slots, &at), i);
	}
	ck_assert_uint_eq(rep_slots_master(&slots, &at), REP_MASTERS_MAX - 1);
	at.port++;
	ck_assert_uint_eq(rep_slots_master(&slots, &at), REP_NO_MASTER);
}
END_TEST

static const struct
{
	const char *error;
	rep_redirect_t what;
	unsigned slot;
	const char *name;
	unsigned port;
} errors[] = {
		{"MOVED 3999 127.0.0.1:6381", REP_REDIRECT_MOVED, 3999, "127.0.0.1",
				6381},
		{"ASK 0 redis-1.example.com:1", REP_REDIRECT_ASK, 0,
				"redis-1.example.com", 1},
		{"MOVED 16383 2001:db8::7:7000", REP_REDIRECT_MOVED, 16383,
				"2001:db8::7", 7000},
		{"MOVED 1 :7001", REP_REDIRECT_MOVED, 1, "seed", 7001},
		{"MOVED 1 ?:7001", REP_REDIRECT_MOVED, 1, "seed", 7001},
		{"MOVED 16384 a:1", REP_REDIRECT_WAIT, 0, "", 0},
		{"MOVED 1 a:0", REP_REDIRECT_WAIT, 0, "", 0},
		{"MOVED 1 a", REP_REDIRECT_WAIT, 0, "", 0},
		{"ASK x a:1", REP_REDIRECT_WAIT, 0, "", 0},
		{"TRYAGAIN Multiple keys request during rehashing of slot",
				REP_REDIRECT_WAIT, 0, "", 0},
		{"CLUSTERDOWN Hash slot not served", REP_REDIRECT_WAIT, 0, "", 0},
		{"MOVEDX 1 a:1", REP_REDIRECT_NONE, 0, "", 0},
		{"ERR unknown", REP_REDIRECT_NONE, 0, "", 0},
		{"", REP_REDIRECT_NONE, 0, "", 0},
};

START_TEST(cluster_redirect)
{
	unsigned slot = 0;
	rep_host_t to = {"", 0};

	ck_assert_int_eq(rep_redirect_of(errors[_i].error, &teller, &slot, &to),
			errors[_i].what);
	if(errors[_i].port == 0)
		return;
	ck_assert_uint_eq(slot, errors[_i].slot);
	ck_assert_str_eq(to.name, errors[_i].name);
	ck_assert_uint_eq(to.port, errors[_i].port);
}
END_TEST

Suite *cluster_suite(void)
{
	Suite *suite = suite_create("cluster");
	TCase *c = tcase_create("cluster");

	tcase_add_test(c, cluster_crc);
	tcase_add_loop_test(c, cluster_slot, 0, COUNT(keys));
	tcase_add_loop_test(c, cluster_key_of_command, 0, COUNT(commands));
	tcase_add_test(c, cluster_slots);
	tcase_add_loop_test(c, cluster_no_slots, 0, COUNT(no_slots));
	tcase_add_test(c, cluster_too_many_masters);
	tcase_add_loop_test(c, cluster_redirect, 0, COUNT(errors));
	suite_add_tcase(suite, c);
	return suite;
}
