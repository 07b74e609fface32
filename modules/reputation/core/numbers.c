/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The numbers of a pool: index, slots, attributes. */

#include "inside.h"

#include "text.h"

void rep_number_account(rep_pool_t *pool, const rep_number_t *number, int by)
{
	rep_state_t standing = rep_number_standing(number);
	const rep_routed_t *routed;

	pool->by_state[standing] += by;
	if(!(number->flags & REP_MATCHES))
		return;
	pool->matching[standing] += by;
	if(standing != REP_ACTIVE && standing != REP_PROBATION)
		return;
	for(uint32_t r = number->routed; r != REP_NONE; r = routed->next) {
		routed = rep_slab_at(&pool->routed, r);
		if(routed->verdict.state == REP_BENCHED)
			pool->routes[routed->route]->benched += by;
	}
}

/* ---- index: chained, doubled a little at a time ---------------------- */

static uint32_t hash_of(rep_e164_t e164)
{
	return (uint32_t)((e164 * UINT64_C(0x9E3779B97F4A7C15)) >> 32);
}

static uint32_t *head_of(const rep_index_t *index, rep_e164_t e164)
{
	uint32_t hash = hash_of(e164);

	if(index->old && (hash & index->old_mask) >= index->moved)
		return &index->old[hash & index->old_mask];
	return &index->heads[hash & index->mask];
}

static uint32_t *make_heads(uint32_t n)
{
	uint32_t *heads = rep_alloc(n * sizeof(*heads));

	if(heads)
		memset(heads, 0xff, n * sizeof(*heads)); /* REP_NONE */
	return heads;
}

static void move_some(rep_pool_t *pool, unsigned buckets)
{
	rep_index_t *index = &pool->index;

	while(index->old && buckets-- > 0) {
		uint32_t i = index->old[index->moved++];
		while(i != REP_NONE) {
			rep_number_t *number = rep_number_at(pool, i);
			uint32_t next = number->next;
			uint32_t *head = &index->heads[hash_of(number->e164) & index->mask];
			number->next = *head;
			*head = i;
			i = next;
		}
		if(index->moved > index->old_mask) {
			rep_free(index->old);
			index->old = NULL;
		}
	}
}

/* Without memory the chains just grow longer. */
static int index_grow(rep_pool_t *pool)
{
	rep_index_t *index = &pool->index;
	uint32_t *heads;

	move_some(pool, 2);
	if(index->heads && (index->old || index->count <= index->mask))
		return 0;
	heads = make_heads(index->heads ? (index->mask + 1) * 2 : 64);
	if(!heads)
		return index->heads ? 0 : -1;
	index->old = index->heads;
	index->old_mask = index->mask;
	index->moved = 0;
	index->mask = index->heads ? index->mask * 2 + 1 : 63;
	index->heads = heads;
	return 0;
}

uint32_t rep_number_find(const rep_pool_t *pool, rep_e164_t e164)
{
	uint32_t i;

	if(!pool->index.heads)
		return REP_NONE;
	i = *head_of(&pool->index, e164);
	while(i != REP_NONE && rep_number_at(pool, i)->e164 != e164)
		i = rep_number_at(pool, i)->next;
	return i;
}

rep_pool_t *rep_number_lock(
		rep_book_t *book, int id, rep_e164_t e164, uint32_t *i)
{
	rep_pool_t *pool = rep_pool_lock(book, id);

	if(!pool)
		return NULL;
	*i = rep_number_find(pool, e164);
	if(*i != REP_NONE)
		return pool;
	rep_pool_unlock(pool);
	return NULL;
}

static void unindex(rep_pool_t *pool, uint32_t i)
{
	uint32_t *at = head_of(&pool->index, rep_number_at(pool, i)->e164);

	while(*at != i)
		at = &rep_number_at(pool, *at)->next;
	*at = rep_number_at(pool, i)->next;
	pool->index.count--;
}

