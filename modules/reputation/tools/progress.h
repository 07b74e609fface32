/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A bar on a terminal; nothing elsewhere. */

#ifndef REP_REPLAY_PROGRESS_H
#define REP_REPLAY_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct replay_progress
{
	bool on, drawn;
	char what[64];
	int64_t next; /* ms of the monotonic clock */
} replay_progress_t;

/* Draws on the standard error when that is a terminal. */
void replay_progress_init(replay_progress_t *progress);
/* What is under way from here on. */
void replay_progress_of(replay_progress_t *progress, const char *what);
/* `total` below 1: not known. */
void replay_progress(replay_progress_t *progress, uint64_t done, int64_t total);
/* Off the screen, before something else is written. */
void replay_progress_clear(replay_progress_t *progress);

#endif
