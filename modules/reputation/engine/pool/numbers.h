/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The numbers of a pool, as operators say. */

#ifndef REP_NUMBERS_H
#define REP_NUMBERS_H

#include "attrs.h"
#include "handle.h"

/* Loads: a pool is read as a whole (or again after an edit) under a fresh
 * load number; what the load does not name goes at its end. */

/* True when the number is known with attributes of this hash: it is marked
 * as seen in `load` and there is nothing more to do. */
bool rep_pool_same(rep_registry_t *registry, int pool, rep_e164_t number,
		uint64_t hash, uint32_t load);

/* Add the number, or change its attributes; its history stays. Returns 1
 * new, 0 known, -1 the table is full (max_numbers or memory). */
int rep_pool_put(rep_registry_t *registry, int pool, rep_e164_t number,
		const rep_attrs_t *attrs, uint64_t hash, uint32_t load, rep_time_t now);

/* The same number stays as it is although its new attributes are malformed:
 * mark as seen. False when it is unknown. */
bool rep_pool_seen(
		rep_registry_t *registry, int pool, rep_e164_t number, uint32_t load);

/* What an operator wrote of a number, cut at `size`; false, and "", when there
 * is none or the number is not known. */
bool rep_pool_text(rep_registry_t *registry, int pool, rep_e164_t number,
		rep_text_t part, char *out, size_t size);

/* Remove one number; false when unknown. */
bool rep_pool_remove(rep_registry_t *registry, int pool, rep_e164_t number);

/* Remove what was not seen in `load`, looking at up to `slice` numbers from
 * `*cursor` on (start with 0). True when there is more to look at. Those
 * removed are written to `gone` (room for `slice`), their count to `*n`.
 * `drained`: stop at one whose counts are to be drained first. */
bool rep_pool_sweep(rep_registry_t *registry, int pool, uint32_t load,
		bool drained, uint32_t *cursor, uint32_t slice, rep_e164_t *gone,
		size_t *n);

/* The number of the pool whose low 32 bits these are; 0 when there is none, or
 * more than one. For clients that cut numbers down (kamcmd). Looks at every
 * number under the pool's lock. */
rep_e164_t rep_pool_find_cut(rep_registry_t *registry, int pool, uint32_t low);

#endif
