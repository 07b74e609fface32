/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of the log. */

#ifndef REP_SAY_H
#define REP_SAY_H

#include "handle.h"

/* A line of the log; a warning or worse is the newest trouble, too. */
void rep_say(rep_store_t *store, int level, const char *format, ...)
		__attribute__((format(printf, 3, 4)));

#endif
