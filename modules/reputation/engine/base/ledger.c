/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "ledger.h"

rep_ledger_t *rep_ledger_create(size_t size, uint32_t max, uint32_t groups)
{
	rep_ledger_t *ledger = rep_alloc(sizeof(*ledger));
	uint32_t buckets = 16;
	size_t bytes;

	if(!ledger)
		return NULL;
	while(buckets < max)
		buckets *= 2;
	bytes = buckets * sizeof(void *);
	memset(ledger, 0, sizeof(*ledger));
	ledger->buckets = rep_alloc(bytes);
	ledger->groups = rep_alloc(groups * sizeof(*ledger->groups));
	if(!ledger->buckets || !ledger->groups || rep_lock_init(&ledger->lock)) {
		rep_free(ledger->buckets);
		rep_free(ledger->groups);
		rep_free(ledger);
		return NULL;
	}
	memset(ledger->buckets, 0, bytes);
	memset(ledger->groups, 0, groups * sizeof(*ledger->groups));
	ledger->size = size;
	ledger->max = max;
	ledger->mask = buckets - 1;
	ledger->n_groups = groups;
	return ledger;
}

void rep_ledger_destroy(rep_ledger_t *ledger)
{
	if(!ledger)
		return;
	while(ledger->oldest)
		rep_ledger_remove(ledger, ledger->oldest);
	rep_free(ledger->buckets);
	rep_free(ledger->groups);
	rep_lock_destroy(&ledger->lock);
	rep_free(ledger);
}

rep_ledger_t *rep_ledger_lock(rep_ledger_t *ledger, int group)
{
	if(!ledger || group < 0 || (uint32_t)group >= ledger->n_groups)
		return NULL;
	rep_lock(&ledger->lock);
	return ledger;
}

/* ---- places ---------------------------------------------------------------- */

static rep_ledger_node_t **place_of(
		const rep_ledger_t *ledger, uint32_t group, uint64_t key)
{
	rep_ledger_node_t **at =
			&ledger->buckets[(key ^ group * UINT64_C(0x9E3779B97F4A7C15))
							 & ledger->mask];

	while(*at && ((*at)->key != key || (*at)->group != group))
		at = &(*at)->chain;
	return at;
}

static void unlink_node(rep_ledger_t *ledger, rep_ledger_node_t *node)
{
	*(node->newer ? &node->newer->older : &ledger->newest) = node->older;
	*(node->older ? &node->older->newer : &ledger->oldest) = node->newer;
}

static void link_newest(rep_ledger_t *ledger, rep_ledger_node_t *node)
{
	node->newer = NULL;
	node->older = ledger->newest;
	*(node->older ? &node->older->newer : &ledger->oldest) = node;
	ledger->newest = node;
}

void *rep_ledger_find(const rep_ledger_t *ledger, uint32_t group, uint64_t key)
{
	return *place_of(ledger, group, key);
}

void *rep_ledger_put(
		rep_ledger_t *ledger, uint32_t group, uint64_t key, bool *made)
{
	rep_ledger_node_t *node = *place_of(ledger, group, key);

	*made = !node;
	if(node) {
		unlink_node(ledger, node);
		link_newest(ledger, node);
		return node;
	}
	node = rep_alloc(ledger->size);
	if(!node)
		return NULL;
	if(ledger->n == ledger->max) {
		ledger->gave_way++;
		ledger->lost += ledger->oldest->due || ledger->oldest->under_way;
		rep_ledger_remove(ledger, ledger->oldest);
	}
	memset(node, 0, ledger->size);
	node->key = key;
	node->group = group;
	*place_of(ledger, group, key) = node;
	link_newest(ledger, node);
	ledger->n++;
	ledger->groups[group].entries++;
	return node;
}

void rep_ledger_remove(rep_ledger_t *ledger, rep_ledger_node_t *node)
{
	*place_of(ledger, node->group, node->key) = node->chain;
	unlink_node(ledger, node);
	ledger->n--;
	ledger->groups[node->group].entries--;
	ledger->groups[node->group].due -= node->due;
	rep_free(node);
}

/* ---- what is to be written ------------------------------------------------- */

void rep_ledger_due(rep_ledger_t *ledger, rep_ledger_node_t *node)
{
	ledger->groups[node->group].due += !node->due;
	node->due = true;
}

/* What was touched last is looked at first: what is due mostly is that. */
void *rep_ledger_take(rep_ledger_t *ledger, uint32_t group)
{
	rep_ledger_node_t *node = ledger->newest;

	if(ledger->groups[group].due == 0)
		return NULL;
	while(node->group != group || !node->due)
		node = node->older;
	node->due = false;
	node->under_way = true;
	ledger->groups[group].due--;
	return node;
}

void rep_ledger_landed(rep_ledger_node_t *node)
{
	node->under_way = false;
}

/* ---- the ledger as a whole ------------------------------------------------- */

void rep_ledger_sweep(rep_ledger_t *ledger, int group, uint32_t seen, bool lost)
{
	rep_ledger_node_t *node, *older;

	if(!rep_ledger_lock(ledger, group))
		return;
	for(node = ledger->newest; node; node = older) {
		older = node->older;
		if(node->group != (uint32_t)group || node->seen == seen || node->due
				|| node->under_way)
			continue;
		if(lost)
			rep_ledger_due(ledger, node);
		else
			rep_ledger_remove(ledger, node);
	}
	rep_unlock(&ledger->lock);
}

uint32_t rep_ledger_entries(rep_ledger_t *ledger, int group)
{
	uint32_t n;

	if(!rep_ledger_lock(ledger, group))
		return 0;
	n = ledger->groups[group].entries;
	rep_unlock(&ledger->lock);
	return n;
}

rep_ledger_stats_t rep_ledger_stats(rep_ledger_t *ledger)
{
	rep_ledger_stats_t stats = {0};

	if(!rep_ledger_lock(ledger, 0))
		return stats;
	stats = (rep_ledger_stats_t){ledger->n, ledger->gave_way, ledger->lost,
			atomic_load(&ledger->counted)};
	rep_unlock(&ledger->lock);
	return stats;
}
