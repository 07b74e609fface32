/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The queue of edits. */

#include "edit.h"

#include "pool.h"

bool rep_edit_put(rep_registry_t *registry, const rep_edit_t *edit)
{
	bool room;

	rep_lock(&registry->event_lock);
	room = registry->edit_count < REP_EDITS;
	if(room)
		registry->edits[(registry->edit_head + registry->edit_count++)
						% REP_EDITS] = *edit;
	rep_unlock(&registry->event_lock);
	return room;
}

bool rep_edit_drain(rep_registry_t *registry, rep_edit_t *edit)
{
	bool any;

	rep_lock(&registry->event_lock);
	any = registry->edit_count > 0;
	if(any) {
		*edit = registry->edits[registry->edit_head];
		registry->edit_head = (registry->edit_head + 1) % REP_EDITS;
		registry->edit_count--;
	}
	rep_unlock(&registry->event_lock);
	return any;
}
