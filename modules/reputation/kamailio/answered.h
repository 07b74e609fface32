/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Answered dialogs, remembered until their BYE or for some hours: until it is
 * known whether the call was short, to its end where a pool limits calls at
 * once, and then for a BYE that says that the call was unwanted. */

#ifndef REP_ANSWERED_H
#define REP_ANSWERED_H

#include "../engine/pool/begun.h"
#include "../engine/pool/handle.h"
#include "../engine/pool/ticket.h"
#include "../engine/reply/outcome.h"

/* So long (ms) is a dialog remembered, and a late BYE believed. */
#define REP_ANSWERED_MS (4 * 3600 * (rep_time_t)1000)

struct rep_answered;

typedef struct rep_answered_stats
{
	uint32_t calls; /* may still be short, or are held to their end */
	uint32_t max;
	uint64_t full;
} rep_answered_stats_t;

/* A dialog as a BYE names it (RFC 3261, 12): Call-ID and both tags. */
typedef struct rep_dialog
{
	uint64_t a, b;
} rep_dialog_t;

rep_dialog_t rep_dialog_of(
		rep_span_t call_id, rep_span_t caller_tag, rep_span_t callee_tag);

struct rep_answered *rep_answered_create(uint32_t max_calls);
void rep_answered_destroy(struct rep_answered *answered);

/* Deadlines are by a clock that is never set (`mono`, ms), evidence by the
 * wall clock (`now`). */

/* A call was answered. Takes over the ticket: its outcome is counted, and it
 * is hung up, here. `short_call_ms` 0: it is known already, `outcome`; else that
 * is REP_ANSWERED, or it was short. When the table is full
 * of calls that wait it is counted as answered now. A dialog that comes again
 * with the same number and pool, as in a spiral, is one call. */
void rep_answered_put(struct rep_answered *answered, rep_registry_t *registry,
		rep_dialog_t dialog, const rep_ticket_t *ticket, rep_outcome_t outcome,
		uint32_t short_call_ms, rep_time_t now, rep_time_t mono);

/* The call ended. `unwanted`: by a BYE of the callee with Reason SIP 607
 * (RFC 8197); said once a dialog. False when the dialog is not remembered
 * (any more). */
bool rep_answered_bye(struct rep_answered *answered, rep_registry_t *registry,
		rep_dialog_t dialog, bool unwanted, rep_time_t now, rep_time_t mono);

/* An outcome learnt elsewhere: instead of `short` or `answered` while neither is
 * counted, else in addition. False when the dialog is not remembered. */
bool rep_answered_outcome(struct rep_answered *answered,
		rep_registry_t *registry, rep_dialog_t dialog, rep_outcome_t outcome,
		rep_time_t now, rep_time_t mono);

/* Calls that are no longer short are counted as answered. */
void rep_answered_tick(struct rep_answered *answered, rep_registry_t *registry,
		rep_time_t now, rep_time_t mono);

/* The proxy ends: nobody will learn whether the calls that may still be short
 * were. They are counted as answered, which they are as far as is known. */
void rep_answered_settle(struct rep_answered *answered,
		rep_registry_t *registry, rep_time_t now, rep_time_t mono);

/* What is new of the calls that may still be short. */
void rep_answered_news(struct rep_answered *answered, rep_begun_news_t *news);

/* Is every dialog known that was answered after `since` (wall clock) and has
 * not ended? Not if one that young was forgotten. */
bool rep_answered_complete(struct rep_answered *answered, rep_time_t since);

/* True the first time that it is asked of a dialog; remembered like one. */
bool rep_answered_first(struct rep_answered *answered, rep_dialog_t dialog,
		rep_time_t now, rep_time_t mono);

void rep_answered_stats(
		struct rep_answered *answered, rep_answered_stats_t *out);

#endif
