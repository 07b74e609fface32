/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "mirror.h"

#include <stdlib.h>

#include "../engine/base/mix.h"

#define NONE UINT32_MAX
#define WRITERS_MAX 65536 /* their place has sixteen bits */
#define POINTER sizeof(void *)

struct rep_mirror_labels
{
	rep_dims_t dims;
	bool repeat;
	uint64_t hash;
	uint32_t next;
};

struct rep_mirror_writer
{
	uint64_t hash;
	char *name;
};

/* Room for one more item; false without memory. */
static bool grow(void *list, size_t size, uint32_t n, uint32_t *room)
{
	void **at = list, *more;
	uint32_t want = *room ? *room * 2 : 8;

	if(n < *room)
		return true;
	more = realloc(*at, want * size);
	if(!more)
		return false;
	*at = more;
	*room = want;
	return true;
}

/* ---- names ---------------------------------------------------------------- */

static uint64_t hash_of(const rep_dims_t *dims, bool repeat)
{
	uint64_t h = rep_hash(rep_span(dims->route)) + repeat;

	h = h * 31 + rep_hash(rep_span(dims->campaign));
	return h * 31 + rep_hash(rep_span(dims->network));
}

static bool hash_labels(rep_mirror_t *m)
{
	uint32_t *heads = malloc(m->labels_room * sizeof(*heads));

	if(!heads)
		return false;
	free(m->label_heads);
	m->label_heads = heads;
	memset(heads, 0xff, m->labels_room * sizeof(*heads));
	for(uint32_t i = 0; i < m->n_labels; i++) {
		uint32_t *head = &heads[m->labels[i].hash & (m->labels_room - 1)];
		m->labels[i].next = *head;
		*head = i;
	}
	return true;
}

static bool are(
		const struct rep_mirror_labels *l, const rep_dims_t *dims, bool repeat)
{
	return l->repeat == repeat && strcmp(l->dims.route, dims->route) == 0
		   && strcmp(l->dims.campaign, dims->campaign) == 0
		   && strcmp(l->dims.network, dims->network) == 0;
}

static uint32_t labels_of(
		rep_mirror_t *m, const rep_dims_t *dims, bool repeat, bool make)
{
	struct rep_mirror_labels *l;
	uint32_t room = m->labels_room, i;
	uint64_t hash;

	if(m->n_labels && are(&m->labels[m->last_labels], dims, repeat))
		return m->last_labels;
	hash = hash_of(dims, repeat);
	i = m->n_labels ? m->label_heads[hash & (m->labels_room - 1)] : NONE;
	for(; i != NONE; i = l->next) {
		l = &m->labels[i];
		if(l->hash == hash && are(l, dims, repeat))
			return m->last_labels = i;
	}
	if(!make || !grow(&m->labels, sizeof(*m->labels), m->n_labels, &room))
		return NONE;
	if(room != m->labels_room) {
		uint32_t before = m->labels_room;
		m->labels_room = room;
		if(!hash_labels(m)) {
			m->labels_room = before;
			return NONE;
		}
	}
	l = &m->labels[m->n_labels];
	*l = (struct rep_mirror_labels){
			*dims, repeat, hash, m->label_heads[hash & (m->labels_room - 1)]};
	m->label_heads[hash & (m->labels_room - 1)] = m->n_labels;
	return m->n_labels++;
}

static uint32_t writer_of(rep_mirror_t *m, rep_span_t name, bool make)
{
	uint64_t hash = rep_hash(name);
	char *copy;

	for(uint32_t i = 0; i < m->n_writers; i++)
		if(m->writer[i].hash == hash && rep_span_is(name, m->writer[i].name))
			return i;
	if(!make || m->n_writers == WRITERS_MAX
			|| !grow(&m->writer, sizeof(*m->writer), m->n_writers,
					&m->writers_room))
		return NONE;
	copy = strndup(name.s, name.len);
	if(!copy)
		return NONE;
	m->writer[m->n_writers] = (struct rep_mirror_writer){hash, copy};
	return m->n_writers++;
}

/* ---- buckets -------------------------------------------------------------- */

static void free_bucket(rep_mirror_bucket_t *b)
{
	free(b->entry);
	free(b->heads);
	free(b->wide);
	free(b->dirty);
	free(b);
}

