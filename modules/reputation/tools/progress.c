/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define EVERY 100 /* ms */
#define WIDTH 40

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void replay_progress_init(replay_progress_t *progress)
{
	*progress = (replay_progress_t){.on = isatty(STDERR_FILENO)};
}

void replay_progress_of(replay_progress_t *progress, const char *what)
{
	replay_progress_clear(progress);
	snprintf(progress->what, sizeof(progress->what), "%s", what);
}

void replay_progress(replay_progress_t *progress, uint64_t done, int64_t total)
{
	char bar[WIDTH + 1];
	double share = total > 0 ? (double)done / (double)total : 0;
	int full, i;

	if(!progress->on || now_ms() < progress->next)
		return;
	progress->next = now_ms() + EVERY;
	progress->drawn = true;
	if(total < 1) {
		fprintf(stderr, "\r\033[K%s %llu", progress->what,
				(unsigned long long)done);
		return;
	}
	full = (int)((share > 1 ? 1 : share) * WIDTH);
	for(i = 0; i < WIDTH; i++)
		bar[i] = i < full ? '#' : '.';
	bar[WIDTH] = '\0';
	fprintf(stderr, "\r\033[K%s [%s] %3.0f%%", progress->what, bar,
			share * 100);
}

void replay_progress_clear(replay_progress_t *progress)
{
	if(!progress->drawn)
		return;
	fputs("\r\033[K", stderr);
	progress->drawn = false;
}
