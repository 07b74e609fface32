/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The fleet's secret in Redis: "PREFIX:x:secret". */

#ifndef REP_SECRET_SYNC_H
#define REP_SECRET_SYNC_H

#include <stdbool.h>

#include "handle.h"

/* Take over what stands there, or leave ours where there is none: so the
 * marks of calls in flight stay good when Redis comes back empty. Nothing is
 * said when it is refused: each proxy then believes only its own marks. */
bool rep_secret_sync(rep_store_t *store);

#endif
