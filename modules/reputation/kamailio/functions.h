/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The script functions, as KEMI calls them. docs/functions.md is their
 * manual; return values stand there. */

#ifndef REP_FUNCTIONS_H
#define REP_FUNCTIONS_H

#include "core/parser/msg_parser.h"

#include "../engine/base/types.h"

/* What $rep(...) says in this process, for the message of `id` and `pid`. */
typedef struct rep_answer
{
	unsigned int id;
	int pid;
	char pool[REP_POOL_MAX + 1];
	char route[REP_ROUTE_MAX + 1];
	rep_e164_t number;
	const char *state, *reason; /* static names */
	const char *outcome;
	float score;
	bool scored;
	bool picked; /* `number` is this call's */
} rep_answer_t;

extern rep_answer_t rep_answer;

/* Ready it for another message (or an event). */
void rep_answer_reset(const struct sip_msg *msg);
/* True when it is about this message. */
bool rep_answer_is_for(const struct sip_msg *msg);

int ki_pick(struct sip_msg *msg, str *pool, str *callee, str *route);
int ki_apply(struct sip_msg *msg);
int ki_track(struct sip_msg *msg, str *pool, str *number, str *route);
int ki_report(struct sip_msg *msg, str *pool, str *number, str *outcome);
int ki_bench(struct sip_msg *msg, str *pool, str *number, int seconds);
int ki_release(struct sip_msg *msg, str *pool, str *number);
int ki_state(struct sip_msg *msg, str *pool, str *number);

/* The number that stands in From because the script replaced it; 0 = none. */
rep_e164_t rep_applied(struct sip_msg *msg);
int rep_apply_init(void); /* binds uac; mod_init. 0, or -1 */

#endif
