/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "redress.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "pool.h"
#include "../base/ledger.h"
#include "../base/text.h"

/* The entry's count is the sum of what is known to be written, what is on its
 * way there and what waits. What is on its way may be written already. */
typedef struct item
{
	rep_ledger_node_t node;
	rep_redress_entry_t entry;
	uint64_t written, under_way, waits;
	uint32_t fields, fields_under_way;
} item_t;

static const char *const statuses[] = {"open", "sent", "answered", "closed"};
static const char *const fields[] = {"status", "ticket", "note"};

const char *rep_redress_status_name(rep_redress_status_t status)
{
	return statuses[(unsigned)status < REP_REDRESS_STATUSES ? status : 0];
}

rep_redress_status_t rep_redress_status_parse(rep_span_t name)
{
	return (rep_redress_status_t)rep_word_find(
			statuses, REP_REDRESS_STATUSES, name);
}

const char *rep_redress_field_name(rep_redress_field_t field)
{
	return fields[field];
}

/* ---- made and taken down ------------------------------------------------- */

bool rep_redress_create(rep_registry_t *registry)
{
	registry->redress =
			rep_ledger_create(sizeof(item_t), REP_REDRESS_MAX, REP_POOLS_MAX);
	return registry->redress != NULL;
}

void rep_redress_destroy(rep_registry_t *registry)
{
	rep_ledger_destroy(registry->redress);
	registry->redress = NULL;
}

/* The entry with the ledger locked, or NULL and it is not. */
static item_t *find(
		rep_registry_t *registry, int pool, uint64_t id, rep_ledger_t **ledger)
{
	item_t *item;

	*ledger = rep_ledger_lock(registry->redress, pool);
	if(!*ledger)
		return NULL;
	item = rep_ledger_find(*ledger, (uint32_t)pool, id);
	if(!item)
		rep_unlock(&(*ledger)->lock);
	return item;
}

void rep_redress_stats(rep_registry_t *registry, rep_redress_stats_t *out)
{
	rep_ledger_stats_t stats = rep_ledger_stats(registry->redress);

	*out = (rep_redress_stats_t){
			stats.entries, stats.gave_way, stats.lost, stats.counted};
}

/* ---- blocks ---------------------------------------------------------------- */

static void put_text(char *to, const char *from)
{
	if(from[0])
		memcpy(to, from, strlen(from) + 1);
}

static bool has_id(const char *ids, rep_span_t id)
{
	rep_span_t rest = rep_span(ids), one;

	while(rep_span_cut(&rest, ' ', &one))
		if(one.len == id.len && memcmp(one.s, id.s, id.len) == 0)
			return true;
	return false;
}

/* The newer ids go to the front, those that there is no room for go. */
static void put_ids(char ids[REP_REDRESS_IDS], const char *newer)
{
	char all[2 * REP_REDRESS_IDS];
	rep_span_t rest, one;
	size_t n = 0;
	int kept = 0;

	snprintf(all, sizeof(all), "%s %s", newer, ids);
	rest = rep_span(all);
	ids[0] = '\0';
	while(kept < REP_REDRESS_IDS_KEPT && rep_span_cut(&rest, ' ', &one)) {
		if(one.len == 0 || has_id(ids, one))
			continue;
		if(n + 1 + one.len >= REP_REDRESS_IDS)
			break;
		n += (size_t)sprintf(
				ids + n, "%s%.*s", n ? " " : "", (int)one.len, one.s);
		kept++;
	}
}

/* A closed one that is blocked again is open again. */
static void block(rep_ledger_t *ledger, item_t *item,
		const rep_redress_t *redress, const char *campaign, const char *network,
		rep_time_t now)
{
	rep_redress_entry_t *entry = &item->entry;

	if(!entry->first)
		entry->first = now;
	if(now > entry->last)
		entry->last = now;
	entry->count++;
	item->waits++;
	put_text(entry->url, redress->url);
	put_text(entry->tel, redress->tel);
	put_text(entry->email, redress->email);
	put_text(entry->campaign, campaign);
	put_text(entry->network, network);
	put_ids(entry->ids, redress->id);
	if(entry->status == REP_REDRESS_CLOSED) {
		entry->status = REP_REDRESS_OPEN;
		item->fields |= 1 << REP_REDRESS_STATUS;
	}
	rep_ledger_due(ledger, &item->node);
}

