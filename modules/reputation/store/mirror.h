/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What this process knows of a pool's counts in Redis: each writer's count of
 * each cell, own and others'. A count of a writer only grows, so two opinions
 * of it are merged by taking the larger one of each outcome; that makes
 * merging harmless in any order and any number of times (a grow-only counter:
 * Shapiro et al., "Conflict-free replicated data types", 2011). What stands
 * here and not in Redis is written back under its writer's name, whoever the
 * writer is.
 *
 * Private memory of the store's process, no lock: 36 to 72 bytes a count, 90
 * for counts beyond 255. */

#ifndef REP_MIRROR_H
#define REP_MIRROR_H

#include "../engine/base/text.h"
#include "../engine/pool/exchange.h"

typedef struct rep_mirror_entry
{
	uint64_t number : 50, wide : 1, dirty : 1, seen : 1;
	uint32_t next; /* of the same hash */
	uint32_t labels;
	uint16_t stamp, writer;
	uint8_t n[REP_OUTCOMES]; /* of a wide one its place, in the first four */
} rep_mirror_entry_t;

typedef struct rep_mirror_bucket
{
	uint32_t bucket; /* its start, minutes since 1970 */
	uint32_t n, room, n_wide, wide_room;
	rep_mirror_entry_t *entry;
	uint32_t *heads; /* as many as there is room for */
	rep_counts_t *wide;
	uint64_t sum; /* of all calls */
	/* what Redis holds besides, and is not taken in: fields and calls */
	uint32_t odd;
	uint64_t odd_sum;
	uint32_t *dirty, n_dirty, dirty_room; /* to be written */
	/* resync.c */
	bool stale, begun; /* to be read; its reading has begun, */
	uint64_t cursor;   /* and goes on here */
	uint8_t readings;  /* in a row that found something missing */
	uint64_t indexed;  /* its sum by the index; UINT64_MAX = not there */
	bool touch;		   /* to be summed up anew in the index */
} rep_mirror_bucket_t;

struct rep_mirror_labels;
struct rep_mirror_writer;

/* All zero is an empty one. */
typedef struct rep_mirror
{
	rep_mirror_bucket_t **bucket; /* oldest first */
	uint32_t n, room;
	struct rep_mirror_labels *labels;
	uint32_t n_labels, labels_room, *label_heads;
	struct rep_mirror_writer *writer;
	uint32_t n_writers, writers_room;
	uint32_t n_dirty; /* counts in all buckets */
	/* those of the count that was looked up last: neighbours are alike */
	uint32_t last_labels, last_bucket;
} rep_mirror_t;

/* One count, for as long as its bucket is there. */
typedef struct rep_mirror_ref
{
	rep_mirror_bucket_t *bucket;
	uint32_t at;
} rep_mirror_ref_t;

typedef enum rep_merged
{
	REP_MERGED_SAME, /* nothing new */
	REP_MERGED_GREW,
	REP_MERGED_LESS, /* in some outcome less than what is known */
	REP_MERGED_FULL	 /* no memory: nothing is done */
} rep_merged_t;

void rep_mirror_free(rep_mirror_t *mirror); /* leaves it empty */

/* The bucket, made if `make`; NULL when there is none, or no memory. */
rep_mirror_bucket_t *rep_mirror_bucket(
		rep_mirror_t *mirror, uint32_t bucket, bool make);
/* Free buckets before `oldest`, whatever is left to be written. */
void rep_mirror_trim(rep_mirror_t *mirror, uint32_t oldest);

/* An own count, as it is now. It is to be written when it grew. What is LESS is
 * not taken: it began anew, and needs another name. */
rep_merged_t rep_mirror_own(
		rep_mirror_t *mirror, const rep_cell_t *cell, rep_span_t writer);
/* A count that Redis holds. `own`: of a name under which we count now, of which
 * nobody knows more than we do. */
rep_merged_t rep_mirror_read(rep_mirror_t *mirror, const rep_cell_t *cell,
		rep_span_t writer, bool own);

/* These will be asked for in a moment: have their places brought nearer, all at
 * a time. Finding one is mostly waiting for memory. */
void rep_mirror_expect(rep_mirror_t *mirror, const rep_cell_t *cells, size_t n);

/* A bucket is read from Redis as a whole: every count that is not read between
 * these is then to be written; of those of other writers than `own` (which
 * begins the names of ours) only with `all`. How many are. */
void rep_mirror_reading(rep_mirror_bucket_t *bucket);
uint32_t rep_mirror_was_read(rep_mirror_t *mirror, rep_mirror_bucket_t *bucket,
		rep_span_t own, bool all);

/* Up to `max` counts that are to be written; they count as written. */
size_t rep_mirror_take(rep_mirror_t *mirror, rep_mirror_ref_t *out, size_t max);
/* They were not. */
void rep_mirror_give_back(
		rep_mirror_t *mirror, const rep_mirror_ref_t *refs, size_t n);

/* A count's cell and the name of its writer. */
void rep_mirror_get(const rep_mirror_t *mirror, const rep_mirror_ref_t *ref,
		rep_cell_t *cell, rep_span_t *writer);
/* What all writers but `own` counted in the cell, into its counts. */
void rep_mirror_others(rep_mirror_t *mirror, rep_cell_t *cell, rep_span_t own);

#endif
