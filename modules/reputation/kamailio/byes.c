/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "core/parser/parse_to.h"

#include "byes.h"
#include "replies.h"
#include "rr_cookie.h"
#include "shared.h"
#include "../engine/pool/count.h"

/* A dialog that the table does not know: there was a restart, the call was set
 * up by another proxy of the fleet, or the table was full. Then the BYE itself
 * must prove from which pick its dialog came, and is believed once: `dialog`. */
static bool unwanted_late(
		struct sip_msg *bye, rep_ticket_t *ticket, rep_dialog_t *dialog)
{
	rep_time_t picked, now = rep_now();
	rep_mark_t mark;

	if(!rep_rr_cookie_ticket(bye, &mark, ticket))
		return false;
	picked = (rep_time_t)mark.picked * 1000;
	if(now - picked > REP_ANSWERED_MS)
		return false;
	if(mark.incarnation == rep_shared->incarnation
			&& rep_answered_complete(rep_shared->answered, picked))
		return false; /* never answered, or ended */
	*dialog = rep_dialog_of(rep_span_of(&bye->callid->body),
			rep_span_of(&get_to(bye)->tag_value),
			(rep_span_t){(const char *)&mark,
					sizeof(mark.incarnation) + sizeof(mark.picked)});
	return true;
}

void rep_bye_late(struct sip_msg *bye)
{
	rep_time_t now = rep_now();
	rep_ticket_t ticket;
	rep_dialog_t dialog;

	if(unwanted_late(bye, &ticket, &dialog)
			&& rep_answered_first(
					rep_shared->answered, dialog, now, rep_mono()))
		rep_ticket_count(rep_shared->registry, &ticket, REP_UNWANTED, now);
}

/* The dialog of a BYE, if the callee sent it and if the caller did: its tag is
 * in From then. */
static bool dialogs(
		struct sip_msg *bye, rep_dialog_t *by_callee, rep_dialog_t *by_caller)
{
	rep_span_t call_id, from, to;

	if(parse_headers(bye, HDR_CALLID_F | HDR_TO_F | HDR_FROM_F, 0) < 0
			|| !bye->callid || !bye->to || !bye->from)
		return false;
	call_id = rep_span_of(&bye->callid->body);
	from = rep_from_tag(bye);
	to = rep_span_of(&get_to(bye)->tag_value);
	*by_callee = rep_dialog_of(call_id, to, from);
	*by_caller = rep_dialog_of(call_id, from, to);
	return true;
}

bool rep_bye(struct sip_msg *bye)
{
	rep_time_t now = rep_now(), mono = rep_mono();
	rep_dialog_t by_callee, by_caller, late;
	rep_ticket_t ticket;
	rep_signs_t signs = {0};
	bool unwanted;

	if(!dialogs(bye, &by_callee, &by_caller))
		return false;
	rep_reply_signs(bye, &signs, NULL);
	unwanted = rep_classify_bye(&signs) == REP_UNWANTED;
	/* only the callee can say that the call was unwanted */
	if(rep_answered_bye(rep_shared->answered, rep_shared->registry, by_callee,
			   unwanted, now, mono)
			|| rep_answered_bye(rep_shared->answered, rep_shared->registry,
					by_caller, false, now, mono))
		return false;
	if(!unwanted)
		return false;
	/* a header that cannot be parsed may stand behind the Route */
	(void)parse_headers(bye, HDR_EOH_F, 0);
	return unwanted_late(bye, &ticket, &late);
}

bool rep_bye_outcome(struct sip_msg *bye, rep_outcome_t outcome)
{
	rep_time_t now = rep_now(), mono = rep_mono();
	rep_dialog_t by_callee, by_caller;

	return dialogs(bye, &by_callee, &by_caller)
		   && (rep_answered_outcome(rep_shared->answered, rep_shared->registry,
					   by_callee, outcome, now, mono)
				   || rep_answered_outcome(rep_shared->answered,
						   rep_shared->registry, by_caller, outcome, now,
						   mono));
}
