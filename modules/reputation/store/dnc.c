/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The do-not-call list. */

#include "dnc.h"

#include <stdio.h>

#include "cluster.h"
#include "errors.h"
#include "keys.h"
#include "nodes.h"
#include "pipe.h"
#include "../engine/pool/guards.h"
#include "../engine/reply/e164.h"

#define PAGE 5000
#define READERS 4 /* sets that are read at once */
#define POLL_MS 500
#define STEP_MS 50
#define AWAY_MS 2000 /* of a cluster: no slot takes so long to move */
/* A set that takes longer to read is read half of the time. */
#define LONG_MS 1000

static const char lost[] =
		"the key is missing, its parts too, although callees are known: is "
		"this another or an emptied Redis? The list stays as it is until one "
		"exists again";
static const char full[] =
		"there is not enough shared memory for more callees: start Kamailio "
		"with a larger -m. Those that were taken in are in force";

static rep_dnc_t *list(const rep_store_t *store)
{
	return rep_registry_dnc(store->registry);
}

static rep_dnc_reading_t *reading(rep_store_t *store, size_t set)
{
	return &store->dnc.sets[set];
}

/* ---- what is known of a set -------------------------------------------------- */

/* Picks may go on once all sets are known. */
static void known(rep_store_t *store, size_t set)
{
	rep_store_dnc_t *d = &store->dnc;

	reading(store, set)->known = true;
	for(size_t i = 0; !d->known && i < REP_DNC_SETS; i++)
		if(!d->sets[i].known)
			return;
	if(!d->known)
		rep_registry_dnc_read(store->registry);
	d->known = true;
}

static void begin(rep_store_t *store, size_t set, rep_dnc_phase_t phase)
{
	rep_dnc_reading_t *r = reading(store, set);
	char key[REP_KEY_MAX];

	r->phase = phase;
	r->wanted = r->edited = r->failed = r->found = false;
	r->began = rep_mono_ms();
	r->swept = 0;
	strcpy(r->cursor, "0");
	rep_round_begin(store, &r->round, rep_dnc_key(store, key, (unsigned)set));
	rep_dnc_begin(list(store), (unsigned)set);
}

static void finish(rep_store_t *store, size_t set)
{
	rep_dnc_reading_t *r = reading(store, set);
	int64_t now = rep_mono_ms(), took = now - r->began;
	char key[REP_KEY_MAX];

	rep_round_end(store, &r->round, rep_dnc_key(store, key, (unsigned)set));
	r->phase = REP_DNC_IDLE;
	r->after = took > LONG_MS ? now + took : now;
	known(store, set);
}

/* Its master is lost, or hands it over. */
static void put_off(rep_store_t *store, size_t set)
{
	rep_dnc_reading_t *r = reading(store, set);
	int64_t now = rep_mono_ms();

	r->phase = REP_DNC_IDLE;
	r->wanted = true;
	r->after = now + POLL_MS;
	if(!r->away)
		r->away = now;
	/* nobody can tell: what is known is used */
	if(rep_link_any(&store->link) && now - r->away > AWAY_MS)
		known(store, set);
}

/* ---- how many members? ------------------------------------------------------- */

static void told(rep_store_t *store, rep_store_pool_t *unused,
		const rep_asked_t *asked, const redisReply *reply)
{
	rep_dnc_reading_t *r = reading(store, asked->at);
	int64_t members = reply ? reply->integer : -1;

	(void)unused;
	if(!reply && !rep_link_up(&store->link)) {
		put_off(store, asked->at);
		return;
	}
	r->phase = REP_DNC_TOLD;
	r->away = 0;
	r->edited = r->edited || members != r->members;
	r->doubted = r->doubted || r->edited;
	r->members = members;
	if(reply)
		r->exists = members > 0;
}

static void ask(rep_store_t *store, size_t set)
{
	rep_dnc_reading_t *r = reading(store, set);
	char key[REP_KEY_MAX];

	r->phase = REP_DNC_ASKED;
	r->doubted = r->wanted;
	r->wanted = false;
	rep_args_command(&store->args, "SCARD");
	rep_args_text(&store->args, rep_dnc_key(store, key, (unsigned)set));
	rep_pipe_send(store, (rep_asked_t){told, NULL, set, 1});
}

static void want_all(rep_store_t *store)
{
	for(size_t set = 0; set < REP_DNC_SETS; set++)
		reading(store, set)->wanted = true;
}

typedef enum left
{
	LEFT_NONE,
	LEFT_PERHAPS, /* those that exist as far as is known are being asked */
	LEFT_SOME
} left_t;

/* Which sets exist still? Several that are deleted at once are told of at
 * once. */