void rep_mirror_free(rep_mirror_t *m)
{
	for(uint32_t i = 0; i < m->n; i++)
		free_bucket(m->bucket[i]);
	for(uint32_t i = 0; i < m->n_writers; i++)
		free(m->writer[i].name);
	free(m->bucket);
	free(m->labels);
	free(m->label_heads);
	free(m->writer);
	*m = (rep_mirror_t){0};
}

rep_mirror_bucket_t *rep_mirror_bucket(
		rep_mirror_t *m, uint32_t bucket, bool make)
{
	rep_mirror_bucket_t *b;
	uint32_t at = m->n;

	/* mostly that of the count before, or one of the newest */
	if(m->last_bucket < m->n && m->bucket[m->last_bucket]->bucket == bucket)
		return m->bucket[m->last_bucket];
	while(at > 0 && m->bucket[at - 1]->bucket > bucket)
		at--;
	if(at > 0 && m->bucket[at - 1]->bucket == bucket)
		return m->bucket[m->last_bucket = at - 1];
	if(!make || !grow(&m->bucket, POINTER, m->n, &m->room))
		return NULL;
	b = calloc(1, sizeof(*b));
	if(!b)
		return NULL;
	b->bucket = bucket;
	memmove(&m->bucket[at + 1], &m->bucket[at], (m->n - at) * POINTER);
	m->bucket[at] = b;
	m->n++;
	return b;
}

void rep_mirror_trim(rep_mirror_t *m, uint32_t oldest)
{
	uint32_t gone = 0;

	while(gone < m->n && m->bucket[gone]->bucket < oldest) {
		m->n_dirty -= m->bucket[gone]->n_dirty;
		free_bucket(m->bucket[gone++]);
	}
	if(gone == 0)
		return;
	m->n -= gone;
	memmove(m->bucket, m->bucket + gone, m->n * POINTER);
}

/* ---- counts --------------------------------------------------------------- */

static void counts_of(const rep_mirror_bucket_t *b, const rep_mirror_entry_t *e,
		rep_counts_t *out)
{
	uint32_t place;

	if(e->wide) {
		memcpy(&place, e->n, sizeof(place));
		*out = b->wide[place];
		return;
	}
	for(int o = 0; o < REP_OUTCOMES; o++)
		out->n[o] = e->n[o];
}

static bool set_counts(rep_mirror_bucket_t *b, rep_mirror_entry_t *e,
		const rep_counts_t *counts)
{
	uint32_t place, most = 0;

	for(int o = 0; o < REP_OUTCOMES; o++)
		most |= counts->n[o];
	if(most <= UINT8_MAX && !e->wide) {
		for(int o = 0; o < REP_OUTCOMES; o++)
			e->n[o] = (uint8_t)counts->n[o];
		return true;
	}
	if(!e->wide) {
		if(!grow(&b->wide, sizeof(*b->wide), b->n_wide, &b->wide_room))
			return false;
		place = b->n_wide++;
		memcpy(e->n, &place, sizeof(place));
		e->wide = 1;
	}
	memcpy(&place, e->n, sizeof(place));
	b->wide[place] = *counts;
	return true;
}

static uint64_t calls(const rep_counts_t *counts)
{
	uint64_t sum = 0;

	for(int o = 0; o < REP_OUTCOMES; o++)
		sum += counts->n[o];
	return sum;
}

static uint32_t *head_of(const rep_mirror_bucket_t *b, uint64_t number,
		uint32_t labels, uint32_t stamp)
{
	uint64_t h =
			rep_mix(number ^ (uint64_t)labels << 51 ^ (uint64_t)stamp << 43);

	return &b->heads[h & (b->room - 1)];
}

static bool make_room(rep_mirror_bucket_t *b)
{
	uint32_t room = b->room, *heads;

	if(b->n < b->room)
		return true;
	heads = malloc((room ? room * 2 : 8) * sizeof(*heads));
	if(!heads || !grow(&b->entry, sizeof(*b->entry), b->n, &room)) {
		free(heads);
		return false;
	}
	free(b->heads);
	b->heads = heads;
	b->room = room;
	memset(heads, 0xff, room * sizeof(*heads));
	for(uint32_t i = 0; i < b->n; i++) {
		rep_mirror_entry_t *e = &b->entry[i];
		uint32_t *head = head_of(b, e->number, e->labels, e->stamp);
		e->next = *head;
		*head = i;
	}
	return true;
}

