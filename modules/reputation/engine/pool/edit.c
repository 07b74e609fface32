/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The queue of edits. */

#include "edit.h"

bool rep_edit_keep(rep_edit_queue_t *queue)
{
	bool room;

	rep_lock(&queue->lock);
	room = queue->count + queue->kept < REP_EDITS;
	queue->kept += room;
	rep_unlock(&queue->lock);
	return room;
}

void rep_edit_give_up(rep_edit_queue_t *queue)
{
	rep_lock(&queue->lock);
	queue->kept--;
	rep_unlock(&queue->lock);
}

void rep_edit_put(rep_edit_queue_t *queue, const rep_edit_t *edit)
{
	rep_lock(&queue->lock);
	queue->kept--;
	queue->edits[(queue->head + queue->count++) % REP_EDITS] = *edit;
	rep_unlock(&queue->lock);
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
