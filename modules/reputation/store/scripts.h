/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The Lua scripts that Redis runs. */

#ifndef REP_SCRIPTS_H
#define REP_SCRIPTS_H

#include "handle.h"
#include "link.h"

/* Begin a call of script `which`; what comes after the number of keys is the
 * caller's to add. */
void rep_script_begin(rep_store_t *store, int which, size_t keys);
/* Make the server, or all of them, know them. */
bool rep_scripts_load(rep_store_t *store, rep_link_t *link);
bool rep_scripts_load_all(rep_store_t *store);

#endif