static bool of_cell(
		const rep_mirror_entry_t *e, const rep_cell_t *cell, uint32_t labels)
{
	return e->number == cell->number && e->stamp == cell->stamp
		   && e->labels == labels;
}

/* The place of a count, NONE if there is none. */
static uint32_t find(const rep_mirror_bucket_t *b, const rep_cell_t *cell,
		uint32_t labels, uint32_t writer)
{
	uint32_t i = b->n ? *head_of(b, cell->number, labels, cell->stamp) : NONE;

	while(i != NONE
			&& !(of_cell(&b->entry[i], cell, labels)
					&& b->entry[i].writer == writer))
		i = b->entry[i].next;
	return i;
}

static uint32_t add(rep_mirror_bucket_t *b, const rep_cell_t *cell,
		uint32_t labels, uint32_t writer)
{
	uint32_t *head;

	if(!make_room(b))
		return NONE;
	head = head_of(b, cell->number, labels, cell->stamp);
	b->entry[b->n] = (rep_mirror_entry_t){.number = cell->number,
			.next = *head,
			.labels = labels,
			.stamp = (uint16_t)cell->stamp,
			.writer = (uint16_t)writer};
	*head = b->n;
	return b->n++;
}

static void mark(rep_mirror_t *m, rep_mirror_bucket_t *b, uint32_t at)
{
	if(b->entry[at].dirty
			|| !grow(&b->dirty, sizeof(*b->dirty), b->n_dirty, &b->dirty_room))
		return;
	b->entry[at].dirty = 1;
	b->dirty[b->n_dirty++] = at;
	m->n_dirty++;
}

/* Where the count stands, or is to stand; false without memory. */
static bool place(rep_mirror_t *m, const rep_cell_t *cell, rep_span_t writer,
		rep_mirror_ref_t *out)
{
	uint32_t labels = labels_of(m, &cell->dims, cell->repeat, true);
	uint32_t who = writer_of(m, writer, true);

	out->bucket = rep_mirror_bucket(m, cell->bucket, true);
	if(labels == NONE || who == NONE || !out->bucket)
		return false;
	out->at = find(out->bucket, cell, labels, who);
	if(out->at == NONE)
		out->at = add(out->bucket, cell, labels, who);
	return out->at != NONE;
}

static uint32_t *head_for(
		rep_mirror_t *m, const rep_mirror_bucket_t *b, const rep_cell_t *cell)
{
	uint32_t labels = labels_of(m, &cell->dims, cell->repeat, false);

	return head_of(b, cell->number, labels, cell->stamp);
}

void rep_mirror_expect(rep_mirror_t *m, const rep_cell_t *cells, size_t n)
{
	const rep_mirror_bucket_t *b;

	for(size_t i = 0; i < n; i++) {
		b = rep_mirror_bucket(m, cells[i].bucket, false);
		if(b && b->n)
			__builtin_prefetch(head_for(m, b, &cells[i]));
	}
	for(size_t i = 0; i < n; i++) {
		uint32_t at;

		b = rep_mirror_bucket(m, cells[i].bucket, false);
		at = b && b->n ? *head_for(m, b, &cells[i]) : NONE;
		if(at != NONE)
			__builtin_prefetch(&b->entry[at]);
	}
}

/* The larger of each outcome. */
static rep_merged_t merge(rep_mirror_ref_t *ref, const rep_counts_t *counts)
{
	rep_mirror_bucket_t *b = ref->bucket;
	rep_mirror_entry_t *e = &b->entry[ref->at];
	bool grew = false, less = false;
	rep_counts_t now;
	uint64_t before;

	counts_of(b, e, &now);
	before = calls(&now);
	for(int o = 0; o < REP_OUTCOMES; o++) {
		less |= counts->n[o] < now.n[o];
		grew |= counts->n[o] > now.n[o];
		if(counts->n[o] > now.n[o])
			now.n[o] = counts->n[o];
	}
	if(grew && !set_counts(b, e, &now))
		return REP_MERGED_FULL;
	b->sum += calls(&now) - before;
	e->seen = !less;
	return grew ? REP_MERGED_GREW : less ? REP_MERGED_LESS : REP_MERGED_SAME;
}

