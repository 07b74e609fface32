/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How often, and for how long, healthy numbers like the log's would rest. */

#ifndef REP_REPLAY_FIT_H
#define REP_REPLAY_FIT_H

#include "report.h"

/* Measures how much the numbers of each pool differ, makes healthy traffic
 * like it and judges that, with the policy of `base` and then with each
 * combination of `sweep`: the log's calls over and over, until there were more
 * than `calls`. False without memory or policies. */
bool replay_fit(const replay_run_t *base, const replay_sweep_t *sweep,
		uint64_t calls, replay_report_t *report);

#endif
