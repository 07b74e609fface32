/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The module's figures among Kamailio's own counters (core/counters.h): for
 * stats.fetch, stats.get_statistics and xhttp_prom. */

#ifndef REP_COUNTERS_H
#define REP_COUNTERS_H

/* Register the group `reputation`: before Kamailio forks. 0, or -1. */
int rep_counters_init(void);

#endif
