/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing the caller ID into a request: From through the uac module, which
 * restores it in replies and in the dialog's later requests, and
 * P-Asserted-Identity (RFC 3325). */

#include "core/data_lump.h"
#include "core/dprint.h"
#include "core/mem/mem.h"
#include "core/parser/parse_from.h"
#include "core/parser/parse_uri.h"
#include "modules/uac/api.h"

#include "apply.h"
#include "answer.h"
#include "calls.h"
#include "complain.h"
#include "shared.h"
#include "../engine/reply/e164.h"

#define IDENTITY_MAX 512

static uac_api_t uac;

int rep_apply_init(void)
{
	if(load_uac_api(&uac) == 0)
		return 0;
	LM_ERR("cannot bind to the uac module: load uac before reputation\n");
	return -1;
}

/* The same host as the From that stands there. */
static int identity_uri(
		struct sip_msg *msg, rep_e164_t number, char *buf, size_t size)
{
	const struct to_body *from;
	struct sip_uri uri;
	char text[REP_E164_MAX];

	if(parse_from_header(msg) < 0)
		return -1;
	from = get_from(msg);
	if(parse_uri(from->uri.s, from->uri.len, &uri) < 0 || uri.host.len == 0) {
		rep_complain(REP_COMPLAINT_FROM,
				"reputation_apply: From has no usable URI: '%.*s'",
				from->uri.len, from->uri.s);
		return -1;
	}
	rep_e164_print(number, text);
	return snprintf(buf, size, "%s:%s@%.*s%s%.*s",
			uri.type == SIPS_URI_T ? "sips" : "sip", text, uri.host.len,
			uri.host.s, uri.port.len ? ":" : "", uri.port.len, uri.port.s);
}

static int remove_identities(struct sip_msg *msg)
{
	if(parse_headers(msg, HDR_EOH_F, 0) < 0)
		return -1;
	for(struct hdr_field *h = msg->headers; h; h = h->next)
		if(h->type == HDR_PAI_T
				&& !del_lump(msg, h->name.s - msg->buf, h->len, HDR_PAI_T))
			return -1;
	return 0;
}

static int add_identity(struct sip_msg *msg, const char *uri)
{
	struct lump *anchor =
			anchor_lump(msg, msg->unparsed - msg->buf, 0, HDR_PAI_T);
	size_t size = strlen(uri) + sizeof("P-Asserted-Identity: <>\r\n");
	char *header = anchor ? pkg_malloc(size) : NULL;
	int len;

	if(!header)
		return -1;
	len = snprintf(header, size, "P-Asserted-Identity: <%s>\r\n", uri);
	if(insert_new_lump_before(anchor, header, len, HDR_PAI_T))
		return 0;
	pkg_free(header);
	return -1;
}

/* The lump that replaces From in this message already, or NULL. What a
 * request_route wrote stays for all branches, what a branch_route wrote is
 * gone after the branch. */
static const struct lump *replaced(struct sip_msg *msg)
{
	const struct lump *l;
	int at;

	if(parse_from_header(msg) < 0)
		return NULL;
	at = get_from(msg)->uri.s - msg->buf;
	for(l = msg->add_rm; l; l = l->next)
		if(l->op == LUMP_DEL && l->u.offset == at)
			break;
	return l;
}

rep_e164_t rep_applied(struct sip_msg *msg)
{
	const struct lump *l = replaced(msg);
	rep_e164_t number;
	struct sip_uri uri;

	if(!l || !l->after || l->after->op != LUMP_ADD
			|| parse_uri(l->after->u.value, l->after->len, &uri) < 0
			|| rep_e164_parse(rep_span_of(&uri.user), &number) != REP_E164_OK)
		return 0;
	return number;
}

int ki_apply(struct sip_msg *msg)
{
	rep_call_id_t id = rep_call_shown(msg);
	rep_call_view_t call;
	rep_e164_t number = 0;
	char uri[IDENTITY_MAX];
	str s = {uri, 0};

	if(id && rep_call_view(id, &call)) {
		number = call.ticket.number;
	} else if(rep_answer_is_for(msg)) {
		number = rep_answer.picked.number;
	}
	if(!number) {
		rep_complain(REP_COMPLAINT_NO_PICK,
				"reputation_apply: no number was picked for this call");
		return -1;
	}
	if(replaced(msg)) {
		if(rep_applied(msg) == number)
			return 1;
		rep_complain(REP_COMPLAINT_FROM,
				"reputation_apply: From is replaced already, by another");
		return -1;
	}
	s.len = identity_uri(msg, number, uri, sizeof(uri));
	if(s.len <= 0 || s.len >= (int)sizeof(uri))
		return -1;
	if(uac.replace_from(msg, NULL, &s) < 0) {
		rep_complain(REP_COMPLAINT_FROM,
				"reputation_apply: the uac module did not replace From");
		return -1;
	}
	if(remove_identities(msg) < 0 || add_identity(msg, uri) < 0) {
		rep_complain(REP_COMPLAINT_IDENTITY,
				"reputation_apply: no memory for P-Asserted-Identity");
		return -1;
	}
	return 1;
}