uint32_t rep_number_index(const rep_pool_t *pool, const rep_ticket_t *ticket)
{
	const rep_number_t *number;

	if(!ticket->number || ticket->index >= rep_slab_count(&pool->numbers))
		return REP_NONE;
	number = rep_number_at(pool, ticket->index);
	if((number->flags & REP_LIVE) && number->e164 == ticket->number
			&& number->generation == ticket->generation)
		return ticket->index;
	return REP_NONE;
}

/* ---- attributes ------------------------------------------------------ */

static const char *text_part(const rep_number_t *number, unsigned part)
{
	const char *s = number->text;

	if(!s)
		return "";
	while(part-- > 0)
		s += strlen(s) + 1;
	return s;
}

void rep_number_match(rep_pool_t *pool, rep_number_t *number)
{
	rep_span_t need = rep_span(pool->policy.require_tags), tag;
	rep_span_t tags = rep_span(text_part(number, 0));
	bool matches = true;

	while(matches && rep_span_cut(&need, ',', &tag))
		matches = tag.len == 0 || rep_item_in(tags, tag);
	if(matches)
		number->flags |= REP_MATCHES;
	else
		number->flags &= ~REP_MATCHES;
}

char rep_number_attest(const rep_number_t *number, const rep_route_t *route)
{
	rep_span_t list = rep_span(text_part(number, 1)), item;
	char best = 0;

	while(rep_span_cut(&list, ',', &item)) {
		size_t n = item.len; /* label=A */
		if(n >= 2 && item.s[n - 2] == '='
				&& (route->len == 0
						|| (n - 2 == route->len
								&& memcmp(item.s, route->label, n - 2) == 0))
				&& (!best || item.s[n - 1] < best))
			best = item.s[n - 1];
	}
	return best;
}

static char *text_join(const rep_attrs_t *attrs, bool *failed)
{
	size_t len = attrs->tags.len + attrs->attest.len + attrs->note.len;
	char *text, *p;

	*failed = false;
	if(len == 0)
		return NULL;
	p = text = rep_alloc(len + 3);
	if(!text) {
		*failed = true;
		return NULL;
	}
	for(int i = 0; i < 3; i++) {
		const rep_span_t *part = i == 0	  ? &attrs->tags
								 : i == 1 ? &attrs->attest
										  : &attrs->note;
		if(part->len)
			memcpy(p, part->s, part->len);
		p[part->len] = '\0';
		p += part->len + 1;
	}
	return text;
}

static int set_attrs(
		rep_pool_t *pool, rep_number_t *number, const rep_attrs_t *attrs)
{
	bool failed;
	char *text = text_join(attrs, &failed);

	if(failed)
		return -1;
	rep_free(number->text);
	number->text = text;
	number->weight = attrs->weight > 0 ? attrs->weight : 1;
	number->cap_day = attrs->cap_day;
	number->since_day = attrs->since_day;
	number->status = attrs->status;
	rep_number_match(pool, number);
	return 0;
}

/* ---- putting and removing -------------------------------------------- */

/* Everything that a number may need later without asking for memory. */
static int reserve(rep_pool_t *pool)
{
	uint32_t n = rep_slab_count(&pool->numbers);

	if(rep_list_reserve(&pool->dirty_cells, n) < 0
			|| rep_list_reserve(&pool->dirty_records, n) < 0
			|| rep_list_reserve(&pool->dirty_health, n) < 0
			|| rep_heap_reserve(&pool->timer, n) < 0)
		return -1;
	for(uint32_t r = 0; r < pool->n_routes; r++)
		if(pool->routes[r]->open
				&& rep_heap_reserve(&pool->routes[r]->queue, n) < 0)
			return -1;
	return 0;
}

static bool count_in(rep_book_t *book)
{
	uint32_t n = atomic_fetch_add(&book->n_numbers, 1);

	if(n < book->max_numbers)
		return true;
	atomic_fetch_sub(&book->n_numbers, 1);
	atomic_fetch_add(&book->full_numbers, 1);
	return false;
}

