/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of writers. */

#include "writer.h"

#include <stdio.h>
#include <sys/random.h>
#include <unistd.h>

/* Short, since it stands in each count's name: 48 random bits. The node's name
 * is a word of its verdicts. */
void rep_writer_init(rep_store_t *store)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
								  "abcdefghijklmnopqrstuvwxyz0123456789-_";
	uint64_t random = 0;

	if(getrandom(&random, sizeof(random), 0) != sizeof(random))
		random = (uint64_t)store->clock() ^ (uint64_t)getpid() << 24;
	for(char *p = store->node; *p; p++)
		if((unsigned char)*p <= ' ' || *p == '|' || *p == '*' || *p == 0x7f)
			*p = '_';
	for(int i = 0; i < 8; i++)
		store->writer[i] = letters[random >> (6 * i) & 63];
	store->writer[8] = '\0';
}

void rep_writer_of(const rep_store_t *store, const rep_store_pool_t *pool,
		rep_e164_t number, char out[REP_WRITER_MAX + 1])
{
	uint32_t life =
			pool->life
			+ rep_incarnations_get(&store->incarnations, pool->index, number);

	if(life == 0)
		memcpy(out, store->writer, REP_WRITER_MAX + 1);
	else
		snprintf(out, REP_WRITER_MAX + 1, "%.80s.%u", store->writer, life);
}
