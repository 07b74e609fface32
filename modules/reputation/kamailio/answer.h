/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What $rep(...) says in this process. */

#ifndef REP_ANSWER_H
#define REP_ANSWER_H

#include "core/parser/msg_parser.h"

#include "../engine/pool/ticket.h"
#include "call_table.h"

/* What $rep(...) says in this process, for the message of `id` and `pid`. */
typedef struct rep_answer
{
	unsigned int id;
	int pid;
	/* the number picked for this message, as long as the pick stands; of a
	 * call that is watched the table of calls knows more */
	rep_ticket_t picked;
	rep_labels_t labels; /* as the script wrote them */
	/* of the last function */
	char pool[REP_POOL_MAX + 1];
	char route[REP_ROUTE_MAX + 1];
	rep_e164_t number;
	const char *state, *reason; /* static names */
	rep_redress_t redress;		/* of a bench */
	const char *outcome;
	float score;
	bool scored;
	bool refused;		  /* a pick was, and may be tried again */
	uint32_t retry_after; /* after so many s; 0 = nobody knows */
} rep_answer_t;

extern rep_answer_t rep_answer;

/* Ready it for another function, or another message (or an event). What was
 * picked and written for the same message stays. */
void rep_answer_reset(const struct sip_msg *msg);
/* True when it is about this message. */
bool rep_answer_is_for(const struct sip_msg *msg);

#endif
