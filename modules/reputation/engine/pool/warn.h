/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A number that goes out with less attestation than the policy asks for. */

#ifndef REP_WARN_H
#define REP_WARN_H

#include "pool.h"

/* Number `i` goes out on the route of this label: announced, if its attestation
 * there is less than `warn_attest_below`. A number once a day, a pool once a
 * minute. */
void rep_number_warn(
		rep_pool_t *pool, uint32_t i, rep_span_t label, rep_time_t now);

#endif
