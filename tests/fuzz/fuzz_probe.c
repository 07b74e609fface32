/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Test calls as Redis holds them: pairs of lines, a field and its JSON. Read,
 * written again, and taken in by a registry that counts more. */

#include <stdio.h>

#include "fuzz.h"
#include "engine/pool/pools.h"
#include "engine/pool/probes.h"
#include "engine/pool/registry.h"
#include "formats/probe.h"
#include "mem_test.h"

#define NOW INT64_C(1760000000000)

static void there_and_back(const rep_probe_t *probe)
{
	char field[REP_PROBE_FIELD], text[REP_PROBE_TEXT], whole[1024];
	rep_probe_t again;

	CHECK(strlen(probe->network) <= REP_ROUTE_MAX);
	CHECK(probe->first >= 0 && probe->last >= 0);
	CHECK(rep_pack_probe_field(probe, field) < sizeof(field));
	CHECK(rep_pack_probe(probe, text) < sizeof(text));
	/* the counts are the script's to write */
	snprintf(whole, sizeof(whole), "{\"counts\":{},%s", text + 1);
	CHECK(!rep_unpack_probe(rep_span(field), rep_span(whole), 0, &again));
	CHECK(again.number == probe->number && again.last == probe->last);
	CHECK(again.first == probe->first && again.outcome == probe->outcome);
	CHECK(strcmp(again.network, probe->network) == 0);
}

/* A registry takes longer to make than a text to read. */
static rep_registry_t *registry_of(void)
{
	static rep_registry_t *registry;

	if(registry)
		return registry;
	registry = rep_registry_create(1);
	CHECK(registry && rep_registry_put(registry, rep_span("sales")) == 0);
	CHECK(rep_probes_create(registry));
	return registry;
}

/* Everything is written; then it is gone. */
static void write_down(rep_registry_t *registry)
{
	rep_probe_news_t news;

	while(rep_probes_news(registry, 0, &news, 1))
		rep_probes_landed(registry, &news.probe, NULL, 0);
	rep_probes_sweep(registry, 0, UINT32_MAX, false);
	CHECK(rep_probes_entries(registry, 0) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	rep_span_t rest = {(const char *)data, size}, field;
	rep_registry_t *registry = registry_of();
	long live = rep_alloc_live();
	rep_probe_t probe, listed[4];
	rep_probe_news_t news;
	uint32_t seen = 1;

	while(rep_span_cut(&rest, '\n', &field)) {
		if(rep_unpack_probe(field, fuzz_line(&rest), 0, &probe))
			continue;
		there_and_back(&probe);
		rep_probes_heard(registry, &probe, seen);
		rep_probe_count(
				registry, 0, probe.number, probe.network, REP_BLOCKED, NOW);
		if(rep_probes_news(registry, 0, &news, 1))
			rep_probes_landed(registry, &news.probe, &probe, seen);
		seen += probe.counts.n[REP_BLOCKED] % 2;
	}
	CHECK(rep_probes_list(registry, 0, listed, 4)
			<= rep_probes_entries(registry, 0));
	write_down(registry);
	CHECK(rep_alloc_live() == live && rep_locks_held() == 0);
	return 0;
}
