/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the calls of each campaign and to each network came to. */

#ifndef REP_REPLAY_LABELS_H
#define REP_REPLAY_LABELS_H

#include <stdio.h>

#include "calls.h"

/* As JSON lines or in columns; nothing where the log has no such labels. */
void replay_report_labels(FILE *out, bool json, const replay_calls_t *calls);

#endif
