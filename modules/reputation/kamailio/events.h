/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the housekeeping process does: time, edges, event routes. */

#ifndef REP_EVENTS_H
#define REP_EVENTS_H

/* Looks up the event routes; mod_init. */
void rep_events_init(void);

/* Runs what is due. From the timer process, every 100 ms. */
void rep_events_tick(void);

#endif
