/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers that were removed and may come back within the life of a process.
 * Their counts start at zero again, so that they must be written under
 * another writer's name, or the earlier ones would be overwritten. */

#ifndef REP_LIVES_H
#define REP_LIVES_H

#include "../engine/base/types.h"

struct rep_life
{
	uint64_t key;
	uint32_t life;
};

/* All zero is empty. */
typedef struct rep_lives
{
	struct rep_life *slot;
	size_t used, size;
} rep_lives_t;

/* How often the number was removed. */
uint32_t rep_lives_get(const rep_lives_t *lives, int pool, rep_e164_t number);
/* It was removed once more; false when there is no memory. */
bool rep_lives_add(rep_lives_t *lives, int pool, rep_e164_t number);
void rep_lives_free(rep_lives_t *lives);

#endif