uint64_t rep_redress_block(rep_registry_t *registry, int pool,
		rep_e164_t number, const rep_redress_t *redress, const char *campaign,
		const char *network, rep_time_t now)
{
	char party[REP_PARTY_TEXT];
	rep_ledger_t *ledger;
	item_t *item;
	uint64_t id;
	bool made;

	if(registry->redress && redress->refused)
		atomic_fetch_add(&registry->redress->counted, 1);
	if(!rep_party(redress, party)
			|| !(ledger = rep_ledger_lock(registry->redress, pool)))
		return 0;
	id = rep_party_id(number, party);
	item = rep_ledger_put(ledger, (uint32_t)pool, id, &made);
	if(item && made) {
		item->entry.pool = pool;
		item->entry.id = id;
		item->entry.number = number;
		put_text(item->entry.party, party);
	}
	if(item)
		block(ledger, item, redress, campaign, network, now);
	rep_unlock(&ledger->lock);
	return item ? id : 0;
}

static void contact_of(const rep_redress_entry_t *entry, rep_redress_t *out)
{
	size_t n = strcspn(entry->ids, " ");

	memset(out, 0, sizeof(*out));
	memcpy(out->url, entry->url, sizeof(out->url));
	memcpy(out->tel, entry->tel, sizeof(out->tel));
	memcpy(out->email, entry->email, sizeof(out->email));
	if(n < sizeof(out->id))
		memcpy(out->id, entry->ids, n);
}

bool rep_redress_newest(rep_registry_t *registry, int pool, rep_e164_t number,
		rep_redress_t *out)
{
	const rep_redress_entry_t *newest = NULL;
	rep_ledger_t *ledger = rep_ledger_lock(registry->redress, pool);

	if(!ledger)
		return false;
	for(const rep_ledger_node_t *node = ledger->newest; node;
			node = node->older) {
		const rep_redress_entry_t *entry = &((const item_t *)node)->entry;

		if(entry->pool == pool && entry->number == number
				&& (!newest || entry->last > newest->last))
			newest = entry;
	}
	if(newest)
		contact_of(newest, out);
	rep_unlock(&ledger->lock);
	return newest != NULL;
}

/* ---- people ---------------------------------------------------------------- */

static bool printable(rep_span_t text)
{
	for(size_t i = 0; i < text.len; i++)
		if((unsigned char)text.s[i] < ' ' || text.s[i] == 0x7f)
			return false;
	return rep_utf8_prefix(text) == text.len;
}

static bool set_text(char *to, size_t max, rep_span_t value)
{
	if(value.len > max || !printable(value))
		return false;
	memcpy(to, value.s, value.len);
	to[value.len] = '\0';
	return true;
}

static bool set_field(
		rep_redress_entry_t *entry, size_t field, rep_span_t value)
{
	rep_redress_status_t status;

	switch(field) {
		case REP_REDRESS_STATUS:
			status = rep_redress_status_parse(value);
			if(status == REP_REDRESS_STATUSES)
				return false;
			entry->status = status;
			return true;
		case REP_REDRESS_TICKET_TEXT:
			return set_text(entry->ticket, REP_REDRESS_TICKET, value);
		default:
			return set_text(entry->note, REP_REDRESS_NOTE, value);
	}
}

rep_redress_set_t rep_redress_set(rep_registry_t *registry, int pool,
		uint64_t id, rep_span_t field, rep_span_t value)
{
	size_t which = rep_word_find(fields, REP_REDRESS_FIELDS, field);
	rep_ledger_t *ledger;
	item_t *item;
	bool set;

	if(which == REP_REDRESS_FIELDS)
		return REP_REDRESS_NO_FIELD;
	item = find(registry, pool, id, &ledger);
	if(!item)
		return REP_REDRESS_NO_ENTRY;
	set = set_field(&item->entry, which, value);
	if(set) {
		item->fields |= 1u << which;
		rep_ledger_due(ledger, &item->node);
	}
	rep_unlock(&ledger->lock);
	return set ? REP_REDRESS_DONE : REP_REDRESS_BAD_VALUE;
}

static int newer_first(const void *a, const void *b)
{
	const rep_redress_key_t *x = a, *y = b;

	if(x->last != y->last)
		return x->last < y->last ? 1 : -1;
	return x->id < y->id ? -1 : x->id > y->id;
}

size_t rep_redress_list(
		rep_registry_t *registry, int pool, rep_redress_key_t *out, size_t max)
{
	rep_ledger_t *ledger =
			rep_ledger_lock(registry->redress, pool == REP_NO_POOL ? 0 : pool);
	size_t n = 0;

	if(!ledger)
		return 0;
	for(const rep_ledger_node_t *node = ledger->newest; node && n < max;
			node = node->older) {
		const rep_redress_entry_t *entry = &((const item_t *)node)->entry;

		if(pool == REP_NO_POOL || entry->pool == pool)
			out[n++] = (rep_redress_key_t){
					entry->pool, entry->id, entry->last / 1000};
	}
	rep_unlock(&ledger->lock);
	qsort(out, n, sizeof(*out), newer_first);
	return n;
}

