/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Answered calls, remembered until it is known whether they were short, and
 * to their end where a pool limits calls at once. */

#ifndef REP_ANSWERED_H
#define REP_ANSWERED_H

#include "../engine/pool/handle.h"
#include "../engine/pool/ticket.h"

struct rep_answered;

typedef struct rep_answered_stats
{
	uint32_t calls, max;
	uint64_t full;
} rep_answered_stats_t;

/* A dialog as a BYE names it: Call-ID and the callee's tag. */
typedef struct rep_dialog
{
	uint64_t a, b;
} rep_dialog_t;

rep_dialog_t rep_dialog_of(rep_span_t call_id, rep_span_t callee_tag);

struct rep_answered *rep_answered_create(uint32_t max_calls);
void rep_answered_destroy(struct rep_answered *answered);

/* Deadlines are by a clock that is never set (`mono`, ms), evidence by the
 * wall clock (`now`). */

/* A call was answered. Takes over the ticket: its outcome is counted, and it
 * is hung up, here. When the table is full it is counted as answered now. */
void rep_answered_put(struct rep_answered *answered, rep_registry_t *registry,
		rep_dialog_t dialog, const rep_ticket_t *ticket, uint32_t short_call_ms,
		rep_time_t now, rep_time_t mono);

/* The call ended. `unwanted`: by a BYE with Reason SIP 607 (RFC 8197). False
 * when the call is not remembered (any more). */
bool rep_answered_bye(struct rep_answered *answered, rep_registry_t *registry,
		rep_dialog_t dialog, bool unwanted, rep_time_t now, rep_time_t mono);

/* Calls that are no longer short are counted as answered. */
void rep_answered_tick(struct rep_answered *answered, rep_registry_t *registry,
		rep_time_t now, rep_time_t mono);

/* True the first time that it is asked of a dialog (of the newest 1024). */
bool rep_answered_first(struct rep_answered *answered, rep_dialog_t dialog);

void rep_answered_stats(
		struct rep_answered *answered, rep_answered_stats_t *out);

#endif
