/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "core/dprint.h"
#include "core/parser/hf.h"
#include "core/parser/parse_from.h"
#include "core/parser/parse_to.h"
#include "modules/rr/api.h"

#include "rr_cookie.h"
#include "config.h"
#include "shared.h"
#include "../engine/pool/pick.h"
#include "../engine/pool/pools.h"
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

static rep_span_t secret_of(char bytes[REP_SECRET_MAX])
{
	return (rep_span_t){bytes, rep_secret_read(&rep_shared->secret, bytes)};
}

void rep_rr_cookie_add(struct sip_msg *invite, const rep_ticket_t *ticket)
{
	char param[PARAM_LEN + REP_MARK_LEN] = PARAM, bytes[REP_SECRET_MAX];
	char route[REP_ROUTE_MAX + 1];
	str s = {param, sizeof(param)};
	rep_span_t secret;
	rep_mark_t mark;

	if(!has_rr || parse_headers(invite, HDR_CALLID_F | HDR_FROM_F, 0) < 0
			|| !invite->callid || parse_from_header(invite) < 0)
		return;
	secret = secret_of(bytes);
	rep_ticket_route(rep_shared->registry, ticket, route);
	mark = (rep_mark_t){.incarnation = rep_shared->incarnation,
			.picked = (uint32_t)(rep_now() / 1000),
			.number = ticket->number,
			.pool = rep_mark_tag(
					secret, rep_span(rep_registry_name(
									rep_shared->registry, ticket->pool))),
			.route = rep_mark_tag(secret, rep_span(route))};
	rep_mark_write(secret, rep_span_of(&invite->callid->body),
			rep_span_of(&get_from(invite)->tag_value), &mark,
			param + PARAM_LEN);
	if(rr.add_rr_param(invite, &s) < 0)
		LM_DBG("no mark in Record-Route\n");
}

/* The last true mark of the first URI that has one: the newest pick's. */
static bool read_header(struct sip_msg *bye, rep_span_t secret, const str *body,
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
		if(rep_mark_read(secret, rep_span_of(&bye->callid->body),
				   rep_span_of(&get_to(bye)->tag_value),
				   (rep_span_t){at + PARAM_LEN, REP_MARK_LEN}, mark))
			found = true;
	}
	return found;
}

static bool find_number(
		rep_span_t secret, const rep_mark_t *mark, rep_ticket_t *ticket)
{
	for(int i = 0; i < rep_registry_pools(rep_shared->registry); i++) {
		const char *name = rep_registry_name(rep_shared->registry, i);

		if(rep_pool_ticket(
				   rep_shared->registry, i, mark->number, rep_span(""), ticket)
				&& rep_mark_tag(secret, rep_span(name)) == mark->pool)
			return true;
	}
	return false;
}

bool rep_rr_cookie_ticket(
		struct sip_msg *bye, rep_mark_t *mark, rep_ticket_t *ticket)
{
	char bytes[REP_SECRET_MAX], label[REP_ROUTE_MAX + 1];
	rep_span_t secret;
	bool found = false;
	int tries = TRIES;

	if(!rep_config->late_bye)
		return false;
	secret = secret_of(bytes);
	/* a header that cannot be parsed may stand behind the Route */
	(void)parse_headers(bye, HDR_EOH_F, 0);
	for(struct hdr_field *h = bye->headers; h && !found; h = h->next)
		if(h->type == HDR_ROUTE_T)
			found = read_header(bye, secret, &h->body, mark, &tries);
	if(!found || !find_number(secret, mark, ticket))
		return false;
	if(rep_mark_tag(secret, rep_span("")) == mark->route)
		return true;
	for(ticket->route = 1;; ticket->route++) {
		rep_ticket_route(rep_shared->registry, ticket, label);
		if(!label[0])
			break;
		if(rep_mark_tag(secret, rep_span(label)) == mark->route)
			return rep_pool_ticket(rep_shared->registry, ticket->pool,
					mark->number, rep_span(label), ticket);
	}
	ticket->route = 0;
	return true;
}
