/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The queue of edits. */

#include "edit.h"

bool rep_edit_put(rep_edit_queue_t *queue, const rep_edit_t *edit)
{
	bool room;

	rep_lock(&queue->lock);
	room = queue->count < REP_EDITS;
	if(room)
		queue->edits[(queue->head + queue->count++) % REP_EDITS] = *edit;
	rep_unlock(&queue->lock);
	return room;
}

bool rep_edit_drain(rep_edit_queue_t *queue, rep_edit_t *edit)
{
	bool any;

	rep_lock(&queue->lock);
	any = queue->count > 0;
	if(any) {
		*edit = queue->edits[queue->head];
		queue->head = (queue->head + 1) % REP_EDITS;
		queue->count--;
	}
	rep_unlock(&queue->lock);
	return any;
}
