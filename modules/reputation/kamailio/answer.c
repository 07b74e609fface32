/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What $rep(...) says in this process. */

#include "answer.h"

rep_answer_t rep_answer;

void rep_answer_reset(const struct sip_msg *msg)
{
	size_t kept = rep_answer_is_for(msg) ? offsetof(rep_answer_t, pool) : 0;

	memset((char *)&rep_answer + kept, 0, sizeof(rep_answer) - kept);
	rep_answer.id = msg->id;
	rep_answer.pid = msg->pid;
}

bool rep_answer_is_for(const struct sip_msg *msg)
{
	return rep_answer.id == msg->id && rep_answer.pid == msg->pid;
}
