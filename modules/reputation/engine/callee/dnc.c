/* SPDX-License-Identifier: GPL-2.0-or-later */
/* 16,400 small hash tables, each of 64-bit entries with linear probing. A table
 * that is full is made a quarter larger: it is filled to 64 to 80 per cent. A
 * number's last two digits say in which 164 tables it stands, whatever the set:
 * to sweep a set that holds its own numbers alone is to look at these. */

#include "dnc.h"

#include <stdatomic.h>

#include "../base/mem.h"

#define GROUPS 100
#define GROUP 164 /* tables */
#define TABLES (GROUPS * GROUP)
#define LOCKS 64
#define SWEPT 64 /* tables a slice */

/* An entry: the number, of 15 digits, the set it stands in, and the number of
 * the reading in which it was found. One that broke off leaves its mark on some;
 * they are told from the present one's until 127 in a row have. */
#define NUMBER_BITS 50
#define SET_BITS 7
#define NUMBER ((UINT64_C(1) << NUMBER_BITS) - 1)
#define KEY ((UINT64_C(1) << (NUMBER_BITS + SET_BITS)) - 1)
#define NEXT_MARK (KEY + 1)

_Static_assert(REP_DNC_HELD < 1 << SET_BITS, "a set fits");

typedef struct table
{
	uint64_t *at; /* 0 = free */
	uint32_t used, room;
} table_t;

typedef struct set
{
	_Atomic uint64_t mark; /* of the present reading, at its place */
	/* Entries, and those with that mark; fewer of these where one is taken out
	 * as a reading begins. */
	_Atomic uint64_t entries, marked;
	_Atomic uint64_t astray; /* entries that are not in its own group */
} set_t;

struct rep_dnc
{
	_Atomic(table_t *) tables; /* NULL until there is a callee */
	_Atomic uint64_t callees, bytes;
	set_t sets[REP_DNC_SETS + 1]; /* and those who are held */
	rep_lock_t making;			  /* of `tables` */
	rep_lock_t locks[LOCKS];
};

/* ---- made and taken down --------------------------------------------------- */

rep_dnc_t *rep_dnc_create(void)
{
	rep_dnc_t *dnc = rep_alloc(sizeof(*dnc));
	int n = 0;

	if(!dnc)
		return NULL;
	memset(dnc, 0, sizeof(*dnc));
	if(rep_lock_init(&dnc->making) < 0) {
		rep_free(dnc);
		return NULL;
	}
	while(n < LOCKS && rep_lock_init(&dnc->locks[n]) == 0)
		n++;
	if(n == LOCKS)
		return dnc;
	while(n-- > 0)
		rep_lock_destroy(&dnc->locks[n]);
	rep_lock_destroy(&dnc->making);
	rep_free(dnc);
	return NULL;
}

void rep_dnc_destroy(rep_dnc_t *dnc)
{
	table_t *tables = dnc ? atomic_load(&dnc->tables) : NULL;

	if(!dnc)
		return;
	for(int t = 0; tables && t < TABLES; t++)
		rep_free(tables[t].at);
	rep_free(tables);
	for(int n = 0; n < LOCKS; n++)
		rep_lock_destroy(&dnc->locks[n]);
	rep_lock_destroy(&dnc->making);
	rep_free(dnc);
}

void rep_dnc_stats(rep_dnc_t *dnc, rep_dnc_stats_t *out)
{
	out->callees = atomic_load(&dnc->callees);
	out->bytes = sizeof(*dnc) + atomic_load(&dnc->bytes);
}

uint64_t rep_dnc_entries(rep_dnc_t *dnc, unsigned set)
{
	return atomic_load(&dnc->sets[set].entries);
}

/* ---- a table ----------------------------------------------------------------- */

static uint64_t mixed(uint64_t number)
{
	uint64_t h = (number & NUMBER) * UINT64_C(0x9E3779B97F4A7C15);

	h = (h ^ h >> 29) * UINT64_C(0xBF58476D1CE4E5B9);
	return h ^ h >> 32;
}

static uint64_t key_of(unsigned set, uint64_t number)
{
	return number | (uint64_t)set << NUMBER_BITS;
}

static unsigned set_of(uint64_t entry)
{
	return (unsigned)((entry & KEY) >> NUMBER_BITS);
}

static uint32_t group_of(uint64_t entry)
{
	return (uint32_t)((entry & NUMBER) % GROUPS);
}

