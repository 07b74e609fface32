/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A pool file into the registry. */

#ifndef REP_POOL_LOAD_H
#define REP_POOL_LOAD_H

#include "../engine/base/types.h"
#include "../engine/pool/handle.h"

/* Put the file's pools into the registry under load number `load` (not used
 * before in this registry): pools and numbers that it does not name go. Bad
 * fields and numbers are told and passed over; a number that is known keeps
 * its last good attributes. 0, or -1 as above, nothing being changed. */
int rep_pool_file_load(const char *path, rep_registry_t *registry,
		uint32_t load, rep_time_t now,
		void (*error)(void *ctx, const char *sentence), void *ctx);

#endif
