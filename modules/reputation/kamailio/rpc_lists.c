/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <limits.h>
#include <stdlib.h>

#include "core/str.h"

#include "rpc_lists.h"
#include "rpc_args.h"
#include "shared.h"
#include "../engine/pool/pools.h"
#include "../engine/pool/probes.h"
#include "../engine/pool/redress.h"
#include "../engine/pool/reported.h"
#include "../engine/reply/e164.h"

/* ---- redress --------------------------------------------------------- */

static void add_entry(rpc_t *rpc, void *list, const rep_redress_entry_t *entry)
{
	char number[REP_E164_MAX], id[REP_PARTY_ID_TEXT];
	void *item;

	rep_e164_print(entry->number, number);
	rep_party_id_print(entry->id, id);
	rpc->array_add(list, "{", &item);
	rpc->struct_add(item, "ssss", "pool",
			rep_registry_name(rep_shared->registry, entry->pool), "id", id,
			"number", number, "party", entry->party);
	/* as in Redis, and as it was called before there was a list there */
	rpc->struct_add(item, "uuuu", "count", rep_rpc_u32(entry->count), "blocks",
			rep_rpc_u32(entry->count), "first", rep_rpc_s(entry->first), "last",
			rep_rpc_s(entry->last));
	rpc->struct_add(item, "ssss", "url", entry->url, "tel", entry->tel, "email",
			entry->email, "ids", entry->ids);
	rpc->struct_add(item, "sssss", "campaign", entry->campaign, "network",
			entry->network, "status", rep_redress_status_name(entry->status),
			"ticket", entry->ticket, "note", entry->note);
}

/* A pool, if one is named. */
static bool maybe_pool(rpc_t *rpc, void *ctx, int *pool)
{
	str name = STR_NULL;

	*pool = REP_NO_POOL;
	if(!rep_rpc_text(rpc, ctx, "pool", &name))
		return false;
	if(!name.s)
		return true;
	*pool = rep_registry_find(rep_shared->registry, rep_span_of(&name));
	if(*pool == REP_NO_POOL)
		rpc->fault(ctx, 404, "no such pool: %.*s", name.len, name.s);
	return *pool != REP_NO_POOL;
}

void rep_rpc_redress(rpc_t *rpc, void *ctx)
{
	unsigned from = 0, limit = UINT_MAX;
	rep_redress_entry_t entry;
	rep_redress_key_t *keys;
	void *list;
	size_t n;
	int pool;

	if(!maybe_pool(rpc, ctx, &pool) || !rep_rpc_count(rpc, ctx, "from", &from)
			|| !rep_rpc_count(rpc, ctx, "limit", &limit)
			|| !rep_rpc_end(rpc, ctx))
		return;
	keys = malloc(REP_REDRESS_MAX * sizeof(*keys));
	if(!keys) {
		rpc->fault(ctx, 500, "no memory");
		return;
	}
	rpc->add(ctx, "[", &list);
	n = rep_redress_list(rep_shared->registry, pool, keys, REP_REDRESS_MAX);
	for(size_t i = from; i < n && limit > 0; i++)
		if(rep_registry_name(rep_shared->registry, keys[i].pool)[0]
				&& rep_redress_get(rep_shared->registry, keys[i].pool,
						keys[i].id, &entry)) {
			add_entry(rpc, list, &entry);
			limit--;
		}
	free(keys);
}

static bool id_of(rpc_t *rpc, void *ctx, uint64_t *id)
{
	str text = STR_NULL;

	if(!rep_rpc_text(rpc, ctx, "id", &text))
		return false;
	if(text.s && rep_party_id_parse(rep_span_of(&text), id))
		return true;
	rpc->fault(ctx, 400,
			"id: '%.*s' is not sixteen hexadecimal digits (with kamcmd write "
			"s:0123456789012345)",
			text.len, text.s ? text.s : "");
	return false;
}

static void bad_value(rpc_t *rpc, void *ctx, const str *field)
{
	rep_span_t name = rep_span_of(field);

	if(rep_span_is(name, rep_redress_field_name(REP_REDRESS_STATUS)))
		rpc->fault(ctx, 400, "status: not open, sent, answered or closed");
	else
		rpc->fault(ctx, 400, "%.*s: not text of up to %d bytes on one line",
				field->len, field->s,
				rep_span_is(
						name, rep_redress_field_name(REP_REDRESS_TICKET_TEXT))
						? REP_REDRESS_TICKET
						: REP_REDRESS_NOTE);
}

