/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What $rep(...) says in this process. */

#include "answer.h"

rep_answer_t rep_answer;

void rep_answer_reset(const struct sip_msg *msg)
{
	memset(&rep_answer, 0, sizeof(rep_answer));
	rep_answer.id = msg->id;
	rep_answer.pid = msg->pid;
}

bool rep_answer_is_for(const struct sip_msg *msg)
{
	return rep_answer.id == msg->id && rep_answer.pid == msg->pid;
}