/* Part `set` has group `set` - 1, the others none. */
static bool is_astray(uint64_t entry)
{
	return group_of(entry) + 1 != set_of(entry);
}

/* Where the search for an entry begins: for all of a number at one place. */
static uint32_t home(uint64_t entry, uint32_t room)
{
	return (uint32_t)((mixed(entry) & UINT32_MAX) * room >> 32);
}

static uint32_t next(uint32_t i, uint32_t room)
{
	return i + 1 < room ? i + 1 : 0;
}

/* Where an entry stands of which these bits are so, or the free place where it
 * belongs. There is one. */
static uint32_t place(const table_t *t, uint64_t key, uint64_t bits)
{
	uint32_t i = home(key, t->room);

	while(t->at[i] && (t->at[i] & bits) != key)
		i = next(i, t->room);
	return i;
}

static bool has(const table_t *t, uint64_t key, uint64_t bits)
{
	return t->room > 0 && t->at[place(t, key, bits)] != 0;
}

/* Room for so many entries, from here on. */
static bool resize(rep_dnc_t *dnc, table_t *t, uint32_t room)
{
	table_t old = *t;
	size_t size = room * sizeof(*t->at);
	uint64_t *at = rep_scarce(size) ? NULL : rep_alloc(size);

	if(!at)
		return false;
	memset(at, 0, size);
	*t = (table_t){at, old.used, room};
	for(uint32_t i = 0; i < old.room; i++)
		if(old.at[i])
			at[place(t, old.at[i] & KEY, KEY)] = old.at[i];
	rep_free(old.at);
	atomic_fetch_add(&dnc->bytes, size - old.room * sizeof(*at));
	return true;
}

/* Entries that stand behind a free place because this one was taken move up. */
static void close_up(table_t *t, uint32_t hole)
{
	uint32_t i = hole;

	for(;;) {
		uint32_t from;

		i = next(i, t->room);
		if(!t->at[i])
			break;
		from = home(t->at[i], t->room);
		/* not if its search begins between the hole and it */
		if(hole <= i ? hole < from && from <= i : hole < from || from <= i)
			continue;
		t->at[hole] = t->at[i];
		hole = i;
	}
	t->at[hole] = 0;
}

static bool is_marked(const set_t *set, uint64_t entry)
{
	return (entry & ~KEY) == atomic_load(&set->mark);
}

static void take_out(rep_dnc_t *dnc, table_t *t, uint32_t i)
{
	uint64_t entry = t->at[i];
	set_t *set = &dnc->sets[set_of(entry)];

	if(is_marked(set, entry))
		atomic_fetch_sub(&set->marked, 1);
	atomic_fetch_sub(&set->astray, is_astray(entry));
	atomic_fetch_sub(&set->entries, 1);
	close_up(t, i);
	t->used--;
	if(!has(t, entry & NUMBER, NUMBER))
		atomic_fetch_sub(&dnc->callees, 1);
}

/* ---- the list ----------------------------------------------------------------- */

static rep_lock_t *lock_of(rep_dnc_t *dnc, uint32_t t)
{
	return &dnc->locks[t % LOCKS];
}

static uint32_t table_of(uint64_t number)
{
	return group_of(number) * GROUP
		   + (uint32_t)((mixed(number) >> 32) * GROUP >> 32);
}

bool rep_dnc_has(rep_dnc_t *dnc, rep_e164_t callee)
{
	table_t *tables = atomic_load_explicit(&dnc->tables, memory_order_acquire);
	uint32_t t = table_of(callee);
	bool found;

	if(!tables)
		return false;
	rep_lock(lock_of(dnc, t));
	found = has(&tables[t], callee, NUMBER);
	rep_unlock(lock_of(dnc, t));
	return found;
}

static table_t *make_tables(rep_dnc_t *dnc)
{
	size_t size = TABLES * sizeof(table_t);
	table_t *tables;

	rep_lock(&dnc->making);
	tables = atomic_load(&dnc->tables);
	if(!tables && (tables = rep_alloc(size))) {
		memset(tables, 0, size);
		atomic_fetch_add(&dnc->bytes, size);
		atomic_store_explicit(&dnc->tables, tables, memory_order_release);
	}
	rep_unlock(&dnc->making);
	return tables;
}

