/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "local.h"

#include "../base/mem.h"
#include "../base/mix.h"
#include "../reply/calling_code.h"

#define NONE UINT32_MAX
#define DIGITS 15 /* of the longest number */

uint64_t rep_number_place(rep_e164_t number)
{
	return rep_mix(number) >> (64 - REP_RING_BITS);
}

/* ---- digits as they are sorted: made 15 long, then how many there are ---- */

static uint64_t stretched(uint64_t prefix, unsigned digits)
{
	for(; digits < DIGITS; digits++)
		prefix *= 10;
	return prefix << 4;
}

static uint64_t member_of(rep_e164_t number)
{
	unsigned digits = rep_e164_digits(number);

	return stretched(number, digits) | digits;
}

static rep_e164_t number_of(uint64_t member)
{
	return rep_e164_prefix(member >> 4, member & 15);
}

static uint64_t *entries_of(const rep_group_t *group)
{
	return group->members + group->room;
}

/* Members of the group that are less. */
static unsigned below(const rep_group_t *group, uint64_t member)
{
	unsigned from = 0, to = group->n;

	while(from < to) {
		unsigned middle = (from + to) / 2;
		if(group->members[middle] < member)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

/* ---- the table of groups ----------------------------------------------- */

static uint32_t *head_of(
		const rep_local_t *local, uint64_t prefix, unsigned digits)
{
	return &local->heads[rep_mix(prefix << 4 | digits) & local->mask];
}

static rep_group_t *group_at(const rep_local_t *local, uint32_t g)
{
	return rep_slab_at(&local->groups, g);
}

static rep_group_t *find(
		const rep_local_t *local, uint64_t prefix, unsigned digits)
{
	uint32_t g = local->heads ? *head_of(local, prefix, digits) : NONE;

	while(g != NONE) {
		rep_group_t *group = group_at(local, g);
		if(group->prefix == prefix && group->digits == digits)
			return group;
		g = group->next;
	}
	return NULL;
}

static int grow(rep_local_t *local)
{
	uint32_t n = local->heads ? (local->mask + 1) * 2 : 64, *heads, *old;
	uint32_t n_old = local->heads ? local->mask + 1 : 0, g, next;

	if(local->heads && local->count <= local->mask)
		return 0;
	heads = rep_alloc(n * sizeof(*heads));
	if(!heads)
		return local->heads ? 0 : -1;
	memset(heads, 0xff, n * sizeof(*heads)); /* NONE */
	old = local->heads;
	local->heads = heads;
	local->mask = n - 1;
	for(uint32_t k = 0; k < n_old; k++)
		for(g = old[k]; g != NONE; g = next) {
			rep_group_t *group = group_at(local, g);
			uint32_t *head = head_of(local, group->prefix, group->digits);
			next = group->next;
			group->next = *head;
			*head = g;
		}
	rep_free(old);
	return 0;
}

static rep_group_t *make(rep_local_t *local, uint64_t prefix, unsigned digits)
{
	rep_group_t *group = find(local, prefix, digits);
	uint32_t g, *head;

	if(group)
		return group;
	if(grow(local) < 0 || (g = rep_slab_alloc(&local->groups)) == NONE)
		return NULL;
	group = group_at(local, g);
	head = head_of(local, prefix, digits);
	group->prefix = prefix;
	group->digits = (uint8_t)digits;
	group->next = *head;
	*head = g;
	local->count++;
	return group;
}

static void unmake(rep_local_t *local, rep_group_t *group)
{
	uint32_t *at = head_of(local, group->prefix, group->digits), g;

	while(group_at(local, *at) != group)
		at = &group_at(local, *at)->next;
	g = *at;
	*at = group->next;
	rep_free(group->members);
	rep_ring_clear(&group->ring);
	rep_slab_free(&local->groups, g);
	local->count--;
}

void rep_local_init(rep_local_t *local)
{
	*local = (rep_local_t){0};
	rep_slab_init(&local->groups, sizeof(rep_group_t));
}

void rep_local_clear(rep_local_t *local)
{
	for(uint32_t k = 0; local->heads && k <= local->mask; k++)
		for(uint32_t g = local->heads[k]; g != NONE;) {
			rep_group_t *group = group_at(local, g);
			rep_free(group->members);
			rep_ring_clear(&group->ring);
			g = group->next;
		}
	rep_free(local->heads);
	rep_slab_clear(&local->groups);
	rep_local_init(local);
}

/* ---- members ------------------------------------------------------------ */

static int make_room(rep_group_t *group)
{
	unsigned room = group->room ? group->room * 2u : 4;
	uint64_t *members;

	if(group->n < group->room)
		return 0;
	members = rep_alloc(room * 2 * sizeof(*members));
	if(!members)
		return -1;
	if(group->n) {
		memcpy(members, group->members, group->n * sizeof(*members));
		memcpy(members + room, entries_of(group), group->n * sizeof(*members));
	}
	rep_free(group->members);
	group->members = members;
	group->room = (uint16_t)room;
	return 0;
}

static int add(rep_group_t *group, rep_e164_t number, uint32_t item)
{
	uint64_t member = member_of(number);
	unsigned k = below(group, member);
	uint64_t *entries;

	if(k < group->n && group->members[k] == member)
		return 0;
	if(make_room(group) < 0)
		return -1;
	entries = entries_of(group);
	memmove(group->members + k + 1, group->members + k,
			(group->n - k) * sizeof(*group->members));
	memmove(entries + k + 1, entries + k, (group->n - k) * sizeof(*entries));
	group->members[k] = member;
	entries[k] = rep_number_place(number) << REP_RING_ITEM_BITS | item;
	group->n++;
	return 0;
}

static void take(rep_group_t *group, rep_e164_t number)
{
	uint64_t member = member_of(number);
	unsigned k = below(group, member);
	uint64_t *entries = entries_of(group);

	if(k == group->n || group->members[k] != member)
		return;
	group->n--;
	memmove(group->members + k, group->members + k + 1,
			(group->n - k) * sizeof(*group->members));
	memmove(entries + k, entries + k + 1, (group->n - k) * sizeof(*entries));
}

/* The few become many: a ring, and groups of one digit more. */
static int part(rep_local_t *local, rep_group_t *group)
{
	const uint64_t *entries = entries_of(group);
	int result = 0;

	group->many = true;
	for(unsigned k = 0; k < group->n; k++) {
		rep_e164_t number = number_of(group->members[k]);
		uint32_t item = rep_ring_item(entries[k]);
		if(rep_ring_put(&group->ring, rep_ring_place(entries[k]), item) < 0
				|| rep_local_put(local, number, item, group->digits + 1u) < 0)
			result = -1;
	}
	rep_free(group->members);
	group->members = NULL;
	group->n = group->room = 0;
	return result;
}

int rep_local_put(
		rep_local_t *local, rep_e164_t number, uint32_t item, unsigned from)
{
	unsigned digits = rep_e164_digits(number);

	for(unsigned d = from; d <= digits; d++) {
		rep_group_t *group = make(local, rep_e164_prefix(number, d), d);
		if(!group)
			return -1;
		if(!group->many && group->n < REP_GROUP_FEW)
			return add(group, number, item);
		if(!group->many && part(local, group) < 0)
			return -1;
		if(rep_ring_put(&group->ring, rep_number_place(number), item) < 0)
			return -1;
	}
	return 0;
}

void rep_local_drop(
		rep_local_t *local, rep_e164_t number, uint32_t item, unsigned from)
{
	unsigned digits = rep_e164_digits(number);
	bool many = true;

	for(unsigned d = from; many && d <= digits; d++) {
		rep_group_t *group = find(local, rep_e164_prefix(number, d), d);
		if(!group)
			return;
		many = group->many;
		if(many)
			rep_ring_drop(&group->ring, rep_number_place(number), item);
		else
			take(group, number);
		if(group->n == 0 && group->ring.count == 0)
			unmake(local, group);
	}
}

const rep_group_t *rep_local_find(
		const rep_local_t *local, rep_e164_t callee, unsigned digits)
{
	if(digits > rep_e164_digits(callee))
		return NULL;
	return find(local, rep_e164_prefix(callee, digits), digits);
}

/* Digits in common, of two that have the first `n` in common. */
static unsigned common(uint64_t member, uint64_t other, unsigned n)
{
	unsigned a = member & 15, b = other & 15, most = a < b ? a : b;

	member >>= 4;
	other >>= 4;
	while(n < most
			&& rep_e164_prefix(member, n + 1) == rep_e164_prefix(other, n + 1))
		n++;
	return n;
}

unsigned rep_group_common(const rep_group_t *group, rep_e164_t callee)
{
	uint64_t member = member_of(callee);
	unsigned k = below(group, member), longest = group->digits, n;

	/* the neighbours; a shorter number may stand between it and a better one */
	for(unsigned i = k; i < group->n && i < k + 2; i++) {
		n = common(group->members[i], member, group->digits);
		longest = n > longest ? n : longest;
	}
	for(unsigned i = k; i > 0 && i + 2 > k; i--) {
		n = common(group->members[i - 1], member, group->digits);
		longest = n > longest ? n : longest;
	}
	return longest;
}

unsigned rep_group_list(const rep_group_t *group, rep_e164_t callee,
		unsigned digits, uint64_t *out)
{
	uint64_t prefix = rep_e164_prefix(callee, digits);
	uint64_t to = stretched(prefix + 1, digits);
	const uint64_t *entries = entries_of(group);
	unsigned n = 0;

	for(unsigned k = below(group, stretched(prefix, digits));
			k < group->n && group->members[k] < to; k++)
		if((group->members[k] & 15) >= digits)
			out[n++] = entries[k];
	return n;
}

size_t rep_local_bytes(const rep_local_t *local)
{
	size_t bytes = (size_t)rep_slab_count(&local->groups) * sizeof(rep_group_t);

	if(!local->heads)
		return bytes;
	bytes += ((size_t)local->mask + 1) * sizeof(*local->heads);
	for(uint32_t k = 0; k <= local->mask; k++)
		for(uint32_t g = local->heads[k]; g != NONE;) {
			const rep_group_t *group = group_at(local, g);
			bytes += group->room * 2 * sizeof(uint64_t)
					 + rep_ring_bytes(&group->ring);
			g = group->next;
		}
	return bytes;
}
