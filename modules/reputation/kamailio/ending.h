/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How Kamailio's processes end: all get SIGTERM at once, and the core's handler
 * ends each on the spot, whatever it is in the middle of. Its first process
 * waits for the others, then destroys the modules. */

#ifndef REP_ENDING_H
#define REP_ENDING_H

#include <stdbool.h>

/* From here on this process ends only where it holds nothing; child_init. The
 * first one goes on as it did. */
void rep_ending_child(void);

/* Between these two it does not end; the last release makes up for it. They
 * nest; each lock is held by them (mem.c), so that nobody waits in vain for one
 * that a process took along. Never over I/O or a script. */
void rep_ending_hold(void);
void rep_ending_release(void);

/* Waits until all processes but this and the first one are gone; false when
 * some are still there after `ms`. */
bool rep_ending_others(int ms);

#endif
