/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Replies in a few blocks are what hiredis makes of the same bytes. */

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/reply_memory.h"

#include "suites.h"

static bool same(const redisReply *a, const redisReply *b)
{
	bool text = a->type == REDIS_REPLY_STRING || a->type == REDIS_REPLY_STATUS
				|| a->type == REDIS_REPLY_ERROR;

	if(a->type != b->type || a->integer != b->integer || a->len != b->len
			|| a->elements != b->elements
			|| (text && memcmp(a->str, b->str, a->len + 1) != 0))
		return false;
	for(size_t i = 0; i < a->elements; i++)
		if(!same(a->element[i], b->element[i]))
			return false;
	return true;
}

/* A reply of random shape, at most so deep. */
static void say(FILE *out, int deep)
{
	int n = rand() % 6;

	switch(rand() % (deep ? 7 : 5)) {
		case 0:
			fprintf(out, ":%d\r\n", rand() - RAND_MAX / 2);
			break;
		case 1:
			fprintf(out, rand() % 2 ? "$-1\r\n" : "*-1\r\n");
			break;
		case 2:
			fprintf(out, rand() % 2 ? "+OK\r\n" : "-ERR no\r\n");
			break;
		case 3: /* some are larger than a block */
			n = rand() % 20 ? rand() % 40 : rand() % 80000;
			fprintf(out, "$%d\r\n%0*d\r\n", n ? n : 1, n, 7);
			break;
		case 4:
			fprintf(out, "$0\r\n\r\n");
			break;
		default:
			n = rand() % 10 ? n : rand() % 3000;
			fprintf(out, "*%d\r\n", n);
			for(int i = 0; i < n; i++)
				say(out, i % 100 ? 0 : deep - 1);
	}
}

/* In pieces of random length, several replies in a row. */
START_TEST(what_hiredis_makes)
{
	redisReader *ours = redisReaderCreate(), *theirs = redisReaderCreate();
	size_t size, fed = 0;
	int made = 0;
	char *text;
	FILE *out = open_memstream(&text, &size);

	srand((unsigned)_i + 1);
	for(int i = 0; i < 200; i++)
		say(out, 3);
	fclose(out);
	rep_reply_memory(ours);
	while(fed < size) {
		size_t n = 1 + (size_t)rand() % (rand() % 4 ? 30 : 20000);
		void *a, *b;

		n = n < size - fed ? n : size - fed;
		redisReaderFeed(ours, text + fed, n);
		redisReaderFeed(theirs, text + fed, n);
		fed += n;
		do {
			ck_assert_int_eq(redisReaderGetReply(ours, &a), REDIS_OK);
			ck_assert_int_eq(redisReaderGetReply(theirs, &b), REDIS_OK);
			ck_assert_int_eq(a != NULL, b != NULL);
			if(!a)
				break;
			ck_assert(same(a, b));
			rep_reply_free(a);
			freeReplyObject(b);
			made++;
		} while(a);
	}
	ck_assert_int_eq(made, 200);
	redisReaderFree(ours);
	redisReaderFree(theirs);
	free(text);
}
END_TEST

/* What is cut off, or makes no sense, leaves nothing behind (sanitizers look). */
START_TEST(broken_off)
{
	static const char *const texts[] = {"*2\r\n$3\r\nabc\r\n*3\r\n:1\r\n",
			"*2\r\n:1\r\n?no\r\n", "*1000000000\r\n", "$3\r\nab"};
	redisReader *reader = redisReaderCreate();
	void *reply = NULL;

	rep_reply_memory(reader);
	redisReaderFeed(reader, texts[_i], strlen(texts[_i]));
	redisReaderGetReply(reader, &reply);
	ck_assert_ptr_null(reply);
	redisReaderFree(reader);
	rep_reply_free(NULL);
}
END_TEST

Suite *reply_memory_suite(void)
{
	Suite *suite = suite_create("reply_memory");
	TCase *tc = tcase_create("reply_memory");

	tcase_add_loop_test(tc, what_hiredis_makes, 0, 4);
	tcase_add_loop_test(tc, broken_off, 0, 4);
	suite_add_tcase(suite, tc);
	return suite;
}
