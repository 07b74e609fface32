/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Edits made by RPC, written where an operator would have written them. */

#ifndef REP_EDITS_SYNC_H
#define REP_EDITS_SYNC_H

#include "handle.h"
#include "../engine/base/types.h"

/* False when they could not be written; they are kept, in their order. */
bool rep_edits_write(rep_store_t *store);

#endif
