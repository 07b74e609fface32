/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "core/dprint.h"
#include "core/forward.h"
#include "core/parser/hf.h"
#include "core/parser/parse_rr.h"
#include "core/parser/parse_uri.h"
#include "core/sr_module.h"

#include "uncounted.h"
#include "complain.h"
#include "shared.h"
#include "../engine/pool/pools.h"

static bool is_ours(const rr_t *rr)
{
	struct sip_uri uri;

	return parse_uri(rr->nameaddr.uri.s, rr->nameaddr.uri.len, &uri) == 0
		   && check_self(&uri.host, uri.port_no, 0) == 1;
}

/* Also when that cannot be told: nobody is accused without proof. */
static bool passes_us(struct sip_msg *reply)
{
	if(parse_headers(reply, HDR_EOH_F, 0) < 0)
		return true;
	for(struct hdr_field *h = reply->record_route; h; h = next_sibling_hdr(h)) {
		if(parse_rr(h) < 0)
			return true;
		for(const rr_t *rr = h->parsed; rr; rr = rr->next)
			if(is_ours(rr))
				return true;
	}
	/* topos takes Record-Route out, and keeps the route itself */
	return module_loaded("topos");
}

void rep_uncounted_look(struct sip_msg *reply, const rep_ticket_t *ticket)
{
	if(ticket->limited && !passes_us(reply)
			&& rep_complaints_first(rep_shared->complaints, ticket->pool))
		LM_WARN("pool %s limits calls at once (cap_concurrent), but the BYE of"
				" an answered call will not pass this proxy, so that its place"
				" is free after 4 hours only: call record_route()\n",
				rep_registry_name(rep_shared->registry, ticket->pool));
}
