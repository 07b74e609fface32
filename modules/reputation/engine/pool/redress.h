/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The work list of redress: what blocked our numbers and whom to ask, one entry
 * for each number and blocking party, and what people did about it. Here as
 * this proxy knows it; with Redis it is the same list on every proxy.
 *
 * Contacts are UNTRUSTED text from the network: shown to people, never fetched.
 * The list has a lock of its own, taken last and given back before a function
 * returns. */

#ifndef REP_REDRESS_LIST_H
#define REP_REDRESS_LIST_H

#include "handle.h"
#include "../reply/party.h"

#define REP_REDRESS_MAX 4096 /* entries, of all pools */
#define REP_REDRESS_IDS 264	 /* bytes of ids of an entry: its newest */
#define REP_REDRESS_IDS_KEPT 8
#define REP_REDRESS_TICKET 64 /* bytes, likewise of what people write */
#define REP_REDRESS_NOTE 255

typedef enum rep_redress_status
{
	REP_REDRESS_OPEN,
	REP_REDRESS_SENT,
	REP_REDRESS_ANSWERED,
	REP_REDRESS_CLOSED, /* until the party blocks again: then open */
	REP_REDRESS_STATUSES
} rep_redress_status_t;

/* "open" and so on; REP_REDRESS_STATUSES for what is none of them. */
const char *rep_redress_status_name(rep_redress_status_t status);
rep_redress_status_t rep_redress_status_parse(rep_span_t name);

/* What people write, a bit each. */
typedef enum rep_redress_field
{
	REP_REDRESS_STATUS,
	REP_REDRESS_TICKET_TEXT,
	REP_REDRESS_NOTE_TEXT,
	REP_REDRESS_FIELDS
} rep_redress_field_t;

const char *rep_redress_field_name(rep_redress_field_t field);

typedef struct rep_redress_entry
{
	int32_t pool;
	uint64_t id; /* rep_party_id() of the next two */
	rep_e164_t number;
	char party[REP_PARTY_TEXT];
	char url[sizeof(((rep_redress_t *)0)->url)];
	char tel[sizeof(((rep_redress_t *)0)->tel)];
	char email[sizeof(((rep_redress_t *)0)->email)];
	char ids[REP_REDRESS_IDS]; /* of blocks, newest first, spaces between */
	rep_time_t first, last;
	uint64_t count; /* blocks, over all proxies as far as known */
	char campaign[REP_ROUTE_MAX + 1], network[REP_ROUTE_MAX + 1]; /* newest */
	rep_redress_status_t status;
	char ticket[REP_REDRESS_TICKET + 1], note[REP_REDRESS_NOTE + 1];
} rep_redress_entry_t;

/* One that is to be written: `entry` as it is known here, of its count what is
 * written and what is to be added, and which fields (bits) a person wrote
 * here. */
typedef struct rep_redress_news
{
	rep_redress_entry_t entry;
	uint64_t written, add;
	uint32_t fields;
} rep_redress_news_t;

typedef struct rep_redress_stats
{
	uint32_t entries;
	uint64_t gave_way; /* entries that made room for others, */
	uint64_t lost;	   /* of them with something that was not written */
	uint64_t refused;  /* contacts that were not let through */
} rep_redress_stats_t;

/* Before the registry is in use; without it nothing is kept. False without
 * memory. */
bool rep_redress_create(rep_registry_t *registry);
void rep_redress_destroy(rep_registry_t *registry);
void rep_redress_stats(rep_registry_t *registry, rep_redress_stats_t *out);

/* ---- blocks ---------------------------------------------------------------- */

/* A block came with this contact; the call is of `campaign` to `network` ("" =
 * not known). Returns the id of its entry, 0 when there is no contact in it or
 * no memory. What was refused in it is counted. */
uint64_t rep_redress_block(rep_registry_t *registry, int pool,
		rep_e164_t number, const rep_redress_t *redress, const char *campaign,
		const char *network, rep_time_t now);
/* The contact of the entry of a number which was blocked last, with its newest
 * id. */
bool rep_redress_newest(rep_registry_t *registry, int pool, rep_e164_t number,
		rep_redress_t *out);

/* ---- people ---------------------------------------------------------------- */

typedef enum rep_redress_set
{
	REP_REDRESS_DONE,
	REP_REDRESS_NO_ENTRY,
	REP_REDRESS_NO_FIELD, /* not one that people write */
	REP_REDRESS_BAD_VALUE /* no such status; too long; a control character */
} rep_redress_set_t;

rep_redress_set_t rep_redress_set(rep_registry_t *registry, int pool,
		uint64_t id, rep_span_t field, rep_span_t value);

/* Which entry, and when it was blocked last: for a list in that order. */
typedef struct rep_redress_key
{
	int32_t pool;
	uint64_t id;
	int64_t last; /* s */
} rep_redress_key_t;

/* The entries of a pool, or (REP_NO_POOL) of all; the newest first, whatever
 * proxy is asked. Returns how many of at most `max`. */
size_t rep_redress_list(
		rep_registry_t *registry, int pool, rep_redress_key_t *out, size_t max);
bool rep_redress_get(rep_registry_t *registry, int pool, uint64_t id,
		rep_redress_entry_t *out);

/* ---- shared ---------------------------------------------------------------- */

/* Up to `max` of those of the pool that are to be written, each under way until
 * rep_redress_landed(): with the entry as it is written now, as in
 * rep_redress_heard(), or NULL when nobody can tell. */
size_t rep_redress_news(rep_registry_t *registry, int pool,
		rep_redress_news_t *out, size_t max);
void rep_redress_landed(rep_registry_t *registry, int pool, uint64_t id,
		const rep_redress_entry_t *entry, uint32_t seen);
/* An entry as it is written, in the reading `seen` of the caller's (not 0);
 * what was added here and is not written yet comes on top. One that counts less
 * than was known to be written is to be written again. */
void rep_redress_heard(rep_registry_t *registry,
		const rep_redress_entry_t *entry, uint32_t seen);
/* What is written of an entry is less than what is known here: it is to be
 * written again. False when nothing is known of it. */
bool rep_redress_again(rep_registry_t *registry, int pool, uint64_t id);
/* Forget those of the pool that this reading did not find; or, `lost`, have them
 * written again. */
void rep_redress_sweep(
		rep_registry_t *registry, int pool, uint32_t seen, bool lost);
/* Entries of the pool. */
uint32_t rep_redress_entries(rep_registry_t *registry, int pool);

#endif
