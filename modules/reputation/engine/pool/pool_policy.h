/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The policy of a pool in force. */

#ifndef REP_POOL_POLICY_H
#define REP_POOL_POLICY_H

#include "handle.h"
#include "../judge/policy.h"

/* The policy in force from here on. Looks at every number of the pool. */
void rep_pool_set_policy(rep_registry_t *registry, int pool,
		const rep_policy_t *policy, rep_time_t now);
bool rep_pool_policy(rep_registry_t *registry, int pool, rep_policy_t *out);
/* Set its status alone: paused, until that second since 1970 (0 = without an
 * end), or active. */
bool rep_pool_pause(rep_registry_t *registry, int pool, bool paused,
		uint32_t until, rep_time_t now);
/* Set its mode alone. Looks at every number, as the next does. */
bool rep_pool_set_mode(rep_registry_t *registry, int pool, rep_mode_t mode);
bool rep_pool_observes(rep_registry_t *registry, int pool);
/* Its default_country alone. */
bool rep_pool_country(rep_registry_t *registry, int pool, char out[3]);

/* The pool's clock: seconds to add to UTC for its `time_zone`, now. */
void rep_pool_set_utc_offset(
		rep_registry_t *registry, int pool, int32_t seconds);

#endif
