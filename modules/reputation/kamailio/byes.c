/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "core/parser/parse_from.h"
#include "core/parser/parse_to.h"
#include "core/parser/parse_uri.h"

#include "byes.h"
#include "replies.h"
#include "rr_cookie.h"
#include "shared.h"
#include "../engine/pool/count.h"
#include "../engine/pool/pick.h"
#include "../engine/pool/pools.h"
#include "../engine/reply/e164.h"

/* The number that a BYE was sent to by the callee, in every pool that has
 * it: the call itself is no longer remembered, so the BYE must prove that its
 * dialog passed this proxy. Once a dialog. */
static void unwanted_late(struct sip_msg *bye)
{
	struct sip_uri uri;
	rep_e164_t number;
	rep_ticket_t ticket;

	if(parse_uri(get_to(bye)->uri.s, get_to(bye)->uri.len, &uri) < 0
			|| rep_e164_parse(rep_span_of(&uri.user), &number) != REP_E164_OK
			|| !rep_rr_cookie_holds(bye, number)
			|| !rep_answered_first(rep_shared->answered,
					rep_dialog_of(rep_span_of(&bye->callid->body),
							rep_span_of(&get_from(bye)->tag_value))))
		return;
	for(int pool = 0; pool < rep_registry_pools(rep_shared->registry); pool++)
		if(rep_pool_ticket(
				   rep_shared->registry, pool, number, rep_span(""), &ticket))
			rep_ticket_count(
					rep_shared->registry, &ticket, REP_UNWANTED, rep_now());
}

void rep_bye(struct sip_msg *bye)
{
	rep_signs_t signs = {0};
	rep_span_t call_id;
	rep_time_t now = rep_now(), mono = rep_mono();
	bool unwanted;

	if(parse_headers(bye, HDR_EOH_F, 0) < 0 || !bye->callid || !bye->to
			|| parse_from_header(bye) < 0)
		return;
	rep_reply_signs(bye, &signs, NULL);
	unwanted = rep_classify_bye(&signs) == REP_UNWANTED;
	call_id = rep_span_of(&bye->callid->body);
	/* sent by the callee: its tag is in From; by the caller: in To. Only
	 * the callee can say that the call was unwanted. */
	if(rep_answered_bye(rep_shared->answered, rep_shared->registry,
			   rep_dialog_of(call_id, rep_span_of(&get_from(bye)->tag_value)),
			   unwanted, now, mono)
			|| rep_answered_bye(rep_shared->answered, rep_shared->registry,
					rep_dialog_of(
							call_id, rep_span_of(&get_to(bye)->tag_value)),
					false, now, mono))
		return;
	if(unwanted)
		unwanted_late(bye);
}
