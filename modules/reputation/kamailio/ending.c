/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "ending.h"

#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

#include "core/pt.h"

static volatile sig_atomic_t held, due; /* due: the signal that came */
static void (*before)(int);				/* what it did: it ends the process */

static void on_end(int signal)
{
	if(held)
		due = signal;
	else
		before(signal);
}

void rep_ending_child(void)
{
	struct sigaction action;

	if(process_no == 0 || sigaction(SIGTERM, NULL, &action) < 0
			|| action.sa_handler == SIG_DFL || action.sa_handler == SIG_IGN
			|| action.sa_handler == on_end)
		return;
	before = action.sa_handler;
	action.sa_handler = on_end;
	sigaction(SIGTERM, &action, NULL);
}

void rep_ending_hold(void)
{
	held++;
	atomic_signal_fence(memory_order_seq_cst);
}

void rep_ending_release(void)
{
	atomic_signal_fence(memory_order_seq_cst);
	held--;
	if(due && !held)
		before(due);
}

static bool gone(void)
{
	for(int i = 1; i < *process_count; i++)
		if(i != process_no && pt[i].pid > 0 && kill(pt[i].pid, 0) == 0)
			return false;
	return true;
}

bool rep_ending_others(int ms)
{
	while(!gone()) {
		if(ms-- <= 0)
			return false;
		usleep(1000);
	}
	return true;
}