static uint32_t slot_take(rep_pool_t *pool)
{
	if(pool->numbers.free == REP_SLAB_NONE
			&& (rep_slab_grow(&pool->numbers) < 0 || reserve(pool) < 0))
		return REP_NONE;
	/* a grown slab without the room that goes with it is tried again */
	if(reserve(pool) < 0)
		return REP_NONE;
	return rep_slab_take(&pool->numbers);
}

static int add(rep_pool_t *pool, rep_e164_t e164, const rep_attrs_t *attrs,
		uint64_t hash, uint32_t load, rep_time_t now)
{
	rep_number_t *number;
	uint32_t i, *head;

	if(!count_in(pool->book))
		return -1;
	if(index_grow(pool) < 0 || (i = slot_take(pool)) == REP_NONE)
		goto no_memory;
	number = rep_number_at(pool, i);
	number->e164 = e164;
	number->cells = number->routed = REP_NONE;
	if(set_attrs(pool, number, attrs) < 0) {
		rep_slab_give(&pool->numbers, i);
		goto no_memory;
	}
	number->flags |= REP_LIVE;
	/* any ticket of an earlier holder of this slot is void */
	number->generation = ++pool->generations;
	number->hash = hash;
	number->load = load;
	number->verdict.state = REP_ACTIVE;
	number->verdict.reason = REP_REASON_NONE;
	number->key = 0;
	head = head_of(&pool->index, e164);
	number->next = *head;
	*head = i;
	pool->index.count++;
	pool->live_numbers++;
	rep_number_account(pool, number, 1);
	rep_number_mark(pool, i, REP_DIRTY_HEALTH);
	rep_number_wake(pool, i, now);
	return 1;

no_memory:
	atomic_fetch_sub(&pool->book->n_numbers, 1);
	atomic_fetch_add(&pool->book->full_memory, 1);
	return -1;
}

int rep_pool_put(rep_book_t *book, int id, rep_e164_t e164,
		const rep_attrs_t *attrs, uint64_t hash, uint32_t load, rep_time_t now)
{
	rep_pool_t *pool = rep_pool_lock(book, id);
	rep_number_t *number;
	uint32_t i;
	int result = 0;

	if(!pool)
		return -1;
	i = rep_number_find(pool, e164);
	if(i == REP_NONE) {
		result = add(pool, e164, attrs, hash, load, now);
	} else {
		number = rep_number_at(pool, i);
		rep_number_account(pool, number, -1);
		if(set_attrs(pool, number, attrs) == 0)
			number->hash = hash;
		else
			result = -1;
		number->load = load;
		rep_number_account(pool, number, 1);
		rep_number_mark(pool, i, REP_DIRTY_HEALTH);
		rep_number_wake(pool, i, now);
	}
	rep_pool_unlock(pool);
	return result;
}

static bool touch(rep_book_t *book, int id, rep_e164_t e164,
		const uint64_t *hash, uint32_t load)
{
	rep_pool_t *pool = rep_pool_lock(book, id);
	rep_number_t *number;
	uint32_t i;
	bool known = false;

	if(!pool)
		return false;
	i = rep_number_find(pool, e164);
	if(i != REP_NONE) {
		number = rep_number_at(pool, i);
		known = !hash || number->hash == *hash;
		if(known)
			number->load = load;
	}
	rep_pool_unlock(pool);
	return known;
}

bool rep_pool_same(rep_book_t *book, int pool, rep_e164_t e164, uint64_t hash,
		uint32_t load)
{
	return touch(book, pool, e164, &hash, load);
}

bool rep_pool_seen(rep_book_t *book, int pool, rep_e164_t e164, uint32_t load)
{
	return touch(book, pool, e164, NULL, load);
}

/* The slot itself is given back by rep_number_reap(): queues and the timer
 * may still name it. */