rep_merged_t rep_mirror_own(
		rep_mirror_t *m, const rep_cell_t *cell, rep_span_t writer)
{
	rep_mirror_ref_t ref;
	rep_counts_t had;
	rep_merged_t merged;

	if(!place(m, cell, writer, &ref))
		return REP_MERGED_FULL;
	counts_of(ref.bucket, &ref.bucket->entry[ref.at], &had);
	for(int o = 0; o < REP_OUTCOMES; o++)
		if(cell->counts.n[o] < had.n[o])
			return REP_MERGED_LESS;
	merged = merge(&ref, &cell->counts);
	if(merged == REP_MERGED_GREW)
		mark(m, ref.bucket, ref.at);
	return merged;
}

rep_merged_t rep_mirror_read(
		rep_mirror_t *m, const rep_cell_t *cell, rep_span_t writer, bool own)
{
	rep_counts_t counts = cell->counts, had;
	rep_mirror_ref_t ref;

	if(!place(m, cell, writer, &ref))
		return REP_MERGED_FULL;
	if(own) {
		counts_of(ref.bucket, &ref.bucket->entry[ref.at], &had);
		for(int o = 0; o < REP_OUTCOMES; o++)
			if(counts.n[o] > had.n[o]) {
				ref.bucket->odd_sum += counts.n[o] - had.n[o];
				counts.n[o] = had.n[o];
			}
	}
	return merge(&ref, &counts);
}

void rep_mirror_reading(rep_mirror_bucket_t *b)
{
	b->odd = 0;
	b->odd_sum = 0;
	for(uint32_t i = 0; i < b->n; i++)
		b->entry[i].seen = 0;
}

uint32_t rep_mirror_was_read(
		rep_mirror_t *m, rep_mirror_bucket_t *b, rep_span_t own, bool all)
{
	uint32_t missing = 0;

	for(uint32_t i = 0; i < b->n; i++) {
		const char *writer = m->writer[b->entry[i].writer].name;
		if(b->entry[i].seen)
			continue;
		missing++;
		if(all || strncmp(writer, own.s, own.len) == 0)
			mark(m, b, i);
	}
	return missing;
}

size_t rep_mirror_take(rep_mirror_t *m, rep_mirror_ref_t *out, size_t max)
{
	size_t n = 0;

	for(uint32_t i = m->n; i-- > 0 && m->n_dirty > 0 && n < max;)
		while(m->bucket[i]->n_dirty > 0 && n < max) {
			rep_mirror_bucket_t *b = m->bucket[i];
			out[n] = (rep_mirror_ref_t){b, b->dirty[--b->n_dirty]};
			b->entry[out[n++].at].dirty = 0;
			m->n_dirty--;
		}
	return n;
}

void rep_mirror_give_back(
		rep_mirror_t *m, const rep_mirror_ref_t *refs, size_t n)
{
	for(size_t i = 0; i < n; i++)
		mark(m, refs[i].bucket, refs[i].at);
}

void rep_mirror_get(const rep_mirror_t *m, const rep_mirror_ref_t *ref,
		rep_cell_t *cell, rep_span_t *writer)
{
	const rep_mirror_entry_t *e = &ref->bucket->entry[ref->at];
	const struct rep_mirror_labels *labels = &m->labels[e->labels];

	*cell = (rep_cell_t){.number = e->number,
			.bucket = ref->bucket->bucket,
			.stamp = e->stamp,
			.dims = labels->dims,
			.repeat = labels->repeat};
	counts_of(ref->bucket, e, &cell->counts);
	*writer = rep_span(m->writer[e->writer].name);
}

void rep_mirror_others(rep_mirror_t *m, rep_cell_t *cell, rep_span_t own)
{
	uint32_t labels = labels_of(m, &cell->dims, cell->repeat, false);
	uint32_t us = writer_of(m, own, false);
	const rep_mirror_bucket_t *b = rep_mirror_bucket(m, cell->bucket, false);
	uint32_t i =
			b && b->n ? *head_of(b, cell->number, labels, cell->stamp) : NONE;

	cell->counts = (rep_counts_t){0};
	for(; i != NONE; i = b->entry[i].next) {
		rep_counts_t counts;
		if(!of_cell(&b->entry[i], cell, labels) || b->entry[i].writer == us)
			continue;
		counts_of(b, &b->entry[i], &counts);
		for(int o = 0; o < REP_OUTCOMES; o++)
			cell->counts.n[o] += counts.n[o];
	}
}
