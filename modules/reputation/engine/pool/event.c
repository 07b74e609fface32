/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ring of events. */

#include "event.h"

static const char *const names[REP_EVENTS] = {
		[REP_EVENT_BENCHED] = "benched",
		[REP_EVENT_RELEASED] = "released",
		[REP_EVENT_POOL_ALARM] = "pool-alarm",
		[REP_EVENT_POOL_ALARM_OVER] = "pool-alarm-over",
		[REP_EVENT_POOL_EXHAUSTED] = "pool-exhausted",
		[REP_EVENT_POOL_EXHAUSTED_OVER] = "pool-exhausted-over",
		[REP_EVENT_REFUSED] = "caller-id-refused",
		[REP_EVENT_ATTEST_BELOW] = "attest-below",
};

const char *rep_event_name(rep_event_kind_t kind)
{
	return (unsigned)kind < REP_EVENTS ? names[kind] : "none";
}

void rep_event_announce(rep_event_ring_t *ring, const rep_event_t *event)
{
	rep_lock(&ring->lock);
	ring->events[ring->count++ % REP_EVENT_RING] = *event;
	if(!event->adopted && (unsigned)event->kind < REP_EVENTS)
		ring->own[event->kind]++;
	rep_unlock(&ring->lock);
}

void rep_events_own(rep_event_ring_t *ring, uint64_t out[REP_EVENTS])
{
	rep_lock(&ring->lock);
	memcpy(out, ring->own, sizeof(ring->own));
	rep_unlock(&ring->lock);
}

size_t rep_events_read(
		rep_event_ring_t *ring, uint64_t *cursor, rep_event_t *out, size_t max)
{
	size_t n = 0;

	rep_lock(&ring->lock);
	if(ring->count > REP_EVENT_RING && *cursor < ring->count - REP_EVENT_RING)
		*cursor = ring->count - REP_EVENT_RING;
	while(n < max && *cursor < ring->count)
		out[n++] = ring->events[(*cursor)++ % REP_EVENT_RING];
	rep_unlock(&ring->lock);
	return n;
}
