/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A pool's shared history as a whole: at the start, after a reconnect, after a
 * gap in the feed, and when new numbers came. In slices, one pool at a time, so
 * that pushes and edits go on meanwhile. */

#ifndef REP_RESYNC_H
#define REP_RESYNC_H

#include "handle.h"
#include "../engine/base/types.h"

/* One slice; true when there is more to do now. */
bool rep_resync_step(rep_store_t *store);
void rep_resync_abort(rep_store_t *store);

#endif
