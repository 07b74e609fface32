/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "served.h"

#include <stdio.h>

#include "nodes.h"

#define REST_MS 200	   /* while a slot is being moved */
#define BROKEN_MS 2000 /* no slot takes so long */

bool rep_served(const rep_store_t *store, const rep_store_pool_t *pool)
{
	const rep_nodes_t *nodes = store->link.nodes;

	return !nodes
		   || (pool->served && !pool->rests_until
				   && pool->served == rep_nodes_serving(nodes, pool->slot));
}

bool rep_served_away(const rep_store_t *store, const rep_store_pool_t *pool)
{
	return store->link.nodes
		   && (!pool->served
				   || (pool->broken
						   && rep_mono_ms() - pool->broken > BROKEN_MS));
}

size_t rep_served_by(const rep_store_t *store, const rep_store_pool_t *pool)
{
	size_t i =
			store->link.nodes ? store->link.nodes->slots.owner[pool->slot] : 0;

	return i < REP_MASTERS_MAX ? i : 0;
}

void rep_served_broken(rep_store_t *store, rep_store_pool_t *pool)
{
	int64_t now = rep_mono_ms();

	if(!store->link.nodes || store->link.nodes->slot != pool->slot)
		return;
	pool->rests_until = now + REST_MS;
	if(!pool->broken)
		pool->broken = now;
	memcpy(store->unserved, store->link.error, sizeof(store->unserved));
}

void rep_print_host(const rep_host_t *at, char *out, size_t size)
{
	snprintf(out, size, strchr(at->name, ':') ? "[%s]:%u" : "%s:%u", at->name,
			at->port);
}

const char *rep_served_at(const rep_store_t *store, char *out, size_t size)
{
	const rep_url_t *url = &store->link_config.url;
	const rep_nodes_t *nodes = store->link.nodes;
	char one[REP_HOST_TEXT];
	size_t n = 0;

	if(url->is_unix) {
		snprintf(out, size, "%s", url->path);
	} else if(!url->cluster) {
		if(store->server.name[0])
			rep_print_host(&store->server, out, size);
		else
			snprintf(out, size, "%s", url->master);
	} else {
		bool any = rep_link_any(&store->link);
		size_t last = any ? REP_MASTERS_MAX : url->n_hosts;

		out[0] = '\0';
		for(size_t i = 0; i < last && n < size; i++) {
			if(any && !nodes->link[i].ctx)
				continue;
			rep_print_host(any ? &nodes->slots.at[i] : &url->hosts[i], one,
					sizeof(one));
			n += (size_t)snprintf(out + n, size - n, "%s%s", n ? "," : "", one);
		}
	}
	return out;
}
