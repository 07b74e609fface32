/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An entry of the work list of redress as Redis holds it, people's hands
 * included, and what they set by RPC: lines of a field and its value behind
 * it. */

#include <stdio.h>

#include "fuzz.h"
#include "engine/pool/pools.h"
#include "engine/pool/redress.h"
#include "engine/pool/registry.h"
#include "engine/reply/party.h"
#include "formats/redress.h"
#include "mem_test.h"

#define ID UINT64_C(0x0123456789abcdef)

/* One line, and ended within its room. */
static void check_line(const char *text, size_t room)
{
	size_t i;

	for(i = 0; i < room && text[i]; i++)
		CHECK((unsigned char)text[i] >= ' ' && text[i] != 0x7f);
	CHECK(i < room);
}

#define CHECK_TEXT(member) check_line(member, sizeof(member))

static void check_entry(const rep_redress_entry_t *e)
{
	CHECK_TEXT(e->party);
	CHECK_TEXT(e->url);
	CHECK_TEXT(e->tel);
	CHECK_TEXT(e->email);
	CHECK_TEXT(e->ids);
	CHECK_TEXT(e->campaign);
	CHECK_TEXT(e->network);
	CHECK_TEXT(e->ticket);
	CHECK_TEXT(e->note);
	CHECK(e->number && e->status < REP_REDRESS_STATUSES);
	CHECK(e->first >= 0 && e->last >= 0);
}

static void there_and_back(const rep_redress_entry_t *entry)
{
	char text[REP_REDRESS_TEXT];
	rep_redress_entry_t again;
	bool usable;

	if(rep_pack_redress(entry, text) == 0)
		return; /* too long for the module to have written it */
	CHECK(!rep_unpack_redress(rep_span(text), 0, ID, &again, &usable));
	CHECK(usable && again.number == entry->number);
	CHECK(again.status == entry->status && again.last == entry->last);
	CHECK(strcmp(again.ids, entry->ids) == 0);
	CHECK(strcmp(again.note, entry->note) == 0);
}

/* What a person set stands in what is to be written, and nothing else does. */
static void set(rep_registry_t *registry, rep_span_t field, rep_span_t value)
{
	rep_redress_entry_t before, after;
	rep_redress_set_t done;

	CHECK(rep_redress_get(registry, 0, ID, &before));
	done = rep_redress_set(registry, 0, ID, field, value);
	CHECK(rep_redress_get(registry, 0, ID, &after));
	check_entry(&after);
	CHECK(done != REP_REDRESS_NO_ENTRY);
	if(done != REP_REDRESS_DONE)
		CHECK(memcmp(&before, &after, sizeof(after)) == 0);
}

/* A registry takes longer to make than a text to read. */
static rep_registry_t *registry_of(void)
{
	static rep_registry_t *registry;

	if(registry)
		return registry;
	registry = rep_registry_create(1);
	CHECK(registry && rep_registry_put(registry, rep_span("sales")) == 0);
	CHECK(rep_redress_create(registry));
	return registry;
}

/* Everything is written, and is read as it was; then it is gone. */
static void write_down(rep_registry_t *registry)
{
	char text[REP_REDRESS_TEXT];
	rep_redress_news_t news;

	while(rep_redress_news(registry, 0, &news, 1)) {
		rep_pack_redress_edits(&news.entry, news.fields, text);
		rep_redress_landed(registry, 0, ID, &news.entry, 2);
	}
	rep_redress_sweep(registry, 0, 3, false);
	CHECK(rep_redress_entries(registry, 0) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	rep_span_t rest = {(const char *)data, size}, field, first;
	rep_registry_t *registry = registry_of();
	long live = rep_alloc_live();
	char id[REP_PARTY_ID_TEXT];
	rep_redress_entry_t entry;
	uint64_t parsed;
	bool usable;

	first = fuzz_line(&rest);
	if(rep_party_id_parse(first, &parsed)) {
		rep_party_id_print(parsed, id);
		CHECK(strlen(id) == 16);
		CHECK(rep_party_id_parse(rep_span(id), &parsed));
	}
	rep_unpack_redress(first, 0, ID, &entry, &usable);
	if(usable) {
		check_entry(&entry);
		there_and_back(&entry);
		rep_redress_heard(registry, &entry, 1);
		while(rep_span_cut(&rest, '\n', &field))
			set(registry, field, fuzz_line(&rest));
		write_down(registry);
	}
	CHECK(rep_alloc_live() == live && rep_locks_held() == 0);
	return 0;
}
