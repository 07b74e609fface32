/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of writers. */

#include "writer.h"

#include <stdio.h>
#include <sys/random.h>
#include <unistd.h>

/* The node's name stands between bars in field names. */
void rep_writer_init(rep_store_t *store)
{
	uint32_t random = 0;

	if(getrandom(&random, sizeof(random), 0) != sizeof(random))
		random = (uint32_t)(store->clock() ^ (getpid() << 16));
	for(char *p = store->node; *p; p++)
		if((unsigned char)*p <= ' ' || *p == '|' || *p == '*' || *p == 0x7f)
			*p = '_';
	snprintf(store->writer, sizeof(store->writer), "%.*s.%08x", REP_NODE_MAX,
			store->node, random);
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
