/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing the caller ID into a request: From through the uac module, which
 * restores it in replies and in the dialog's later requests, and
 * P-Asserted-Identity (RFC 3325). */

#include "core/dprint.h"
#include "core/parser/parse_from.h"
#include "core/parser/parse_nameaddr.h"
#include "core/parser/parse_uri.h"
#include "core/route.h"
#include "modules/uac/api.h"

#include "apply.h"
#include "answer.h"
#include "calls.h"
#include "complain.h"
#include "lumps.h"
#include "shared.h"
#include "../engine/base/text.h"
#include "../engine/pool/numbers.h"
#include "../engine/pool/pools.h"
#include "../engine/reply/e164.h"
#include "../formats/apply_options.h"

#define FROM_MAX 4096 /* From's name and URI as they go out */
#define PAI "P-Asserted-Identity"

static const rep_header_t pai = {HDR_PAI_T, PAI},
						  ppi = {HDR_PPI_T, "P-Preferred-Identity"},
						  rpid = {HDR_RPID_T, "Remote-Party-ID"},
						  privacy = {HDR_PRIVACY_T, "Privacy"};

static uac_api_t uac;
static const str *restore_param; /* uac's in Record-Route: "vsf" */

int rep_apply_init(void)
{
	struct sr_module *module = find_module_by_name("uac");
	modparam_t type;

	if(load_uac_api(&uac) < 0) {
		LM_ERR("cannot bind to the uac module: load uac before reputation\n");
		return -1;
	}
	if(module)
		restore_param = find_param_export(
				module, "rr_from_store_param", PARAM_STR, &type);
	return 0;
}

/* ---- From as it would go out now ---------------------------------------- */

typedef struct rep_from
{
	str part; /* of the message: name and URI as they were received */
	str text; /* what goes out for it */
	rep_span_t name;
	str uri;
	struct sip_uri parsed;
	bool replaced; /* the URI is not the one that was received */
	bool touched;  /* something is not */
} rep_from_t;

static bool same(const str *a, const str *b)
{
	return a->len == b->len && memcmp(a->s, b->s, a->len) == 0;
}

/* What stands before the bracket of the URI; false without a bracket. */
static bool before_bracket(const str *text, const str *uri, str *name)
{
	const char *p = uri->s;

	while(p > text->s && rep_is_space(p[-1]))
		p--;
	*name = (str){text->s, (int)(p - text->s) - 1};
	return name->len >= 0 && p[-1] == '<';
}

static void split(str *text, rep_span_t *name, str *uri)
{
	name_addr_t parts;

	*name = rep_span("");
	*uri = *text;
	if(parse_nameaddr(text, &parts) < 0)
		return;
	*name = rep_trim(rep_span_of(&parts.name));
	*uri = parts.uri;
}

/* NULL, or what is wrong with it. It points into a buffer of this function. */
static const char *from_now(struct sip_msg *msg, rep_from_t *from)
{
	static char buffer[FROM_MAX];
	const struct to_body *received;
	rep_span_t trimmed;

	if(parse_from_header(msg) < 0)
		return "cannot be parsed";
	received = get_from(msg);
	trimmed = rep_trim(rep_span_of(&received->body));
	from->part = (str){(char *)trimmed.s, (int)trimmed.len};
	from->touched = rep_lumps_touch(msg, &from->part);
	if(trimmed.len > FROM_MAX)
		return "is too long";
	if(from->touched) {
		from->text.s = buffer;
		from->text.len =
				rep_lumps_text(msg, &from->part, buffer, sizeof(buffer));
		if(from->text.len < 0)
			return "is too long, or rewritten as a whole";
		split(&from->text, &from->name, &from->uri);
	} else {
		str name;
		from->text = from->part;
		from->uri = received->uri;
		from->name = before_bracket(&from->part, &from->uri, &name)
							 ? rep_trim(rep_span_of(&name))
							 : rep_span("");
	}
	from->replaced = from->touched && !same(&from->uri, &received->uri);
	if(parse_uri(from->uri.s, from->uri.len, &from->parsed) < 0)
		return "has no usable URI";
	return NULL;
}

static bool is_sip(const struct sip_uri *uri)
{
	return uri->type == SIP_URI_T || uri->type == SIPS_URI_T;
}

