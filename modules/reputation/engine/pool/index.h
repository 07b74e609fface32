/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a number to its slot: a chained hash table, doubled a little at a time. */

#ifndef REP_INDEX_H
#define REP_INDEX_H

#include "pool.h"

/* Index of a number, or REP_NONE. */
uint32_t rep_number_find(const rep_pool_t *pool, rep_e164_t e164);

/* A number will be asked for in a moment: has its place in the index brought
 * nearer, and after that the number. Finding one is mostly waiting for memory,
 * and many can be waited for at a time. */
void rep_index_expect(const rep_pool_t *pool, rep_e164_t e164);
void rep_number_expect(const rep_pool_t *pool, rep_e164_t e164);

/* The pool with its lock held and the number's index; NULL (nothing held) when
 * either is unknown. */
rep_pool_t *rep_number_lock(
		rep_registry_t *registry, int pool, rep_e164_t e164, uint32_t *i);

/* Index of a ticket's number, or REP_NONE when it is gone. */
uint32_t rep_number_index(const rep_pool_t *pool, const rep_ticket_t *ticket);

/* Make room for one more; 0, or -1 without memory for any. */
int rep_index_grow(rep_pool_t *pool);
/* After rep_index_grow(); the slot's `e164` is set. */
void rep_index_add(rep_pool_t *pool, uint32_t i);
void rep_index_remove(rep_pool_t *pool, uint32_t i);

#endif
