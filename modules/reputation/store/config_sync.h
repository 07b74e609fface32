/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What operators say: rep:pools, and the policies and numbers of its pools. */

#ifndef REP_CONFIG_SYNC_H
#define REP_CONFIG_SYNC_H

#include "handle.h"
#include "../engine/base/types.h"

/* A bounded step of what is wanted; true when there is more to do now. */
bool rep_config_sync_step(rep_store_t *store);

#endif