bool rep_redress_get(rep_registry_t *registry, int pool, uint64_t id,
		rep_redress_entry_t *out)
{
	rep_ledger_t *ledger;
	const item_t *item = find(registry, pool, id, &ledger);

	if(!item)
		return false;
	*out = item->entry;
	rep_unlock(&ledger->lock);
	return true;
}

/* ---- shared ---------------------------------------------------------------- */

size_t rep_redress_news(
		rep_registry_t *registry, int pool, rep_redress_news_t *out, size_t max)
{
	rep_ledger_t *ledger = rep_ledger_lock(registry->redress, pool);
	item_t *item;
	size_t n = 0;

	if(!ledger)
		return 0;
	while(n < max && (item = rep_ledger_take(ledger, (uint32_t)pool))) {
		out[n++] = (rep_redress_news_t){
				item->entry, item->written, item->waits, item->fields};
		item->under_way = item->waits;
		item->fields_under_way = item->fields;
		item->waits = item->fields = 0;
	}
	rep_unlock(&ledger->lock);
	return n;
}

void rep_redress_landed(rep_registry_t *registry, int pool, uint64_t id,
		const rep_redress_entry_t *entry, uint32_t seen)
{
	rep_ledger_t *ledger;
	item_t *item = find(registry, pool, id, &ledger);

	if(!item)
		return;
	if(!entry)
		item->written += item->under_way;
	item->under_way = item->fields_under_way = 0;
	rep_ledger_landed(&item->node);
	rep_unlock(&ledger->lock);
	if(entry)
		rep_redress_heard(registry, entry, seen);
}

/* False when it is less than was known. */
static bool take_over(item_t *item, const rep_redress_entry_t *entry)
{
	rep_redress_entry_t *own = &item->entry, was = *own;
	uint32_t mine = item->fields | item->fields_under_way;
	bool all = entry->count >= item->written;

	*own = *entry;
	if(all)
		item->written = entry->count;
	own->count = item->written + item->under_way + item->waits;
	if(was.first && was.first < own->first)
		own->first = was.first;
	if(was.last > own->last)
		own->last = was.last;
	if(was.last / 1000 > entry->last / 1000) { /* blocked here since */
		put_text(own->url, was.url);
		put_text(own->tel, was.tel);
		put_text(own->email, was.email);
		put_text(own->campaign, was.campaign);
		put_text(own->network, was.network);
		put_ids(own->ids, was.ids);
	} else if(item->under_way + item->waits) {
		memcpy(own->ids, was.ids, sizeof(own->ids));
		put_ids(own->ids, entry->ids);
	}
	if(mine & 1u << REP_REDRESS_STATUS)
		own->status = was.status;
	if(mine & 1u << REP_REDRESS_TICKET_TEXT)
		memcpy(own->ticket, was.ticket, sizeof(own->ticket));
	if(mine & 1u << REP_REDRESS_NOTE_TEXT)
		memcpy(own->note, was.note, sizeof(own->note));
	return all;
}

void rep_redress_heard(rep_registry_t *registry,
		const rep_redress_entry_t *entry, uint32_t seen)
{
	rep_ledger_t *ledger = rep_ledger_lock(registry->redress, entry->pool);
	item_t *item;
	bool made;

	if(!ledger)
		return;
	item = rep_ledger_put(ledger, (uint32_t)entry->pool, entry->id, &made);
	if(item) {
		if(!take_over(item, entry))
			rep_ledger_due(ledger, &item->node);
		item->node.seen = seen;
	}
	rep_unlock(&ledger->lock);
}

bool rep_redress_again(rep_registry_t *registry, int pool, uint64_t id)
{
	rep_ledger_t *ledger;
	item_t *item = find(registry, pool, id, &ledger);

	if(!item)
		return false;
	rep_ledger_due(ledger, &item->node);
	rep_unlock(&ledger->lock);
	return true;
}

uint32_t rep_redress_entries(rep_registry_t *registry, int pool)
{
	return rep_ledger_entries(registry->redress, pool);
}

void rep_redress_sweep(
		rep_registry_t *registry, int pool, uint32_t seen, bool lost)
{
	rep_ledger_sweep(registry->redress, pool, seen, lost);
}
