/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Log lines that a SIP message can provoke: the first of a kind is logged at
 * once, what follows within a minute is counted, over all processes, and told
 * by one line. Whoever sends a thousand bad messages a second does not fill the
 * log. */

#ifndef REP_COMPLAIN_H
#define REP_COMPLAIN_H

#include "../engine/base/types.h"

typedef enum rep_complaint
{
	REP_COMPLAINT_ARGUMENT, /* a value that a script function cannot use */
	REP_COMPLAINT_REQUEST,	/* not an INVITE, or one within a dialog */
	REP_COMPLAINT_NO_PICK,	/* nothing was picked, or it is used up */
	REP_COMPLAINT_TRACKED,	/* the call is tracked already */
	REP_COMPLAINT_FROM,		/* From that cannot be rewritten */
	REP_COMPLAINT_IDENTITY, /* P-Asserted-Identity that cannot be written */
	REP_COMPLAINT_VARIABLE, /* $rep(...) set to what it cannot hold */
	REP_COMPLAINT_CONTACT,	/* a redress contact that is not let through */
	REP_COMPLAINTS
} rep_complaint_t;

#define REP_COMPLAINT_MINUTE 60000 /* ms */

struct rep_complaints; /* in shared memory, without a lock */

struct rep_complaints *rep_complaints_create(void); /* NULL: no memory */
void rep_complaints_destroy(struct rep_complaints *complaints);

/* One more of a kind at `now` (rep_mono()): true when it is to be logged, with
 * the number of those before it that were not, to `*unsaid`. */
bool rep_complaints_admit(struct rep_complaints *complaints,
		rep_complaint_t kind, rep_time_t now, uint32_t *unsaid);
/* How many of a kind were not logged, in a minute that was over a second ago
 * without another one; they count as told. */
uint32_t rep_complaints_over(struct rep_complaints *complaints,
		rep_complaint_t kind, rep_time_t now);

/* True once for each pool, by its index in the registry. */
bool rep_complaints_first(struct rep_complaints *complaints, int pool);

/* Log a sentence without its newline, unless one of its kind was logged in the
 * last minute. From any process; before mod_init is done it always logs. */
void rep_complain(rep_complaint_t kind, const char *format, ...)
		__attribute__((format(printf, 2, 3)));
/* Log what nobody else will tell any more; from the timer process. */
void rep_complain_tick(rep_time_t now);

#endif
