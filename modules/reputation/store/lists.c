/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "lists.h"

#include <stdio.h>
#include <stdlib.h>

#include "errors.h"
#include "keys.h"

#include "pipe.h"
#include "refusal.h"
#include "scripts.h"
#include "../engine/pool/pool_policy.h"
#include "../engine/pool/probes.h"
#include "../engine/pool/redress.h"
#include "../engine/pool/reported.h"
#include "../engine/reply/e164.h"
#include "../formats/counts.h"
#include "../formats/probe.h"
#include "../formats/redress.h"

#define REDRESS 16 /* a batch */
#define PROBES 64
#define REPORTS 256
#define AGAIN_MS 5000	/* after an error */
#define TRIM_MS 3600000 /* how often old entries go */
#define OUTCOMES_TEXT 400

struct rep_batch
{
	uint64_t number; /* of those there were */
	bool full;		 /* it has not landed */
	bool asked;
	int64_t after; /* monotonic ms */
	size_t n_redress, n_probes, n_reports;
	rep_redress_news_t redress[REDRESS];
	rep_probe_news_t probes[PROBES];
	rep_report_t reports[REPORTS];
};

void rep_batch_free(rep_store_pool_t *pool)
{
	free(pool->batch);
}

/* ---- what is in it ------------------------------------------------------------ */

static bool fill(rep_store_t *store, rep_store_pool_t *pool)
{
	struct rep_batch *b = pool->batch;

	b->n_redress =
			rep_redress_news(store->registry, pool->index, b->redress, REDRESS);
	b->n_probes =
			rep_probes_news(store->registry, pool->index, b->probes, PROBES);
	b->n_reports = rep_reported_take(
			store->registry, pool->index, b->reports, REPORTS);
	b->full = b->n_redress + b->n_probes + b->n_reports > 0;
	b->number += b->full;
	if(b->n_redress == REDRESS || b->n_probes == PROBES
			|| b->n_reports == REPORTS)
		store->more = true;
	return b->full;
}

/* ---- sending ------------------------------------------------------------------ */

static void add_redress(rep_args_t *args, const rep_redress_news_t *news)
{
	char id[REP_PARTY_ID_TEXT], json[REP_REDRESS_TEXT];

	rep_party_id_print(news->entry.id, id);
	rep_args_text(args, id);
	rep_args_int(args, (int64_t)news->add);
	rep_args_int(args, (int64_t)news->written);
	rep_pack_redress(&news->entry, json);
	rep_args_text(args, json);
	rep_pack_redress_edits(&news->entry, news->fields, json);
	rep_args_text(args, json);
}

static void add_probe(rep_args_t *args, const rep_probe_news_t *news)
{
	char field[REP_PROBE_FIELD], json[REP_PROBE_TEXT], counts[OUTCOMES_TEXT];

	rep_pack_probe_field(&news->probe, field);
	rep_args_text(args, field);
	rep_pack_probe(&news->probe, json);
	rep_args_text(args, json);
	rep_pack_outcomes(&news->written, counts, sizeof(counts));
	rep_args_text(args, counts);
	rep_pack_outcomes(&news->add, counts, sizeof(counts));
	rep_args_text(args, counts);
}

static void add_report(rep_args_t *args, const rep_report_t *report)
{
	char number[REP_E164_MAX];

	rep_e164_print(report->callee, number);
	rep_args_text(args, number);
	rep_e164_print(report->number, number);
	rep_args_text(args, number);
	rep_args_text(args, rep_outcome_name(report->outcome));
	rep_args_int(args, report->status);
	rep_args_int(args, report->at / 1000);
	rep_args_text(args, report->campaign);
}

static void add_batch(rep_args_t *args, const struct rep_batch *b)
{
	rep_args_int(args, (int64_t)b->n_redress);
	for(size_t i = 0; i < b->n_redress; i++)
		add_redress(args, &b->redress[i]);
	rep_args_int(args, (int64_t)b->n_probes);
	for(size_t i = 0; i < b->n_probes; i++)
		add_probe(args, &b->probes[i]);
	rep_args_int(args, (int64_t)b->n_reports);
	for(size_t i = 0; i < b->n_reports; i++)
		add_report(args, &b->reports[i]);
}

