/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What tests can do to the memory of core/mem.h. */

#ifndef REP_MEM_TEST_H
#define REP_MEM_TEST_H

/* Let `n` more allocations succeed and fail those after; n < 0 = never. */
void rep_alloc_fail_after(long n);

/* Blocks allocated and not freed yet. */
long rep_alloc_live(void);

#endif
