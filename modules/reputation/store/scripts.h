/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The Lua scripts that Redis runs. */

#ifndef REP_SCRIPTS_H
#define REP_SCRIPTS_H

#include "handle.h"
#include "link.h"

/* Call script `which`: args hold everything after the script's name, so the
 * caller begins with rep_script_begin(). */
void rep_script_begin(rep_store_t *store, int which, size_t keys);
redisReply *rep_script_call(rep_store_t *store, int which);
bool rep_scripts_load(rep_store_t *store);

#endif
