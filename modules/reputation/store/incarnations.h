/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers that were removed and may come back within the life of a process.
 * Their counts start at zero again, so that they must be written under
 * another writer's name, or the earlier ones would be overwritten. */

#ifndef REP_INCARNATIONS_H
#define REP_INCARNATIONS_H

#include "../engine/base/types.h"

struct rep_incarnation
{
	uint64_t key;
	uint32_t life;
};

/* All zero is empty. */
typedef struct rep_incarnations
{
	struct rep_incarnation *slot;
	size_t used, size;
} rep_incarnations_t;

/* How often the number was removed. */
uint32_t rep_incarnations_get(
		const rep_incarnations_t *incarnations, int pool, rep_e164_t number);
/* It was removed once more; false when there is no memory. */
bool rep_incarnations_add(
		rep_incarnations_t *incarnations, int pool, rep_e164_t number);
void rep_incarnations_free(rep_incarnations_t *incarnations);

#endif
