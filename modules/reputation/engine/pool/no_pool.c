/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pools that there are not. */

#include "no_pool.h"

#include <stdio.h>

#include "pools.h"
#include "refusals.h"

/* The last place is that of all further names. */
#define OTHERS (REP_NO_POOLS - 1)

/* The name as it is shown: no byte of a caller's gets into a log as it is. */
static void show(rep_span_t name, char out[REP_POOL_MAX + 1])
{
	size_t n = name.len < REP_POOL_MAX ? name.len : REP_POOL_MAX;

	for(size_t i = 0; i < n; i++)
		out[i] = rep_pool_name_fits((rep_span_t){name.s + i, 1}) ? name.s[i]
																 : '?';
	out[n] = '\0';
	if(n == 0)
		strcpy(out, "?");
}

/* Its place, or the one that it is to have. */
static rep_no_pool_t *place_of(rep_registry_t *registry, const char *name)
{
	rep_no_pool_t *at = registry->no_pool.at, *free = NULL;

	for(unsigned i = 0; i < OTHERS; i++) {
		if(at[i].since && strcmp(at[i].name, name) == 0)
			return &at[i];
		if(!at[i].since && !free)
			free = &at[i];
	}
	return free ? free : &at[OTHERS];
}

void rep_registry_refused(rep_registry_t *registry, rep_pick_t why)
{
	atomic_fetch_add(&registry->refused[why], 1);
}

void rep_no_pool_refused(
		rep_registry_t *registry, rep_span_t name, rep_time_t now)
{
	char shown[REP_POOL_MAX + 1];
	rep_no_pool_t *u;

	show(name, shown);
	rep_registry_refused(registry, REP_PICK_UNKNOWN_POOL);
	rep_lock(&registry->no_pool.lock);
	u = place_of(registry, shown);
	if(!u->since) {
		*u = (rep_no_pool_t){.since = now};
		strcpy(u->name, u == &registry->no_pool.at[OTHERS] ? REP_NO_POOL_OTHERS
														   : shown);
	}
	u->calls++;
	u->last = now;
	rep_unlock(&registry->no_pool.lock);
}

static void announce(rep_registry_t *registry, const rep_no_pool_t *u,
		rep_event_kind_t kind, rep_time_t now)
{
	rep_event_t event = {.kind = kind,
			.pool = REP_NO_POOL,
			.at = now,
			.reason = REP_REASON_NONE,
			.stop = REP_PICK_UNKNOWN_POOL,
			.outcome = REP_OUTCOMES,
			.since = u->since,
			.refused = u->calls};

	if(kind == REP_EVENT_POOL_EXHAUSTED_OVER)
		event.until = u->last;
	memcpy(event.detail, u->name, sizeof(u->name));
	rep_event_announce(&registry->events, &event);
}

/* What is to be announced is copied out of the lock. */
static bool check(rep_registry_t *registry, rep_no_pool_t *u, rep_time_t now,
		rep_no_pool_t *out, rep_event_kind_t *kind)
{
	bool any = false;

	rep_lock(&registry->no_pool.lock);
	if(u->since && u->last > now) /* the clock was set back */
		u->last = now;
	*out = *u;
	if(u->since && !u->told) {
		*kind = REP_EVENT_POOL_EXHAUSTED;
		any = u->told = true;
	} else if(u->since
			  && (now - u->last >= REP_REFUSALS_QUIET
					  || rep_registry_find(registry, rep_span(u->name))
								 != REP_NO_POOL)) {
		*kind = REP_EVENT_POOL_EXHAUSTED_OVER;
		any = true;
		u->since = 0;
	}
	rep_unlock(&registry->no_pool.lock);
	return any;
}

void rep_no_pools_tick(rep_registry_t *registry, rep_time_t now)
{
	rep_event_kind_t kind;
	rep_no_pool_t u;

	for(unsigned i = 0; i < REP_NO_POOLS; i++)
		if(check(registry, &registry->no_pool.at[i], now, &u, &kind))
			announce(registry, &u, kind, now);
}

size_t rep_no_pools_list(
		rep_registry_t *registry, rep_no_pool_view_t *out, size_t max)
{
	size_t n = 0;

	rep_lock(&registry->no_pool.lock);
	for(unsigned i = 0; i < REP_NO_POOLS && n < max; i++) {
		const rep_no_pool_t *u = &registry->no_pool.at[i];
		if(!u->since)
			continue;
		out[n] = (rep_no_pool_view_t){
				.since = u->since, .last = u->last, .calls = u->calls};
		memcpy(out[n++].name, u->name, sizeof(u->name));
	}
	rep_unlock(&registry->no_pool.lock);
	return n;
}
