/* SPDX-License-Identifier: GPL-2.0-or-later */
/* 16,384 small hash tables, each of 64-bit entries with linear probing. A table
 * that is full is made a quarter larger: it is filled to 64 to 80 per cent. */

#include "dnc.h"

#include <stdatomic.h>

#include "../base/mem.h"

#define TABLES 16384
#define LOCKS 64
#define SWEPT 64 /* tables a slice */

#define NUMBER ((UINT64_C(1) << 50) - 1) /* 15 digits */
#define HELD (UINT64_C(1) << 63)
/* the number of the reading in which it was found: one that broke off leaves
 * its mark on some */
#define MARK (UINT64_C(0xfff) << 50)
#define NEXT_MARK (UINT64_C(1) << 50)

typedef struct table
{
	uint64_t *at; /* 0 = free */
	uint32_t used, room;
} table_t;

struct rep_dnc
{
	_Atomic(table_t *) tables; /* NULL until there is a callee */
	_Atomic uint64_t mark;
	_Atomic uint64_t callees, bytes;
	rep_lock_t making; /* of `tables` */
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

/* ---- a table ----------------------------------------------------------------- */

static uint64_t mixed(uint64_t number)
{
	uint64_t h = (number & NUMBER) * UINT64_C(0x9E3779B97F4A7C15);

	h = (h ^ h >> 29) * UINT64_C(0xBF58476D1CE4E5B9);
	return h ^ h >> 32;
}

/* Where the search for an entry begins. */
static uint32_t home(uint64_t entry, uint32_t room)
{
	return (uint32_t)((mixed(entry) & UINT32_MAX) * room >> 32);
}

static uint32_t next(uint32_t i, uint32_t room)
{
	return i + 1 < room ? i + 1 : 0;
}

/* Where it stands, or the free place where it belongs. There is one. */
static uint32_t place(const table_t *t, uint64_t number)
{
	uint32_t i = home(number, t->room);

	while(t->at[i] && (t->at[i] & NUMBER) != number)
		i = next(i, t->room);
	return i;
}

static bool has(const table_t *t, uint64_t number)
{
	return t->room > 0 && t->at[place(t, number)] != 0;
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
			at[place(t, old.at[i] & NUMBER)] = old.at[i];
	rep_free(old.at);
	atomic_fetch_add(&dnc->bytes, size - old.room * sizeof(*at));
	return true;
}

/* Entries that stand behind a free place because this one was taken move up. */
static void take_out(rep_dnc_t *dnc, table_t *t, uint32_t hole)
{
	uint32_t i = hole;

	t->used--;
	atomic_fetch_sub(&dnc->callees, 1);
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

/* ---- the set ------------------------------------------------------------------ */

static rep_lock_t *lock_of(rep_dnc_t *dnc, uint32_t t)
{
	return &dnc->locks[t % LOCKS];
}

static uint32_t table_of(uint64_t number)
{
	return (uint32_t)(mixed(number) >> 50);
}

bool rep_dnc_has(rep_dnc_t *dnc, rep_e164_t callee)
{
	table_t *tables = atomic_load_explicit(&dnc->tables, memory_order_acquire);
	uint32_t t = table_of(callee);
	bool found;

	if(!tables)
		return false;
	rep_lock(lock_of(dnc, t));
	found = has(&tables[t], callee);
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
		rep_dnc_t *dnc, table_t *t, uint64_t number, uint64_t flags)
{
	bool known = has(t, number);

	if(!known && (t->used + 1) * 5 > t->room * 4
			&& !resize(dnc, t, t->room + t->room / 4 + 4))
		return REP_DNC_FULL;
	t->at[place(t, number)] = number | flags;
	if(known)
		return REP_DNC_KNOWN;
	t->used++;
	atomic_fetch_add(&dnc->callees, 1);
	return REP_DNC_NEW;
}

rep_dnc_put_t rep_dnc_put(rep_dnc_t *dnc, rep_e164_t callee, bool held)
{
	uint32_t t = table_of(callee);
	table_t *tables = atomic_load(&dnc->tables);
	rep_dnc_put_t result;

	if(!tables && !(tables = make_tables(dnc)))
		return REP_DNC_FULL;
	rep_lock(lock_of(dnc, t));
	result = put(dnc, &tables[t], callee,
			atomic_load(&dnc->mark) | (held ? HELD : 0));
	rep_unlock(lock_of(dnc, t));
	return result;
}

bool rep_dnc_remove(rep_dnc_t *dnc, rep_e164_t callee)
{
	table_t *tables = atomic_load(&dnc->tables);
	uint32_t t = table_of(callee);
	bool found;

	if(!tables)
		return false;
	rep_lock(lock_of(dnc, t));
	found = has(&tables[t], callee);
	if(found)
		take_out(dnc, &tables[t], place(&tables[t], callee));
	rep_unlock(lock_of(dnc, t));
	return found;
}

/* ---- readings -------------------------------------------------------------------- */

void rep_dnc_begin(rep_dnc_t *dnc)
{
	atomic_store(&dnc->mark, (atomic_load(&dnc->mark) + NEXT_MARK) & MARK);
}

/* Those of an earlier reading go, and the room for many. */
static void sweep(rep_dnc_t *dnc, table_t *t, uint64_t mark)
{
	uint32_t i = 0;

	while(i < t->room) {
		uint64_t entry = t->at[i];

		if(entry && !(entry & HELD) && (entry & MARK) != mark)
			take_out(dnc, t, i); /* another may stand there now */
		else
			i++;
	}
	if(t->room > 8 && t->used * 5 < t->room * 2)
		resize(dnc, t, t->used + t->used / 2 + 4);
}

bool rep_dnc_sweep(rep_dnc_t *dnc, uint32_t *cursor)
{
	table_t *tables = atomic_load(&dnc->tables);
	uint64_t mark = atomic_load(&dnc->mark);

	for(int n = 0; tables && n < SWEPT && *cursor < TABLES; n++, (*cursor)++) {
		rep_lock(lock_of(dnc, *cursor));
		sweep(dnc, &tables[*cursor], mark);
		rep_unlock(lock_of(dnc, *cursor));
	}
	return tables && *cursor < TABLES;
}
