/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How counts, cells, verdicts and health are written in Redis (layout 1 of
 * docs/redis.md). Pure functions. */

#ifndef REP_PACK_H
#define REP_PACK_H

#include "../core/book.h"

#define REP_COUNTS_TEXT 144 /* twelve numbers of ten digits, commas, zero */
#define REP_FIELD_TEXT 256	/* +NUMBER|TURN|WRITER|ROUTE */
#define REP_RECORD_TEXT 320
#define REP_HEALTH_TEXT 768
#define REP_WRITER_MAX 95 /* longest writer's name */

/* All return the length written, without the terminating zero; the room is
 * the macro's. */
size_t rep_pack_counts(const rep_counts_t *counts, char out[REP_COUNTS_TEXT]);
/* Twelve numbers joined by commas, each cut at UINT32_MAX; more after them
 * are passed over (a later layout may add outcomes), fewer are an error. */
bool rep_unpack_counts(rep_span_t text, rep_counts_t *out);

/* The field of a cell in its bucket's hash; writer "*" is the total. With
 * `writer` NULL the cell's name in the feed: "+NUMBER|TURN|ROUTE". */
size_t rep_pack_field(
		const rep_cell_t *cell, const char *writer, char out[REP_FIELD_TEXT]);
/* The reverse; the bucket and the counts are left alone. With `writer` NULL
 * the text is a name as in the feed. */
bool rep_unpack_field(rep_span_t text, rep_cell_t *out, rep_span_t *writer);

/* A verdict: field "+NUMBER" or "+NUMBER|ROUTE", text
 * "turn state reason since until struck strikes score reset node", times in
 * ms, an empty reason as "-". */
size_t rep_pack_record_field(
		const rep_record_t *record, char out[REP_FIELD_TEXT]);
size_t rep_pack_record(const rep_record_t *record, const char *node,
		char out[REP_RECORD_TEXT]);
/* The number and the route alone. */
bool rep_unpack_record_field(rep_span_t field, rep_record_t *out);
bool rep_unpack_record(rep_span_t field, rep_span_t text, rep_record_t *out);

/* The JSON of rep:health:{POOL}. */
size_t rep_pack_health(
		const rep_number_view_t *view, char out[REP_HEALTH_TEXT]);

/* {"answered":1,…} all twelve, to `out`; returns the length. */
size_t rep_pack_outcomes(const rep_counts_t *counts, char *out, size_t size);

/* 64-bit FNV-1a, never 0. */
uint64_t rep_hash(rep_span_t text);

/* A decimal number, all of `text`, up to `max`. */
bool rep_unpack_u64(rep_span_t text, uint64_t max, uint64_t *out);

#endif