static rep_dnc_put_t put(
		rep_dnc_t *dnc, table_t *t, unsigned set, uint64_t number)
{
	uint64_t key = key_of(set, number),
			 mark = atomic_load(&dnc->sets[set].mark);
	bool known = has(t, key, KEY), listed = known || has(t, number, NUMBER);
	uint64_t *at;

	if(!known && (t->used + 1) * 5 > t->room * 4
			&& !resize(dnc, t, t->room + t->room / 4 + 4))
		return REP_DNC_FULL;
	at = &t->at[place(t, key, KEY)];
	if(!known || (*at & ~KEY) != mark)
		atomic_fetch_add(&dnc->sets[set].marked, 1);
	*at = key | mark;
	if(known)
		return REP_DNC_KNOWN;
	t->used++;
	atomic_fetch_add(&dnc->sets[set].astray, is_astray(key));
	atomic_fetch_add(&dnc->sets[set].entries, 1);
	if(!listed)
		atomic_fetch_add(&dnc->callees, 1);
	return REP_DNC_NEW;
}

static void no_longer_held(rep_dnc_t *dnc, table_t *t, uint64_t number)
{
	uint64_t key = key_of(REP_DNC_HELD, number);

	if(rep_dnc_entries(dnc, REP_DNC_HELD) > 0 && has(t, key, KEY))
		take_out(dnc, t, place(t, key, KEY));
}

rep_dnc_put_t rep_dnc_put(rep_dnc_t *dnc, unsigned set, rep_e164_t callee)
{
	uint32_t t = table_of(callee);
	table_t *tables = atomic_load(&dnc->tables);
	rep_dnc_put_t result;

	if(!tables && !(tables = make_tables(dnc)))
		return REP_DNC_FULL;
	rep_lock(lock_of(dnc, t));
	result = put(dnc, &tables[t], set, callee);
	if(set == 0 && result != REP_DNC_FULL)
		no_longer_held(dnc, &tables[t], callee);
	rep_unlock(lock_of(dnc, t));
	return result;
}

int rep_dnc_remove(rep_dnc_t *dnc, rep_e164_t callee)
{
	table_t *tables = atomic_load(&dnc->tables);
	uint32_t t = table_of(callee), i;
	int set = -1;

	if(!tables)
		return -1;
	rep_lock(lock_of(dnc, t));
	if(has(&tables[t], callee, NUMBER)) {
		i = place(&tables[t], callee, NUMBER);
		set = (int)set_of(tables[t].at[i]);
		take_out(dnc, &tables[t], i);
	}
	rep_unlock(lock_of(dnc, t));
	return set;
}

/* ---- readings -------------------------------------------------------------------- */

void rep_dnc_begin(rep_dnc_t *dnc, unsigned set)
{
	set_t *s = &dnc->sets[set];

	/* beyond the highest mark it is 0 again */
	atomic_store(&s->mark, atomic_load(&s->mark) + NEXT_MARK);
	atomic_store(&s->marked, 0);
}

/* Those of an earlier reading go, and the room for many. */
static void sweep(rep_dnc_t *dnc, table_t *t, unsigned set)
{
	uint32_t i = 0;

	while(i < t->room) {
		uint64_t entry = t->at[i];

		if(entry && set_of(entry) == set && !is_marked(&dnc->sets[set], entry))
			take_out(dnc, t, i); /* another may stand there now */
		else
			i++;
	}
	if(t->room > 8 && t->used * 5 < t->room * 2)
		resize(dnc, t, t->used + t->used / 2 + 4);
}

bool rep_dnc_sweep(rep_dnc_t *dnc, unsigned set, uint32_t *cursor)
{
	table_t *tables = atomic_load(&dnc->tables);
	const set_t *s = &dnc->sets[set];
	bool own = atomic_load(&s->astray) == 0 && set > 0 && set <= GROUPS;
	uint32_t end = own ? set * GROUP : TABLES;

	if(!tables || atomic_load(&s->marked) == atomic_load(&s->entries))
		return false;
	if(own && *cursor < end - GROUP)
		*cursor = end - GROUP;
	for(int n = 0; n < SWEPT && *cursor < end; n++, (*cursor)++) {
		rep_lock(lock_of(dnc, *cursor));
		sweep(dnc, &tables[*cursor], set);
		rep_unlock(lock_of(dnc, *cursor));
	}
	return *cursor < end;
}