static left_t left(const rep_store_t *store)
{
	left_t left = LEFT_NONE;

	for(size_t set = 0; set < REP_DNC_SETS; set++) {
		const rep_dnc_reading_t *r = &store->dnc.sets[set];
		bool asked = r->phase == REP_DNC_ASKED || r->phase == REP_DNC_DUE
					 || (r->phase == REP_DNC_READ && !r->found)
					 || (r->phase == REP_DNC_IDLE && r->wanted && !r->away);

		if(r->known && !r->exists)
			continue;
		if(!asked)
			return LEFT_SOME;
		left = LEFT_PERHAPS;
	}
	return left;
}

/* No set exists, although some did: an empty store is no order to forget
 * everything. It is said of the first. */
static void all_lost(rep_store_t *store, size_t set)
{
	rep_dnc_reading_t *r = reading(store, set);
	char key[REP_KEY_MAX];

	store->dnc.lost = true;
	r->phase = REP_DNC_IDLE;
	if(set > 0) {
		reading(store, 0)->wanted = true;
		return;
	}
	begin(store, set, REP_DNC_IDLE);
	rep_error_add(
			store, &r->round, rep_dnc_key(store, key, 0), rep_span(""), lost);
	finish(store, set);
}

/* The set does not exist. */
static void missing(rep_store_t *store, size_t set)
{
	rep_dnc_reading_t *r = reading(store, set);
	rep_dnc_stats_t stats;
	left_t others;

	known(store, set);
	rep_dnc_stats(list(store), &stats);
	others = rep_dnc_entries(list(store), (unsigned)set) > 0
							 || (set == 0 && store->dnc.lost)
					 ? left(store)
					 : LEFT_SOME;
	if(others == LEFT_SOME || stats.callees <= 1) {
		begin(store, set, REP_DNC_SWEPT);
	} else if(others == LEFT_PERHAPS) {
		r->phase = REP_DNC_IDLE;
		r->wanted = true;
		r->after = rep_mono_ms() + STEP_MS;
	} else {
		all_lost(store, set);
	}
}

static void judge(rep_store_t *store, size_t set)
{
	rep_dnc_reading_t *r = reading(store, set);
	bool was = rep_dnc_entries(list(store), (unsigned)set) > 0
			   || r->round.number > 0;

	r->phase = REP_DNC_IDLE;
	if(!r->doubted)
		return;
	if(r->exists && store->dnc.lost) {
		store->dnc.lost = false;
		want_all(store); /* the others are missing by intent */
	}
	if(r->members != 0)
		r->phase = REP_DNC_DUE;
	else if(was || (set == 0 && store->dnc.lost))
		missing(store, set);
	else
		known(store, set);
}

/* ---- its members ------------------------------------------------------------- */

static void take(
		rep_store_t *store, size_t set, rep_span_t member, const char *key)
{
	rep_dnc_reading_t *r = reading(store, set);
	rep_e164_t callee;
	rep_e164_error_t error = rep_e164_parse(member, &callee);

	r->found = true;
	if(error != REP_E164_OK)
		rep_error_add(store, &r->round, key, member, rep_e164_strerror(error));
	else if(rep_dnc_put(list(store), (unsigned)set, callee) == REP_DNC_FULL)
		rep_error_add(store, &r->round, key, rep_span(""), full);
}

static void page(rep_store_t *store, rep_store_pool_t *unused,
		const rep_asked_t *asked, const redisReply *reply);

/* Of a cluster: a cursor means something to the master alone that gave it. */
static uint32_t serving(const rep_store_t *store, const char *key)
{
	return store->link.nodes ? rep_nodes_serving(
				   store->link.nodes, rep_key_slot(rep_span(key)))
							 : 0;
}

static void send_page(rep_store_t *store, size_t set)
{
	rep_dnc_reading_t *r = reading(store, set);
	char key[REP_KEY_MAX];
	uint32_t served = serving(store, rep_dnc_key(store, key, (unsigned)set));

	if(r->cursor[0] == '0')
		r->served = served;
	if(r->served != served) {
		put_off(store, set);
		return;
	}
	rep_args_command(&store->args, "SSCAN");
	rep_args_text(&store->args, key);
	rep_args_text(&store->args, r->cursor);
	rep_args_text(&store->args, "COUNT");
	rep_args_int(&store->args, PAGE);
	rep_pipe_send(store, (rep_asked_t){page, NULL, set, 1});
}

