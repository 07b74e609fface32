/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the store tells of itself, in its status. */

#ifndef REP_PUBLISH_H
#define REP_PUBLISH_H

#include "handle.h"

/* Figures of the link and of the pools, as they are now. */
void rep_publish(rep_store_t *store);

#endif
