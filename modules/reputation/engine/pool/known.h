/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which numbers' verdicts were read from where they are shared. One that was
 * not is not picked (REP_PICK_LOADING) while it could be read, unless policy
 * `on_unknown` = `use`: it may rest. */

#ifndef REP_KNOWN_H
#define REP_KNOWN_H

#include "handle.h"
#include "../base/types.h"

/* What is shared can be read (true), or is out of reach: then numbers are used
 * by what is known. At first it is out of reach. */
void rep_registry_reach(rep_registry_t *registry, bool reach, rep_time_t now);

/* Not 0: there are numbers, or the pool is new, whose verdicts were not read.
 * To be asked for before they are read and handed to rep_pool_known() when they
 * have all been adopted. */
uint32_t rep_pool_unknown(rep_registry_t *registry, int pool);

/* The verdicts of all numbers that the pool had at rep_pool_unknown() = `mark`
 * have been adopted: these may be picked. */
void rep_pool_known(
		rep_registry_t *registry, int pool, uint32_t mark, rep_time_t now);

#endif
