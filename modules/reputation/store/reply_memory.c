/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Replies in one piece. */

#include "reply_memory.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define FIRST 512 /* bytes of a reply's first block, */
#define BLOCK \
	32768 /* and of the others. The C library tidies up whenever twice
					 * as much is freed */
#define ALIGNMENT sizeof(max_align_t)

typedef struct block
{
	struct block *next;
	size_t used, size;
	max_align_t bytes[];
} block_t;

/* What the first block begins with. */
typedef struct root
{
	redisReply reply;
	block_t *last;
} root_t;

/* All zero: of a list that somebody says is huge nothing is touched. */
static block_t *make_block(size_t size)
{
	block_t *block = calloc(1, sizeof(*block) + size);

	if(block)
		block->size = size;
	return block;
}

static block_t *first_of(const redisReply *root)
{
	return (block_t *)(void *)((char *)(uintptr_t)root
							   - offsetof(block_t, bytes));
}

static void *place(root_t *root, size_t size)
{
	block_t *block = root->last;
	char *at;

	if(size > SIZE_MAX / 2)
		return NULL;
	size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	if(block->size - block->used < size) {
		block = make_block(size < BLOCK ? BLOCK : size);
		if(!block)
			return NULL;
		root->last = root->last->next = block;
	}
	at = (char *)block->bytes + block->used;
	block->used += size;
	return at;
}

static root_t *make_root(void)
{
	block_t *block = make_block(FIRST);
	root_t *root;

	if(!block)
		return NULL;
	root = (root_t *)(void *)block->bytes;
	*root = (root_t){.last = block};
	block->used = (sizeof(*root) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	return root;
}

static root_t *root_of(const redisReadTask *task)
{
	while(task->parent)
		task = task->parent;
	return task->obj;
}

/* A reply in its place in its parent, and `size` bytes more of memory. */
static redisReply *make(
		const redisReadTask *task, int type, size_t size, void **more)
{
	root_t *root = task->parent ? root_of(task) : make_root();
	redisReply *reply = NULL, *parent;

	if(root)
		reply = task->parent ? place(root, sizeof(*reply)) : &root->reply;
	if(!reply)
		return NULL;
	*more = place(root, size);
	if(!*more) {
		if(!task->parent)
			rep_reply_free(reply);
		return NULL;
	}
	*reply = (redisReply){.type = type};
	if(task->parent) {
		parent = task->parent->obj;
		parent->element[task->idx] = reply;
	}
	return reply;
}

static void *make_string(const redisReadTask *task, char *text, size_t len)
{
	void *copy;
	redisReply *reply = make(task, task->type, len + 1, &copy);

	if(!reply)
		return NULL;
	reply->str = copy;
	reply->len = len;
	memcpy(reply->str, text, len);
	reply->str[len] = '\0';
	return reply;
}

static void *make_list(const redisReadTask *task, size_t elements)
{
	void *list;
	redisReply *reply;

	if(elements > SIZE_MAX / 2 / sizeof(void *))
		return NULL;
	reply = make(task, task->type, elements * sizeof(void *), &list);
	if(!reply)
		return NULL;
	reply->element = list;
	reply->elements = elements;
	return reply;
}

static void *make_integer(const redisReadTask *task, long long value)
{
	void *none;
	redisReply *reply = make(task, REDIS_REPLY_INTEGER, 0, &none);

	if(reply)
		reply->integer = value;
	return reply;
}

static void *make_nil(const redisReadTask *task)
{
	void *none;

	return make(task, REDIS_REPLY_NIL, 0, &none);
}

static void free_reply(void *reply)
{
	rep_reply_free(reply);
}

#if HIREDIS_MAJOR >= 1
static void *make_array(const redisReadTask *task, size_t elements)
{
	return make_list(task, elements);
}

/* These two nobody sends who was not asked to (RESP3). */
static void *make_double(
		const redisReadTask *task, double value, char *text, size_t len)
{
	(void)value;
	return make_string(task, text, len);
}

static void *make_bool(const redisReadTask *task, int value)
{
	return make_integer(task, value);
}
#else
static void *make_array(const redisReadTask *task, int elements)
{
	return elements < 0 ? NULL : make_list(task, (size_t)elements);
}
#endif

void rep_reply_memory(redisReader *reader)
{
	static redisReplyObjectFunctions functions = {
		.createString = make_string,
		.createArray = make_array,
		.createInteger = make_integer,
		.createNil = make_nil,
#if HIREDIS_MAJOR >= 1
		.createDouble = make_double,
		.createBool = make_bool,
#endif
		.freeObject = free_reply
	};

	reader->fn = &functions;
}

void rep_reply_free(redisReply *reply)
{
	block_t *block = reply ? first_of(reply) : NULL, *next;

	for(; block; block = next) {
		next = block->next;
		free(block);
	}
}
