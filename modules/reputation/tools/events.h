/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events as they happen: a line each. */

#ifndef REP_REPLAY_EVENTS_H
#define REP_REPLAY_EVENTS_H

#include "report.h"

/* A replay_run_t's `event`; `ctx` is the report. */
void replay_report_event(
		void *ctx, rep_registry_t *registry, const rep_event_t *event);

#endif
