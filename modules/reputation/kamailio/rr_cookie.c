/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "core/dprint.h"
#include "core/parser/hf.h"
#include "core/parser/parse_from.h"
#include "core/parser/parse_to.h"
#include "modules/rr/api.h"

#include "rr_cookie.h"
#include "config.h"
#include "shared.h"
#include "../engine/pool/by_label.h"
#include "../engine/pool/pick.h"
#include "../engine/pool/pools.h"
#include "../engine/reply/e164.h"
#include "../store/secret.h"

#define PARAM ";rep="
#define PARAM_LEN (sizeof(PARAM) - 1)
#define TRIES 16 /* marks of a BYE that are looked at: each costs a hash */

static struct rr_binds rr;
static bool has_rr;

void rep_rr_cookie_init(void)
{
	has_rr = rep_config->late_bye && module_loaded("rr")
			 && load_rr_api(&rr) == 0;
}

static uint16_t tag_of(rep_sipkey_t key, const rep_dims_t *dims)
{
	char text[sizeof(*dims)];

	if(!dims->campaign[0] && !dims->network[0])
		return rep_mark_tag(key, rep_span(dims->route));
	snprintf(text, sizeof(text), "%s|%s|%s", dims->route, dims->campaign,
			dims->network);
	return rep_mark_tag(key, rep_span(text));
}

void rep_rr_cookie_add(struct sip_msg *invite, const rep_ticket_t *ticket)
{
	char param[PARAM_LEN + REP_MARK_LEN] = PARAM;
	rep_dims_t dims;
	str s = {param, sizeof(param)};
	rep_sipkey_t key;
	rep_mark_t mark;

	if(!has_rr || parse_headers(invite, HDR_CALLID_F | HDR_FROM_F, 0) < 0
			|| !invite->callid || parse_from_header(invite) < 0)
		return;
	key = rep_secret_key(&rep_shared->secret);
	rep_ticket_dims(rep_shared->registry, ticket, &dims);
	mark = (rep_mark_t){.incarnation = rep_shared->incarnation,
			.picked = (uint32_t)(rep_now() / 1000),
			.number = ticket->number,
			.pool = rep_mark_tag(
					key, rep_span(rep_registry_name(
								 rep_shared->registry, ticket->pool))),
			.route = tag_of(key, &dims)};
	rep_mark_write(key, rep_span_of(&invite->callid->body),
			rep_span_of(&get_from(invite)->tag_value), &mark,
			param + PARAM_LEN);
	if(rr.add_rr_param(invite, &s) < 0)
		LM_DBG("no mark in Record-Route\n");
}

/* The last true mark of the first URI that has one: the newest pick's. */
static bool read_header(struct sip_msg *bye, rep_sipkey_t key, const str *body,
		rep_mark_t *mark, int *tries)
{
	const char *at = body->s, *end = body->s + body->len;
	bool found = false;

	for(; (size_t)(end - at) >= PARAM_LEN + REP_MARK_LEN; at++) {
		if(found && *at == ',')
			break;
		if(memcmp(at, PARAM, PARAM_LEN) != 0)
			continue;
		if((*tries)-- <= 0)
			break;
		if(rep_mark_read(key, rep_span_of(&bye->callid->body),
				   rep_span_of(&get_to(bye)->tag_value),
				   (rep_span_t){at + PARAM_LEN, REP_MARK_LEN}, mark))
			found = true;
	}
	return found;
}

static bool find_number(
		rep_sipkey_t key, const rep_mark_t *mark, rep_ticket_t *ticket)
{
	for(int i = 0; i < rep_registry_pools(rep_shared->registry); i++) {
		const char *name = rep_registry_name(rep_shared->registry, i);

		if(rep_pool_ticket(
				   rep_shared->registry, i, mark->number, rep_span(""), ticket)
				&& rep_mark_tag(key, rep_span(name)) == mark->pool)
			return true;
	}
	return false;
}

/* What the call is counted under: one of what the pool knows, or nothing. */
static bool find_dims(
		rep_sipkey_t key, const rep_mark_t *mark, int pool, rep_dims_t *dims)
{
	memset(dims, 0, sizeof(*dims));
	if(tag_of(key, dims) == mark->route)
		return false;
	for(uint32_t n = 0; rep_view_dims(rep_shared->registry, pool, n, dims); n++)
		if(tag_of(key, dims) == mark->route)
			return true;
	return false;
}

/* The callee of a dialog of which nothing is known but its BYE: who sent it. */
static rep_e164_t sender(struct sip_msg *bye)
{
	const struct sip_uri *uri = parse_from_uri(bye);
	rep_e164_t number = 0;

	if(!uri
			|| rep_e164_complete(rep_span_of(&uri->user), "", &number)
					   != REP_E164_OK)
		return 0;
	return number;
}

bool rep_rr_cookie_ticket(
		struct sip_msg *bye, rep_mark_t *mark, rep_ticket_t *ticket)
{
	rep_sipkey_t key;
	rep_dims_t dims;
	bool found = false;
	int tries = TRIES;

	if(!rep_config->late_bye)
		return false;
	key = rep_secret_key(&rep_shared->secret);
	for(struct hdr_field *h = bye->headers; h && !found; h = h->next)
		if(h->type == HDR_ROUTE_T)
			found = read_header(bye, key, &h->body, mark, &tries);
	if(!found || !find_number(key, mark, ticket))
		return false;
	if(!find_dims(key, mark, ticket->pool, &dims)) {
		ticket->to = sender(bye);
		return true;
	}
	if(!rep_pool_ticket(rep_shared->registry, ticket->pool, mark->number,
			   rep_span(dims.route), ticket))
		return false;
	rep_ticket_label(rep_shared->registry, ticket, rep_span(dims.campaign),
			rep_span(dims.network));
	ticket->to = sender(bye);
	return true;
}