void rep_rpc_redress_set(rpc_t *rpc, void *ctx)
{
	str field = STR_NULL, value = STR_NULL;
	uint64_t id;
	int pool;

	if(!rep_rpc_pool(rpc, ctx, &pool) || !id_of(rpc, ctx, &id)
			|| !rep_rpc_text(rpc, ctx, "field", &field)
			|| !rep_rpc_text(rpc, ctx, "value", &value)
			|| !rep_rpc_end(rpc, ctx))
		return;
	if(!field.s || !value.s) {
		rpc->fault(ctx, 400, "a field and its value are missing");
		return;
	}
	switch(rep_redress_set(rep_shared->registry, pool, id, rep_span_of(&field),
			rep_span_of(&value))) {
		case REP_REDRESS_DONE:
			break;
		case REP_REDRESS_NO_ENTRY:
			rpc->fault(ctx, 404, "no such entry in this pool");
			break;
		case REP_REDRESS_NO_FIELD:
			rpc->fault(ctx, 400,
					"field: '%.*s' is none of status, ticket, note", field.len,
					field.s);
			break;
		case REP_REDRESS_BAD_VALUE:
			bad_value(rpc, ctx, &field);
			break;
	}
}

/* ---- test calls ------------------------------------------------------ */

static void add_probe(rpc_t *rpc, void *list, const rep_probe_t *probe)
{
	char number[REP_E164_MAX];
	uint32_t calls = 0;
	void *item;

	for(int o = 0; o < REP_OUTCOMES; o++)
		calls += probe->counts.n[o];
	rep_e164_print(probe->number, number);
	rpc->array_add(list, "{", &item);
	rpc->struct_add(item, "ssuuus", "number", number, "network", probe->network,
			"calls", calls, "first", rep_rpc_s(probe->first), "last",
			rep_rpc_s(probe->last), "outcome",
			probe->outcome < REP_OUTCOMES ? rep_outcome_name(probe->outcome)
										  : "");
	rep_rpc_counts(rpc, item, "counts", &probe->counts);
}

void rep_rpc_probes(rpc_t *rpc, void *ctx)
{
	unsigned from = 0, limit = UINT_MAX;
	rep_probe_t *probes;
	void *list;
	size_t n;
	int pool;

	if(!rep_rpc_pool(rpc, ctx, &pool) || !rep_rpc_count(rpc, ctx, "from", &from)
			|| !rep_rpc_count(rpc, ctx, "limit", &limit)
			|| !rep_rpc_end(rpc, ctx))
		return;
	n = rep_probes_entries(rep_shared->registry, pool);
	probes = malloc((n + 1) * sizeof(*probes));
	if(!probes) {
		rpc->fault(ctx, 500, "no memory");
		return;
	}
	rpc->add(ctx, "[", &list);
	n = rep_probes_list(rep_shared->registry, pool, probes, n);
	for(size_t i = from; i < n && limit > 0; i++, limit--)
		add_probe(rpc, list, &probes[i]);
	free(probes);
}

void rep_rpc_list_stats(rpc_t *rpc, void *item)
{
	rep_redress_stats_t redress;
	rep_probes_stats_t probes;
	rep_reported_stats_t reported;

	rep_redress_stats(rep_shared->registry, &redress);
	rep_probes_stats(rep_shared->registry, &probes);
	rep_reported_stats(rep_shared->registry, &reported);
	rpc->struct_add(item, "uuuu", "redress", redress.entries, "redress_refused",
			rep_rpc_u32(redress.refused), "full_redress",
			rep_rpc_u32(redress.gave_way), "lost_redress",
			rep_rpc_u32(redress.lost));
	rpc->struct_add(item, "uuuu", "probes", rep_rpc_u32(probes.calls),
			"probe_entries", probes.entries, "full_probes",
			rep_rpc_u32(probes.gave_way), "lost_probes",
			rep_rpc_u32(probes.lost));
	rpc->struct_add(item, "uu", "reported", rep_rpc_u32(reported.reported),
			"full_reported", rep_rpc_u32(reported.lost));
}
