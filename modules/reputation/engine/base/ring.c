/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "ring.h"

#include "mem.h"
#include "mix.h"

#define DEPTH_MAX 24
#define MERGE_AT (REP_RING_PART / 2)

static uint64_t entry_of(uint64_t place, uint32_t item)
{
	return place << REP_RING_ITEM_BITS | item;
}

static uint32_t part_of(const rep_ring_t *ring, uint64_t place)
{
	return (uint32_t)(place >> (REP_RING_BITS - ring->depth));
}

/* How many directory entries lead to the part, and the first of them. */
static uint32_t span_of(const rep_ring_t *ring, const rep_ring_part_t *part)
{
	return 1u << (ring->depth - part->depth);
}

static uint32_t first_of(const rep_ring_t *ring, uint32_t p)
{
	return p & ~(span_of(ring, ring->parts[p]) - 1);
}

/* Entries of the part that are less than `entry`. */
static uint32_t below(const rep_ring_part_t *part, uint64_t entry)
{
	const uint64_t *from = part->entries;
	uint32_t n = part->n;

	while(n > 0) {
		uint32_t half = n / 2;
		if(from[half] < entry) {
			from += half + 1;
			n -= half + 1;
		} else {
			n = half;
		}
	}
	return (uint32_t)(from - part->entries);
}

static rep_ring_part_t *make_part(unsigned depth)
{
	rep_ring_part_t *part = rep_alloc(sizeof(*part));

	if(part) {
		part->depth = (uint8_t)depth;
		part->n = 0;
	}
	return part;
}

static int begin(rep_ring_t *ring)
{
	if(ring->parts)
		return 0;
	ring->parts = rep_alloc(sizeof(void *));
	if(!ring->parts)
		return -1;
	ring->parts[0] = make_part(0);
	if(!ring->parts[0]) {
		rep_free(ring->parts);
		ring->parts = NULL;
		return -1;
	}
	ring->n_parts = 1;
	ring->depth = 0;
	return 0;
}

static int double_directory(rep_ring_t *ring)
{
	uint32_t n = 1u << ring->depth;
	rep_ring_part_t **parts;

	if(ring->depth == DEPTH_MAX)
		return -1;
	parts = rep_alloc(2 * (size_t)n * sizeof(void *));
	if(!parts)
		return -1;
	for(uint32_t p = 0; p < n; p++)
		parts[2 * p] = parts[2 * p + 1] = ring->parts[p];
	rep_free(ring->parts);
	ring->parts = parts;
	ring->depth++;
	return 0;
}

/* The full part of this directory entry becomes two. */
static int split(rep_ring_t *ring, uint64_t place)
{
	rep_ring_part_t *part = ring->parts[part_of(ring, place)], *upper;
	uint32_t span, first, keep;
	uint64_t middle;

	if(part->depth == ring->depth && double_directory(ring) < 0)
		return -1;
	upper = make_part(part->depth + 1u);
	if(!upper)
		return -1;
	first = first_of(ring, part_of(ring, place));
	span = span_of(ring, part);
	middle = (uint64_t)(first + span / 2) << (REP_RING_BITS - ring->depth);
	keep = below(part, entry_of(middle, 0));
	upper->n = (uint8_t)(part->n - keep);
	memcpy(upper->entries, part->entries + keep,
			upper->n * sizeof(*upper->entries));
	part->n = (uint8_t)keep;
	part->depth++;
	for(uint32_t p = first + span / 2; p < first + span; p++)
		ring->parts[p] = upper;
	ring->n_parts++;
	return 0;
}

int rep_ring_put(rep_ring_t *ring, uint64_t place, uint32_t item)
{
	uint64_t entry = entry_of(place, item);
	rep_ring_part_t *part;
	uint32_t k;

	if(item >> REP_RING_ITEM_BITS || begin(ring) < 0)
		return -1;
	while((part = ring->parts[part_of(ring, place)])->n == REP_RING_PART)
		if(split(ring, place) < 0)
			return -1;
	k = below(part, entry);
	if(k < part->n && part->entries[k] == entry)
		return 0;
	memmove(part->entries + k + 1, part->entries + k,
			(part->n - k) * sizeof(*part->entries));
	part->entries[k] = entry;
	part->n++;
	ring->count++;
	return 0;
}

/* Two halves that hold little become one. */
static void merge(rep_ring_t *ring, uint32_t p)
{
	rep_ring_part_t *part = ring->parts[p], *lower, *upper;
	uint32_t span = span_of(ring, part), first = first_of(ring, p);

	if(part->depth == 0)
		return;
	first &= ~(2 * span - 1);
	lower = ring->parts[first];
	upper = ring->parts[first + span];
	if(lower->depth != upper->depth || lower->n + upper->n > MERGE_AT)
		return;
	memcpy(lower->entries + lower->n, upper->entries,
			upper->n * sizeof(*upper->entries));
	lower->n = (uint8_t)(lower->n + upper->n);
	lower->depth--;
	for(p = first + span; p < first + 2 * span; p++)
		ring->parts[p] = lower;
	rep_free(upper);
	ring->n_parts--;
}

