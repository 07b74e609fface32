/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A set with two choices of line. */

#include "seen.h"

_Static_assert(sizeof(rep_seen_line_t) == 64, "a cache line");

/* What a line has to offer. */
typedef struct offer
{
	rep_seen_line_t *line;
	int place;	/* what would be forgotten first */
	int free;	/* places */
	bool found; /* the fingerprint */
} offer_t;

static offer_t look(
		const rep_seen_t *seen, uint32_t half, uint64_t print, uint32_t now)
{
	offer_t o = {&seen->lines[(uint64_t)half * seen->n >> 32], 0, 0, false};

	for(int i = 0; i < REP_SEEN_WAYS; i++) {
		if(o.line->until[i] <= now)
			o.free++;
		else if(o.line->print[i] == print)
			o.found = true;
		if(o.line->until[i] < o.line->until[o.place])
			o.place = i;
	}
	return o;
}

static bool better(const offer_t *a, const offer_t *b)
{
	if(a->free || b->free)
		return a->free > b->free;
	return a->line->until[a->place] < b->line->until[b->place];
}

bool rep_seen_before(
		rep_seen_t *seen, uint64_t print, uint32_t until, uint32_t now)
{
	offer_t a = look(seen, (uint32_t)print, print, now), b;

	if(a.found)
		return true;
	b = look(seen, (uint32_t)(print >> 32), print, now);
	if(b.found)
		return true;
	if(better(&b, &a))
		a = b;
	seen->gave_way += a.free == 0;
	a.line->print[a.place] = print;
	a.line->until[a.place] = until;
	return false;
}
