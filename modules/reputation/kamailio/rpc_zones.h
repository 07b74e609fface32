/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What reputation.try says of the callee's time. */

#ifndef REP_RPC_ZONES_H
#define REP_RPC_ZONES_H

#include "core/rpc.h"

#include "../engine/judge/policy.h"

/* Adds `zones`: each zone that the callee may be in, the time there and whether
 * it is quiet; and where quiet hours refuse the callee, `quiet_until`, if
 * somebody can say. */
void rep_rpc_zones(
		rpc_t *rpc, void *item, const rep_policy_t *policy, rep_e164_t callee);

#endif
