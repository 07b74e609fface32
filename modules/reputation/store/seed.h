/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pool file into a Redis that has no rep:pools. */

#ifndef REP_SEED_H
#define REP_SEED_H

#include "handle.h"
#include "../engine/base/types.h"

bool rep_seed(rep_store_t *store);

#endif
