/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What Redis holds of evidence and verdicts, as any program may have written
 * it: pairs of lines, a field and its text. Read, written again, and taken in
 * by a pool in which calls go on. */

#include "fuzz.h"
#include "engine/pool/by_hand.h"
#include "engine/pool/count.h"
#include "engine/pool/exchange.h"
#include "engine/pool/numbers.h"
#include "engine/pool/pick.h"
#include "engine/pool/pools.h"
#include "engine/pool/records.h"
#include "engine/pool/registry.h"
#include "engine/pool/tick.h"
#include "engine/pool/view.h"
#include "formats/cell.h"
#include "formats/counts.h"
#include "formats/health.h"
#include "formats/record.h"
#include "mem_test.h"

#define NOW INT64_C(1760000000000)
#define FIRST UINT64_C(15551230001)
#define NUMBERS 4

static void try_cell(rep_registry_t *registry, rep_span_t field,
		rep_span_t text, rep_time_t now)
{
	char out[REP_FIELD_TEXT], counts[REP_COUNTS_TEXT];
	rep_cell_t cell = {0}, again = {0};
	rep_span_t writer;

	if(!rep_unpack_field(field, &cell, &writer))
		return;
	CHECK(rep_pack_field(&cell, writer, out) < sizeof(out));
	CHECK(rep_unpack_field(rep_span(out), &again, &writer));
	CHECK(again.number == cell.number && again.stamp == cell.stamp);
	CHECK(memcmp(&again.dims, &cell.dims, sizeof(again.dims)) == 0);
	CHECK(again.repeat == cell.repeat);
	if(!rep_unpack_counts(text, &cell.counts))
		return;
	CHECK(rep_pack_counts(&cell.counts, counts) < sizeof(counts));
	CHECK(rep_unpack_counts(rep_span(counts), &again.counts));
	CHECK(memcmp(&again.counts, &cell.counts, sizeof(again.counts)) == 0);
	cell.bucket = (uint32_t)(now / 60000 / 60 * 60);
	rep_pool_put_others(registry, 0, &cell, 1, now);
	rep_pool_judge_others(registry, 0, now);
}

static void try_record(rep_registry_t *registry, rep_span_t field,
		rep_span_t text, rep_time_t now)
{
	char out[REP_RECORD_TEXT], name[REP_RECORD_FIELD];
	rep_record_t record, again;

	if(!rep_unpack_record(field, text, &record))
		return;
	rep_pack_record_field(&record, name);
	rep_pack_record(&record, "node", out);
	CHECK(rep_unpack_record(rep_span(name), rep_span(out), &again));
	CHECK(again.number == record.number && again.turn == record.turn);
	CHECK(again.until == record.until && again.state == record.state);
	rep_pool_adopt(registry, 0, &record, record.turn % 2, now);
}

static void call(rep_registry_t *registry, rep_time_t now)
{
	rep_ticket_t ticket;

	if(rep_pool_pick(
			   registry, 0, 15557770000, rep_span("a"), now, false, &ticket)
					.result
			!= REP_PICKED)
		return;
	rep_ticket_count(registry, &ticket, REP_BLOCKED, now);
	rep_ticket_hang_up(registry, &ticket, now);
}

static void look(rep_registry_t *registry, rep_time_t now)
{
	rep_number_view_t views[NUMBERS];
	rep_record_t records[NUMBERS];
	rep_health_labels_t labels;
	char text[REP_HEALTH_TEXT];
	uint32_t cursor = 0;
	size_t n = rep_view_list(registry, 0, now, &cursor, views, NUMBERS);

	for(size_t i = 0; i < n; i++) {
		for(int d = 0; d < REP_DIMS; d++)
			labels.n[d] = rep_view_by_label(registry, 0, views[i].number,
					(rep_dim_t)d, now, labels.labels[d], REP_HEALTH_LABELS);
		CHECK(rep_pack_health(&views[i], &labels, text) < sizeof(text));
	}
	rep_pool_drain_records(registry, 0, records, NUMBERS);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const rep_attrs_t plain = {.weight = 1, .status = REP_ACTIVE};
	rep_registry_t *registry = rep_registry_create(NUMBERS);
	rep_span_t rest = {(const char *)data, size}, field;
	rep_time_t now = NOW;

	CHECK(registry && rep_registry_put(registry, rep_span("sales")) == 0);
	for(unsigned i = 0; i < NUMBERS; i++)
		rep_pool_put(registry, 0, FIRST + i, &plain, 1, 1, now);
	while(rep_span_cut(&rest, '\n', &field)) {
		rep_span_t text = fuzz_line(&rest);

		try_cell(registry, field, text, now);
		try_record(registry, field, text, now);
		call(registry, now);
		if(text.len % 7 == 0) {
			now += 600000;
			rep_registry_tick(registry, now);
		}
	}
	look(registry, now);
	for(unsigned i = 0; i < NUMBERS; i++) {
		rep_pool_bench(registry, 0, FIRST + i, rep_span(""), 3600,
				REP_REASON_MANUAL, now);
		rep_pool_release(registry, 0, FIRST + i, rep_span(""), now);
	}
	rep_registry_tick(registry, now + 90000000);
	look(registry, now + 90000000);
	rep_registry_destroy(registry);
	CHECK(rep_alloc_live() == 0 && rep_locks_held() == 0);
	return 0;
}
