/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The final reply of each branch of a call, received or made by this proxy:
 * classified, and counted once. Each takes the call's lock and gives it back
 * before it counts. */

#ifndef REP_FINALS_H
#define REP_FINALS_H

#include "modules/tm/tm_load.h"

#include "call_table.h"

/* A reply to the call's INVITE came in. */
void rep_finals_reply(struct cell *t, rep_call_id_t id, struct sip_msg *rpl);
/* Count the finals that this proxy made itself, which no reply tells of; with
 * `at_end`, when the transaction goes, also of branches that never ended. */
void rep_finals_settle(const struct cell *t, rep_call_id_t id, bool at_end);
/* From here on TM ends all branches that still go on: the caller gave up, or a
 * 6xx came. */
void rep_finals_cancel_rest(const struct cell *t, rep_call_id_t id);
/* The caller gets this final status. */
void rep_finals_answer(rep_call_id_t id, int status);

#endif