void rep_ring_drop(rep_ring_t *ring, uint64_t place, uint32_t item)
{
	uint64_t entry = entry_of(place, item);
	rep_ring_part_t *part;
	uint32_t p, k;

	if(!ring->count)
		return;
	p = part_of(ring, place);
	part = ring->parts[p];
	k = below(part, entry);
	if(k == part->n || part->entries[k] != entry)
		return;
	part->n--;
	memmove(part->entries + k, part->entries + k + 1,
			(part->n - k) * sizeof(*part->entries));
	if(--ring->count == 0)
		rep_ring_clear(ring);
	else
		merge(ring, p);
}

void rep_ring_clear(rep_ring_t *ring)
{
	uint32_t p = 0;

	while(ring->parts && p < 1u << ring->depth) {
		rep_ring_part_t *part = ring->parts[p];
		p += span_of(ring, part);
		rep_free(part);
	}
	rep_free(ring->parts);
	memset(ring, 0, sizeof(*ring));
}

/* From behind the last entry of a part to the next one that has any. */
static void settle(const rep_ring_t *ring, rep_ring_at_t *at)
{
	while(at->k >= ring->parts[at->part]->n) {
		at->part =
				first_of(ring, at->part) + span_of(ring, ring->parts[at->part]);
		if(at->part == 1u << ring->depth)
			at->part = 0;
		at->k = 0;
	}
}

/* Where the place is to be expected in a part, since places are even. */
static uint32_t guess(const rep_ring_part_t *part, uint64_t place)
{
	uint64_t within =
			place << part->depth & ((UINT64_C(1) << REP_RING_BITS) - 1);

	return (uint32_t)(within * part->n >> REP_RING_BITS);
}

/* As below(), from there on. */
static uint32_t near(const rep_ring_part_t *part, uint32_t k, uint64_t entry)
{
	while(k > 0 && part->entries[k - 1] >= entry)
		k--;
	while(k < part->n && part->entries[k] < entry)
		k++;
	return k;
}

rep_ring_at_t rep_ring_seek(const rep_ring_t *ring, uint64_t place)
{
	rep_ring_at_t at;

	rep_ring_seek_all(ring, &place, 1, &at);
	return at;
}

void rep_ring_seek_all(const rep_ring_t *ring, const uint64_t *places,
		unsigned n, rep_ring_at_t *out)
{
	for(unsigned j = 0; j < n; j++) {
		out[j].part = part_of(ring, places[j]);
		__builtin_prefetch(&ring->parts[out[j].part]);
	}
	for(unsigned j = 0; j < n; j++)
		__builtin_prefetch(ring->parts[out[j].part]);
	for(unsigned j = 0; j < n; j++) {
		const rep_ring_part_t *part = ring->parts[out[j].part];
		out[j].k = guess(part, places[j]);
		__builtin_prefetch(&part->entries[out[j].k]);
	}
	for(unsigned j = 0; j < n; j++) {
		out[j].k = near(
				ring->parts[out[j].part], out[j].k, entry_of(places[j], 0));
		settle(ring, &out[j]);
	}
}

void rep_ring_next(const rep_ring_t *ring, rep_ring_at_t *at)
{
	at->k++;
	settle(ring, at);
}

void rep_ring_back(const rep_ring_t *ring, rep_ring_at_t *at)
{
	while(at->k == 0) {
		at->part = (first_of(ring, at->part) - 1) & ((1u << ring->depth) - 1);
		at->k = ring->parts[at->part]->n;
	}
	at->k--;
}

/* A part is drawn as often as it has directory entries, and taken as often as
 * it has entries for each of them. */
rep_ring_at_t rep_ring_draw(const rep_ring_t *ring, uint64_t *random)
{
	rep_ring_at_t at;
	uint32_t room;

	do {
		uint64_t x = rep_mix((*random)++);

		at.part = (uint32_t)(x & ((1u << ring->depth) - 1));
		room = span_of(ring, ring->parts[at.part]) * REP_RING_PART;
		at.k = (uint32_t)((x >> 32) * room >> 32);
	} while(at.k >= ring->parts[at.part]->n);
	return at;
}

const rep_ring_part_t *rep_ring_part(const rep_ring_t *ring, uint32_t *p)
{
	const rep_ring_part_t *part;

	if(!ring->count || *p == 1u << ring->depth)
		return NULL;
	part = ring->parts[*p];
	*p += span_of(ring, part);
	return part;
}

void rep_ring_list(const rep_ring_t *ring, uint64_t *out)
{
	const rep_ring_part_t *part;

	for(uint32_t p = 0; (part = rep_ring_part(ring, &p)); out += part->n)
		memcpy(out, part->entries, part->n * sizeof(*out));
}

size_t rep_ring_bytes(const rep_ring_t *ring)
{
	if(!ring->parts)
		return 0;
	return ring->n_parts * sizeof(rep_ring_part_t)
		   + sizeof(void *) * ((size_t)1 << ring->depth);
}
