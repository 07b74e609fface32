/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the store is doing. */

#include "status.h"

#include <stdio.h>

int rep_store_status_init(rep_store_status_t *status)
{
	return rep_lock_init(&status->lock);
}

void rep_store_status_destroy(rep_store_status_t *status)
{
	rep_lock_destroy(&status->lock);
}

void rep_store_status_read(rep_store_status_t *status, rep_store_status_t *out)
{
	rep_lock(&status->lock);
	*out = *status;
	rep_unlock(&status->lock);
}

const char *rep_link_state_name(rep_link_state_t state)
{
	static const char *const names[] = {
			"none", "connecting", "connected", "disconnected"};

	return state <= REP_LINK_DISCONNECTED ? names[state] : "?";
}

const char *rep_follow_name(rep_follow_t follow)
{
	static const char *const names[] = {"none", "tracking", "polling"};

	return follow <= REP_FOLLOW_POLLING ? names[follow] : "?";
}

void rep_status_want(rep_store_status_t *s, int pool)
{
	rep_lock(&s->lock);
	for(int i = 0; i < REP_POOLS_MAX; i++)
		s->wanted[i] = s->wanted[i] || pool == REP_NO_POOL || pool == i;
	rep_unlock(&s->lock);
}

bool rep_status_wanted(rep_store_status_t *s, int pool)
{
	bool wanted;

	rep_lock(&s->lock);
	wanted = s->wanted[pool];
	s->wanted[pool] = false;
	rep_unlock(&s->lock);
	return wanted;
}

void rep_status_link(
		rep_store_status_t *s, rep_link_state_t state, rep_time_t now)
{
	rep_lock(&s->lock);
	if(s->link != state)
		s->since = now;
	s->link = state;
	rep_unlock(&s->lock);
}

void rep_status_error(rep_store_status_t *s, const char *text, rep_time_t now)
{
	rep_lock(&s->lock);
	snprintf(s->last_error, sizeof(s->last_error), "%s", text);
	s->last_error_at = now;
	rep_unlock(&s->lock);
}
