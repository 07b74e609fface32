/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What tests can do to the memory and the locks of engine/base/mem.h. */

#ifndef REP_MEM_TEST_H
#define REP_MEM_TEST_H

/* Let `n` more allocations succeed and fail those after; n < 0 = never. */
void rep_alloc_fail_after(long n);

/* Let rep_scarce() say yes once so many bytes were asked about; < 0 = never. */
void rep_scarce_after(long bytes);

/* Blocks allocated and not freed yet. */
long rep_alloc_live(void);

/* Let `n` more locks be made and fail those after; n < 0 = never. */
void rep_lock_fail_after(long n);

/* Locks taken and not given back yet. Taking one twice, giving back one that
 * is not held, and ending with one held each end the process with a message. */
long rep_locks_held(void);

#endif