static void begin(rep_store_t *store, const rep_store_pool_t *pool,
		uint64_t number, bool trim)
{
	static const char *const keys[] = {
			"x:lists", "redress", "probes", "callees"};
	rep_args_t *args = &store->args;
	char key[REP_KEY_MAX];
	rep_policy_t policy;

	if(!rep_pool_policy(store->registry, pool->index, &policy))
		rep_policy_default(&policy);
	rep_script_begin(store, REP_SHA_LISTS, 4);
	for(int k = 0; k < 4; k++)
		rep_args_text(args, rep_key(store, key, keys[k], pool->name));
	rep_args_text(args, store->writer);
	rep_args_int(args, (int64_t)number);
	rep_args_int(args, policy.report_days);
	rep_args_int(args, trim);
}

/* ---- what came of it ---------------------------------------------------------- */

static void report_errors(rep_store_t *store, const rep_store_pool_t *pool,
		const redisReply *reply)
{
	static const char *const keys[] = {"redress", "probes", "callees"};
	char key[REP_KEY_MAX];

	for(size_t k = 0; k < 3; k++) {
		rep_span_t why = rep_reply_span(rep_reply_at(reply, k));
		char text[160];

		if(why.len == 0)
			continue;
		snprintf(text, sizeof(text), "it is not written: %.*s",
				why.len < 120 ? (int)why.len : 120, why.s);
		rep_error_add(store, NULL, rep_key(store, key, keys[k], pool->name),
				rep_span(""), text);
	}
}

/* Each is as Redis has it now; where it says nothing, as it was to be. */
static void land(
		rep_store_t *store, rep_store_pool_t *pool, const redisReply *reply)
{
	struct rep_batch *b = pool->batch;
	char field[REP_PROBE_FIELD];
	rep_redress_entry_t entry;
	rep_probe_t probe;
	bool usable;

	for(size_t i = 0; i < b->n_redress; i++) {
		uint64_t id = b->redress[i].entry.id;

		rep_unpack_redress(
				rep_reply_span(rep_reply_at(rep_reply_at(reply, 3), i)),
				pool->index, id, &entry, &usable);
		rep_redress_landed(store->registry, pool->index, id,
				usable ? &entry : NULL, pool->reading[REP_LIST_REDRESS].number);
	}
	for(size_t i = 0; i < b->n_probes; i++) {
		rep_pack_probe_field(&b->probes[i].probe, field);
		usable = !rep_unpack_probe(rep_span(field),
				rep_reply_span(rep_reply_at(rep_reply_at(reply, 4), i)),
				pool->index, &probe);
		rep_probes_landed(store->registry, &b->probes[i].probe,
				usable ? &probe : NULL, pool->reading[REP_LIST_PROBES].number);
	}
	b->full = false;
}

static void answered(rep_store_t *store, rep_store_pool_t *pool,
		const rep_asked_t *asked, const redisReply *reply)
{
	struct rep_batch *b = pool->batch;
	char key[REP_KEY_MAX];

	b->asked = false;
	if(!reply) {
		/* after a link that was lost it goes out with the next */
		if(rep_link_up(&store->link) && store->link.fault != REP_REDIS_SCRIPT)
			b->after = rep_mono_ms() + AGAIN_MS;
		if(rep_link_up(&store->link) && store->link.fault == REP_REDIS_TYPE)
			rep_error_add(store, NULL,
					rep_key(store, key, "x:lists", pool->name), rep_span(""),
					store->link.error);
		else
			rep_store_refused(store, "writing lists");
		return;
	}
	report_errors(store, pool, reply);
	if(asked->n) /* else nothing was in it */
		land(store, pool, reply);
}

void rep_lists_send(rep_store_t *store, rep_store_pool_t *pool)
{
	int64_t now = rep_mono_ms();
	bool trim = now >= pool->next_trim && pool->loaded;
	struct rep_batch *b = pool->batch;

	if(!b)
		b = pool->batch = calloc(1, sizeof(*b));
	if(!b || b->asked || now < b->after)
		return;
	if(!b->full && !fill(store, pool) && !trim)
		return;
	begin(store, pool, b->full ? b->number : 0, trim);
	if(!b->full)
		b->n_redress = b->n_probes = b->n_reports = 0;
	add_batch(&store->args, b);
	if(trim)
		pool->next_trim = now + TRIM_MS;
	b->asked = true;
	rep_pipe_send(store, (rep_asked_t){answered, pool, 0, b->full});
}
