/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A callee speaks once: an outcome that the same callee has given the same
 * number already, within the pool's window, is no new evidence. Who has spoken
 * is kept in one table of fixed size for all pools, as fingerprints under a
 * secret key: it holds no number, and without the key nobody can try numbers
 * on it. When it is full those give way that would be forgotten first: such a
 * callee may speak again.
 *
 * The table has locks of its own, which are taken last and given back before a
 * function returns. */

#ifndef REP_CALLEES_H
#define REP_CALLEES_H

#include "handle.h"
#include "ticket.h"
#include "../reply/outcome.h"

/* What proxies tell each other. */
typedef struct rep_callee
{
	uint64_t print;
	uint32_t until; /* minutes since 1970: forgotten from then on */
} rep_callee_t;

typedef struct rep_callees_stats
{
	uint32_t max;
	uint64_t repeats;  /* calls that were no new evidence */
	uint64_t gave_way; /* fingerprints that others took the place of */
	size_t bytes;
} rep_callees_stats_t;

/* Room for `max` fingerprints, with a key that is drawn from nothing: see
 * below. Before the registry is in use. Without it nobody is remembered. False
 * without memory. */
bool rep_callees_create(rep_registry_t *registry, uint32_t max);
void rep_callees_destroy(rep_registry_t *registry);
void rep_callees_stats(rep_registry_t *registry, rep_callees_stats_t *out);

/* The secret that the key is made of; the same on all proxies that share. Who
 * spoke under another one may speak again. */
void rep_callees_key(rep_registry_t *registry, rep_span_t secret);

/* Says whom the ticket's call goes to: an E.164 number, or whatever stands for
 * one; 0 = unknown, and its outcome is always evidence. */
void rep_ticket_calls(
		rep_registry_t *registry, rep_ticket_t *ticket, uint64_t callee);

/* Has this ticket's callee had this outcome of its number? If not it has from
 * here on, while the minute `now` is before `until`. `era`: what makes all that
 * was said before it void. */
bool rep_callee_spoke(rep_registry_t *registry, const rep_ticket_t *ticket,
		uint32_t era, rep_outcome_t outcome, uint32_t until, uint32_t now);

/* Has this ticket's callee had this outcome of any number of the pool? Likewise;
 * it counts as no repeat. */
bool rep_callee_had(rep_registry_t *registry, const rep_ticket_t *ticket,
		rep_outcome_t outcome, uint32_t until, uint32_t now);

/* Up to `max` of those that spoke here first since `*cursor`, which counts them
 * and begins with 0; some are passed over when the reader is far behind. The
 * reader adds what is returned to its cursor when it has done with them. */
size_t rep_callees_news(rep_registry_t *registry, uint64_t *cursor,
		rep_callee_t *out, size_t max);

/* Those that spoke on other proxies, in the minute `now`. */
void rep_callees_heard(rep_registry_t *registry, const rep_callee_t *callees,
		size_t n, uint32_t now);

#endif