void rep_number_forget(rep_pool_t *pool, uint32_t i)
{
	rep_number_t *number = rep_number_at(pool, i);

	unindex(pool, i);
	rep_number_account(pool, number, -1);
	for(uint32_t r = number->routed, next; r != REP_NONE; r = next) {
		rep_routed_t *routed = rep_slab_at(&pool->routed, r);
		next = routed->next;
		rep_slab_give(&pool->routed, r);
	}
	number->routed = REP_NONE;
	rep_evidence_forget(pool, number);
	pool->in_flight -= number->in_flight;
	rep_free(number->text);
	number->text = NULL;
	number->flags &= ~(REP_LIVE | REP_MATCHES);
	pool->live_numbers--;
	atomic_fetch_sub(&pool->book->n_numbers, 1);
	rep_number_reap(pool, i);
}

void rep_number_reap(rep_pool_t *pool, uint32_t i)
{
	const rep_number_t *number = rep_number_at(pool, i);
	const uint8_t listed =
			REP_DIRTY_CELLS | REP_DIRTY_RECORD | REP_DIRTY_HEALTH | REP_LIVE;

	if(!(number->flags & listed) && !number->queued && !number->wake)
		rep_slab_give(&pool->numbers, i);
}

bool rep_pool_remove(rep_book_t *book, int id, rep_e164_t e164)
{
	rep_pool_t *pool = rep_pool_lock(book, id);
	uint32_t i;

	if(!pool)
		return false;
	i = rep_number_find(pool, e164);
	if(i != REP_NONE)
		rep_number_forget(pool, i);
	rep_pool_unlock(pool);
	return i != REP_NONE;
}

rep_e164_t rep_pool_find_cut(rep_book_t *book, int id, uint32_t low)
{
	rep_pool_t *pool = rep_pool_lock(book, id);
	rep_e164_t found = 0;
	unsigned n = 0;

	if(!pool)
		return 0;
	for(uint32_t i = 0; i < rep_slab_count(&pool->numbers); i++) {
		const rep_number_t *number = rep_number_at(pool, i);
		if((number->flags & REP_LIVE) && (uint32_t)number->e164 == low) {
			found = number->e164;
			n++;
		}
	}
	rep_pool_unlock(pool);
	return n == 1 ? found : 0;
}

bool rep_pool_sweep(rep_book_t *book, int id, uint32_t load, uint32_t *cursor,
		uint32_t slice, rep_e164_t *gone, size_t *n)
{
	rep_pool_t *pool = rep_pool_lock(book, id);
	bool more;

	*n = 0;
	if(!pool)
		return false;
	for(; slice > 0 && *cursor < rep_slab_count(&pool->numbers); slice--) {
		uint32_t i = (*cursor)++;
		const rep_number_t *number = rep_number_at(pool, i);
		if(!(number->flags & REP_LIVE) || number->load == load)
			continue;
		gone[(*n)++] = number->e164;
		rep_number_forget(pool, i);
	}
	more = *cursor < rep_slab_count(&pool->numbers);
	rep_pool_unlock(pool);
	return more;
}

void rep_numbers_clear(rep_pool_t *pool)
{
	for(uint32_t i = 0; i < rep_slab_count(&pool->numbers); i++)
		if(rep_number_at(pool, i)->flags & REP_LIVE)
			rep_free(rep_number_at(pool, i)->text);
	rep_slab_clear(&pool->numbers);
	rep_slab_clear(&pool->narrow);
	rep_slab_clear(&pool->wide);
	rep_slab_clear(&pool->routed);
	rep_free(pool->index.heads);
	rep_free(pool->index.old);
	rep_list_clear(&pool->dirty_cells);
	rep_list_clear(&pool->dirty_records);
	rep_list_clear(&pool->dirty_health);
	rep_heap_clear(&pool->timer);
	for(uint32_t r = 0; r < pool->n_routes; r++) {
		rep_heap_clear(&pool->routes[r]->queue);
		rep_free(pool->routes[r]->rows);
		rep_free(pool->routes[r]);
	}
}