/* The host of an anonymous URI, RFC 3323 4.1.1.3. */
static bool is_nowhere(const struct sip_uri *uri)
{
	return rep_same(rep_span_of(&uri->host), "anonymous.invalid");
}

static bool says_private(rep_span_t value, void *ctx)
{
	static const char *const words[] = {"id", "user", "header"};
	rep_span_t part, word;

	(void)ctx;
	while(rep_span_cut(&value, ';', &part))
		while(rep_span_cut(&part, ',', &word))
			for(size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
				if(rep_same(rep_trim(word), words[i]))
					return true;
	return false;
}

static bool asks_for_privacy(struct sip_msg *msg, const rep_from_t *from)
{
	return (is_sip(&from->parsed)
				   && (is_nowhere(&from->parsed)
						   || rep_same(rep_span_of(&from->parsed.user),
								   "anonymous")))
		   || rep_lumps_any_header(msg, privacy, false, says_private, NULL);
}

/* ---- what is to be written ---------------------------------------------- */

/* Text that is put together; longer than `size` when it did not fit. */
typedef struct rep_out
{
	char *s;
	size_t len, size;
} rep_out_t;

static void put(rep_out_t *out, rep_span_t text)
{
	if(text.len && out->len + text.len <= out->size)
		memcpy(out->s + out->len, text.s, text.len);
	out->len += text.len;
}

typedef struct rep_caller
{
	char number[REP_E164_MAX];
	char name[2 * REP_NAME_MAX + 3]; /* quoted; "" = none */
} rep_caller_t;

/* quoted-string, RFC 3261 25.1 */
static void quote(const char *name, char *out)
{
	*out++ = '"';
	for(; *name; name++) {
		if(*name == '"' || *name == '\\')
			*out++ = '\\';
		*out++ = *name;
	}
	*out++ = '"';
	*out = '\0';
}

/* Who was picked for this call. */
static bool caller_of(
		struct sip_msg *msg, rep_display_t display, rep_caller_t *out)
{
	rep_call_id_t id = rep_call_shown(msg);
	rep_call_view_t call;
	rep_e164_t number = 0;
	char name[REP_NAME_MAX + 1];
	int pool = REP_NO_POOL;

	if(id && rep_call_view(id, &call)) {
		number = call.ticket.number;
		pool = call.ticket.pool;
	} else if(rep_answer_is_for(msg)) {
		number = rep_answer.picked.number;
		pool = rep_answer.picked.pool;
	}
	if(!number) {
		rep_complain(REP_COMPLAINT_NO_PICK,
				"reputation_apply: no number was picked for this call");
		return false;
	}
	rep_e164_print(number, out->number);
	out->name[0] = '\0';
	if(display == REP_DISPLAY_ATTR
			&& rep_pool_text(rep_shared->registry, pool, number, REP_TEXT_NAME,
					name, sizeof(name)))
		quote(name, out->name);
	return true;
}

/* The option's host, else From's, else that of this proxy. */
static rep_span_t host_of(struct sip_msg *msg,
		const rep_apply_options_t *options, const rep_from_t *from,
		rep_span_t *port)
{
	const struct sip_uri *uri = &from->parsed;
	str *host, *own_port;

	*port = rep_span("");
	if(options->host.len)
		return options->host;
	if(is_sip(uri) && uri->host.len && !is_nowhere(uri)) {
		*port = rep_span_of(&uri->port);
		return rep_span_of(&uri->host);
	}
	if(si_get_signaling_data(msg->rcv.bind_address, &host, &own_port) < 0)
		return rep_span("");
	if(!rep_span_is(rep_span_of(own_port), "5060"))
		*port = rep_span_of(own_port);
	return rep_span_of(host);
}

/* Into `out`, which has room for MAX_URI_SIZE; left empty when it is not to be
 * written. 0, or -1 after an error. */
static int write_uri(struct sip_msg *msg, rep_identity_t form,
		const rep_caller_t *caller, const rep_apply_options_t *options,
		const rep_from_t *from, str *out)
{
	rep_span_t port, host = host_of(msg, options, from, &port);
	bool bare = rep_host_wants_brackets(host);
	rep_out_t uri = {out->s, 0, MAX_URI_SIZE};

	if(form == REP_IDENTITY_TEL) {
		put(&uri, rep_span("tel:"));
		put(&uri, rep_span(caller->number));
	} else if(form == REP_IDENTITY_SIP) {
		put(&uri, rep_span(from->parsed.type == SIPS_URI_T ? "sips:" : "sip:"));
		put(&uri, rep_span(caller->number));
		put(&uri, rep_span(bare ? "@[" : "@"));
		put(&uri, host);
		put(&uri, rep_span(bare ? "]" : ""));
		put(&uri, rep_span(port.len ? ":" : ""));
		put(&uri, port);
		put(&uri, rep_span(options->user_phone ? ";user=phone" : ""));
	}
	out->len = (int)uri.len;
	if(out->len < MAX_URI_SIZE)
		return 0;
	rep_complain(REP_COMPLAINT_FROM,
			"reputation_apply: From's host is too long: Kamailio's URIs end at"
			" %d bytes",
			MAX_URI_SIZE - 1);
	return -1;
}

/* ---- From ------------------------------------------------------------------ */

static bool holds_restore_param(const struct lump *l)
{
	const str *p = restore_param;

	for(; l; l = l->before)
		if(l->op == LUMP_ADD && l->type == HDR_RECORDROUTE_T)
			for(int at = 0; at + p->len + 2 <= l->len; at++)
				if(l->u.value[at] == ';' && l->u.value[at + 1 + p->len] == '='
						&& memcmp(l->u.value + at + 1, p->s, p->len) == 0)
					return true;
	return false;
}

/* Whether uac has replaced the URI already, and noted for the dialog by what.
 * In a request_route its flag tells. Later, the flag of one branch is set in
 * all: then uac's parameter in the Record-Route of this one tells. */
static bool is_noted(const struct sip_msg *msg)
{
	if(!(msg->msg_flags & FL_USE_UAC_FROM))
		return false;
	if(get_route_type() == REQUEST_ROUTE)
		return true;
	for(const struct lump *l = msg->add_rm; l && restore_param; l = l->next)
		if(holds_restore_param(l->before))
			return true;
	return false;
}

/* What differs from what stands there; of the URI alone, uac may have `written`
 * it. In two parts where there are two, so that the script can still set $fn. */
static int put_from(struct sip_msg *msg, const rep_from_t *from, const str *uri,
		rep_span_t name, bool written)
{
	const str *received = &get_from(msg)->uri;
	char buffer[FROM_MAX + MAX_URI_SIZE + 4];
	rep_out_t out = {buffer, 0, sizeof(buffer)};
	str place, text = {buffer, 0};
	bool two = before_bracket(&from->part, received, &place);
	bool named =
			!from->touched && name.len == from->name.len
			&& (name.len == 0 || memcmp(name.s, from->name.s, name.len) == 0);

	put(&out, name); /* the caller's may hold a zero */
	put(&out, rep_span(name.len ? " " : ""));
	if(!two) {
		put(&out, rep_span("<"));
		put(&out, rep_span_of(uri));
		put(&out, rep_span(">"));
	}
	text.len = (int)out.len;
	if(!two)
		return rep_lumps_replace(msg, &from->part, &text);
	if(!named && rep_lumps_replace(msg, &place, &text) < 0)
		return -1;
	return written ? 0 : rep_lumps_replace(msg, received, uri);
}

static int write_from(
		struct sip_msg *msg, const rep_from_t *from, str *uri, rep_span_t name)
{
	str none = {"", 0};
	bool noted = is_noted(msg);

	if(noted && !same(uri, &from->uri)) {
		rep_complain(REP_COMPLAINT_FROM,
				"reputation_apply: From is replaced already, by '%.*s': the uac"
				" module restores one replacement only",
				from->uri.len, from->uri.s);
		return -1;
	}
	if(!noted && uac.replace_from(msg, &none, uri) < 0) {
		rep_complain(REP_COMPLAINT_FROM,
				"reputation_apply: the uac module did not replace From");
		put_from(msg, from, &from->uri, from->name, false);
		return -1;
	}
	/* earlier text uac leaves beside its own */
	if(put_from(msg, from, uri, name, !noted && !from->touched) == 0)
		return 0;
	rep_complain(REP_COMPLAINT_FROM, "reputation_apply: no memory for From");
	return -1;
}

/* ---- P-Asserted-Identity and its like -------------------------------------- */

static int write_identity(struct sip_msg *msg, const str *uri, const char *name)
{
	char buffer[sizeof(PAI) + 2 * REP_NAME_MAX + MAX_URI_SIZE + 16];
	rep_out_t out = {buffer, 0, sizeof(buffer)};
	str header;

	if(uri->len == 0)
		return 0;
	put(&out, rep_span(PAI ": "));
	put(&out, rep_span(name));
	put(&out, rep_span(*name ? " <" : "<"));
	put(&out, rep_span_of(uri));
	put(&out, rep_span(">\r\n"));
	header = (str){buffer, (int)out.len};
	return rep_lumps_add_header(msg, pai.type, &header);
}

static int write_identities(struct sip_msg *msg,
		const rep_apply_options_t *options, const str *uri, const char *name)
{
	rep_header_t gone[3] = {pai};
	size_t n = 1;

	if(!options->keep_ppi)
		gone[n++] = ppi;
	if(!options->keep_rpid)
		gone[n++] = rpid;
	if(rep_lumps_remove_headers(msg, gone, n) == 0
			&& write_identity(msg, uri, name) == 0)
		return 0;
	rep_complain(
			REP_COMPLAINT_IDENTITY, "reputation_apply: no memory for " PAI);
	return -1;
}

/* ----------------------------------------------------------------------------- */

static bool take_number(rep_span_t value, void *ctx)
{
	str text = {(char *)value.s, (int)value.len}, uri;
	struct sip_uri parsed;
	rep_span_t name;

	split(&text, &name, &uri);
	return parse_uri(uri.s, uri.len, &parsed) == 0
		   && rep_e164_parse(rep_span_of(&parsed.user), ctx) == REP_E164_OK;
}

rep_e164_t rep_applied(struct sip_msg *msg)
{
	rep_e164_t number = 0;
	rep_from_t from;

	if(rep_lumps_any_header(msg, pai, true, take_number, &number))
		return number;
	if(from_now(msg, &from) || !from.replaced
			|| rep_e164_parse(rep_span_of(&from.parsed.user), &number)
					   != REP_E164_OK)
		return 0;
	return number;
}

int ki_apply_options(struct sip_msg *msg, str *text)
{
	char from_uri[MAX_URI_SIZE], identity_uri[MAX_URI_SIZE], why[160];
	str uri = {from_uri, 0}, identity = {identity_uri, 0};
	rep_apply_options_t options;
	rep_caller_t caller;
	rep_from_t from;
	const char *wrong = rep_apply_options_parse(
			rep_span_of(text), &options, why, sizeof(why));

	if(wrong) {
		rep_complain(
				REP_COMPLAINT_ARGUMENT, "reputation_apply: options: %s", wrong);
		return -1;
	}
	if(!caller_of(msg, options.name, &caller))
		return -1;
	if(parse_headers(msg, HDR_EOH_F, 0) < 0) {
		rep_complain(REP_COMPLAINT_FROM,
				"reputation_apply: a header cannot be parsed");
		return -1;
	}
	if((wrong = from_now(msg, &from))) {
		rep_complain(REP_COMPLAINT_FROM, "reputation_apply: From %s", wrong);
		return -1;
	}
	if(!options.show_anonymous && asks_for_privacy(msg, &from))
		options.from = REP_IDENTITY_UNWRITTEN;
	if(write_uri(msg, options.from, &caller, &options, &from, &uri) < 0
			|| write_uri(msg, options.pai, &caller, &options, &from, &identity)
					   < 0)
		return -1;
	if(uri.len
			&& write_from(msg, &from, &uri,
					   options.name == REP_DISPLAY_KEEP ? from.name
														: rep_span(caller.name))
					   < 0)
		return -1;
	return write_identities(msg, &options, &identity, caller.name) < 0 ? -1 : 1;
}

int ki_apply(struct sip_msg *msg)
{
	str none = STR_NULL;

	return ki_apply_options(msg, &none);
}