static void page(rep_store_t *store, rep_store_pool_t *unused,
		const rep_asked_t *asked, const redisReply *reply)
{
	rep_dnc_reading_t *r = reading(store, asked->at);
	const redisReply *members = rep_reply_at(reply, 1);
	rep_span_t cursor = rep_reply_span(rep_reply_at(reply, 0));
	char key[REP_KEY_MAX];
	bool more;

	(void)unused;
	rep_dnc_key(store, key, (unsigned)asked->at);
	if(!reply && !rep_link_up(&store->link)) {
		put_off(store, asked->at);
		return;
	}
	if(!reply) {
		rep_error_refused(
				store, &r->round, key, rep_span(""), store->link.error);
		finish(store, asked->at);
		r->failed = true;
		return;
	}
	snprintf(r->cursor, sizeof(r->cursor), "%.*s",
			cursor.len < 22 ? (int)cursor.len : 0, cursor.len ? cursor.s : "");
	more = r->cursor[0] && strcmp(r->cursor, "0") != 0;
	if(more && rep_mono_ms() < store->dnc.until) {
		/* Redis looks for the next ones while these are taken in */
		send_page(store, asked->at);
		rep_link_flush(&store->link);
	}
	for(size_t i = 0; rep_reply_at(members, i); i++)
		take(store, asked->at, rep_reply_span(members->element[i]), key);
	if(more)
		return;
	r->exists = r->found;
	if(r->found)
		r->phase = REP_DNC_SWEPT;
	else /* gone since it was asked */
		missing(store, asked->at);
}

/* ---- all of them ---------------------------------------------------------------- */

static unsigned in_phase(const rep_store_t *store, rep_dnc_phase_t phase)
{
	unsigned n = 0;

	for(size_t set = 0; set < REP_DNC_SETS; set++)
		n += store->dnc.sets[set].phase == phase;
	return n;
}

/* The next one in turn that is due, of those that were edited if there are. */
static bool start_next(rep_store_t *store, bool edited)
{
	rep_store_dnc_t *d = &store->dnc;

	for(unsigned i = 0; i < REP_DNC_SETS; i++) {
		unsigned set = (d->turn + i) % REP_DNC_SETS;
		const rep_dnc_reading_t *r = &d->sets[set];

		if(r->phase != REP_DNC_DUE || (edited && !r->edited))
			continue;
		begin(store, set, REP_DNC_READ);
		d->turn = set + 1;
		return true;
	}
	return false;
}

static void step(rep_store_t *store, size_t set)
{
	rep_dnc_reading_t *r = reading(store, set);

	if(r->phase == REP_DNC_READ)
		send_page(store, set);
	else if(r->phase == REP_DNC_SWEPT
			&& !rep_dnc_sweep(list(store), (unsigned)set, &r->swept))
		finish(store, set);
	if(r->phase != REP_DNC_IDLE)
		return;
	if(r->wanted && rep_mono_ms() >= r->after && r->edited && r->exists)
		r->phase = REP_DNC_DUE;
	else if(store->dnc.asks || (r->wanted && rep_mono_ms() >= r->after))
		ask(store, set);
}

bool rep_dnc_sync_send(rep_store_t *store)
{
	rep_store_dnc_t *d = &store->dnc;
	int64_t now = rep_mono_ms();
	bool busy;

	if(!rep_registry_guard(store->registry))
		return false;
	for(size_t set = 0; set < REP_DNC_SETS; set++)
		if(d->sets[set].phase == REP_DNC_TOLD)
			judge(store, set);
	for(unsigned n = in_phase(store, REP_DNC_READ); n < READERS; n++)
		if(!start_next(store, true) && !start_next(store, false))
			break;
	for(size_t set = 0; set < REP_DNC_SETS; set++)
		step(store, set);
	d->asks = false;
	d->until = now + STEP_MS;
	busy = in_phase(store, REP_DNC_IDLE) < REP_DNC_SETS;
	if(!busy && d->began) {
		d->next_poll = now + POLL_MS + 10 * (now - d->began);
		d->began = 0;
	}
	return busy;
}

void rep_dnc_sync_poll(rep_store_t *store)
{
	rep_store_dnc_t *d = &store->dnc;
	int64_t now = rep_mono_ms();

	for(size_t set = 0; set < REP_DNC_SETS; set++)
		if(d->sets[set].failed)
			d->sets[set].wanted = true;
	if(store->follow != REP_FOLLOW_POLLING)
		return;
	d->asks = true;
	if(!d->began && now >= d->next_poll) {
		d->began = now;
		want_all(store);
	}
}

void rep_dnc_sync_lost(rep_store_t *store)
{
	for(size_t set = 0; set < REP_DNC_SETS; set++) {
		reading(store, set)->phase = REP_DNC_IDLE;
		reading(store, set)->after = 0;
	}
	want_all(store);
}
