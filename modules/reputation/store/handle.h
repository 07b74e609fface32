/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The store as other rooms see it. */

#ifndef REP_HANDLE_H
#define REP_HANDLE_H

typedef struct rep_store rep_store_t;

#endif
