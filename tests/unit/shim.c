/* SPDX-License-Identifier: GPL-2.0-or-later */
/* As much of Kamailio as the tests of modules/reputation/kamailio/ need. It
 * keeps the order of things: what is not asked to be parsed is not there. */

#include "shim.h"

#include <stdlib.h>

#include "core/globals.h"
#include "core/pt.h"
#include "core/parser/parse_cseq.h"
#include "core/parser/parse_from.h"
#include "core/parser/parse_uri.h"
#include "core/ut.h"

#include "engine/base/decimal.h"
#include "engine/base/text.h"
#include "engine/pool/pick.h"
#include "kamailio/rr_cookie.h"

/* ---- the module's own surroundings ----------------------------------- */

rep_shared_t *rep_shared;
rep_time_t shim_now, shim_mono;
rep_e164_t shim_cookie;
rep_mark_t shim_mark;
unsigned shim_cookies_asked;

rep_time_t rep_now(void)
{
	return shim_now;
}

rep_time_t rep_mono(void)
{
	return shim_mono;
}

void shim_share(rep_registry_t *registry)
{
	static rep_shared_t shared;

	shared = (rep_shared_t){.registry = registry};
	rep_shared = registry ? &shared : NULL;
}

bool rep_rr_cookie_ticket(
		struct sip_msg *bye, rep_mark_t *mark, rep_ticket_t *ticket)
{
	(void)bye;
	shim_cookies_asked++;
	if(!shim_cookie)
		return false;
	*mark = shim_mark;
	return rep_pool_ticket(
			rep_shared->registry, 0, shim_cookie, rep_span(""), ticket);
}

/* ---- the core -------------------------------------------------------- */

unsigned int sr_dst_max_branches = 12;
struct process_table *pt;
int *process_count;
int process_no;

int reverse_hex2int(char *s, int len, unsigned int *value)
{
	*value = 0;
	while(len-- > 0) {
		int digit = rep_hex_digit(s[len]);
		if(digit < 0)
			return -1;
		*value = *value << 4 | (unsigned)digit;
	}
	return 1;
}

int str2int(str *s, unsigned int *value)
{
	rep_span_t text = {s->s, (size_t)s->len};

	return rep_whole_parse(text, 0, UINT32_MAX, value) ? 0 : -1;
}

/* A header field with room for whatever it is parsed into. */
typedef struct field
{
	struct hdr_field hdr;
	struct to_body name_addr;
	struct cseq_body cseq;
} field_t;

typedef struct message
{
	struct sip_msg msg;
	struct via_body via;
	struct via_param branch;
} message_t;

static str str_of(rep_span_t text)
{
	return (str){(char *)text.s, (int)text.len};
}

static hdr_types_t type_of(rep_span_t name)
{
	static const struct
	{
		const char *name;
		hdr_types_t type;
	} known[] = {{"Via", HDR_VIA_T}, {"v", HDR_VIA_T}, {"To", HDR_TO_T},
			{"t", HDR_TO_T}, {"From", HDR_FROM_T}, {"f", HDR_FROM_T},
			{"CSeq", HDR_CSEQ_T}, {"Call-ID", HDR_CALLID_T},
			{"i", HDR_CALLID_T}, {"Reason", HDR_REASON_T},
			{"Call-Info", HDR_CALLINFO_T}};

	for(size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if(rep_same(name, known[i].name))
			return known[i].type;
	return HDR_OTHER_T;
}

/* The value of a parameter behind the first ';', {NULL, 0} without. */
static rep_span_t param_of(rep_span_t body, const char *wanted)
{
	rep_span_t part, name, value;

	rep_span_cut(&body, ';', &part);
	while(rep_span_cut(&body, ';', &part))
		if(rep_split(part, '=', &name, &value) && rep_same(name, wanted))
			return value;
	return (rep_span_t){NULL, 0};
}

static void parse_name_addr(rep_span_t body, struct to_body *out)
{
	rep_span_t before, rest = body, uri = {NULL, 0};

	if(rep_span_cut(&rest, '<', &before) && rest.s)
		rep_span_cut(&rest, '>', &uri);
	out->uri = str_of(uri);
	out->tag_value = str_of(param_of(rest, "tag"));
}

static void parse_cseq(rep_span_t body, struct cseq_body *out)
{
	rep_span_t number, method = {NULL, 0};

	rep_split(body, ' ', &number, &method);
	out->method = str_of(method);
	out->method_id = rep_span_is(method, "INVITE")	 ? METHOD_INVITE
					 : rep_span_is(method, "CANCEL") ? METHOD_CANCEL
					 : rep_span_is(method, "BYE")	 ? METHOD_BYE
													 : METHOD_UNDEF;
}

/* The next line without its end; false when there is none. */
static bool next_line(struct sip_msg *msg, rep_span_t *line)
{
	rep_span_t rest = {
			msg->unparsed, (size_t)(msg->buf + msg->len - msg->unparsed)};

	if(rest.len == 0 || !rep_span_cut(&rest, '\n', line))
		return false;
	msg->unparsed = rest.s ? (char *)rest.s : msg->buf + msg->len;
	if(line->len > 0 && line->s[line->len - 1] == '\r')
		line->len--;
	return true;
}

static field_t *add_field(
		struct sip_msg *msg, hdr_types_t type, rep_span_t name, rep_span_t body)
{
	field_t *field = calloc(1, sizeof(*field));

	field->hdr.type = type;
	field->hdr.name = str_of(name);
	field->hdr.body = str_of(body);
	if(msg->last_header)
		msg->last_header->next = &field->hdr;
	else
		msg->headers = &field->hdr;
	msg->last_header = &field->hdr;
	msg->parsed_flag |= HDR_T2F(type);
	return field;
}

static void take_in(struct sip_msg *msg, rep_span_t name, rep_span_t body)
{
	hdr_types_t type = type_of(name);
	field_t *field = add_field(msg, type, name, body);
	struct hdr_field **first = type == HDR_TO_T		  ? &msg->to
							   : type == HDR_FROM_T	  ? &msg->from
							   : type == HDR_CSEQ_T	  ? &msg->cseq
							   : type == HDR_CALLID_T ? &msg->callid
													  : NULL;

	if(first && !*first)
		*first = &field->hdr;
	if(type == HDR_TO_T) {
		parse_name_addr(body, &field->name_addr);
		field->hdr.parsed = &field->name_addr;
	} else if(type == HDR_CSEQ_T) {
		parse_cseq(body, &field->cseq);
		field->hdr.parsed = &field->cseq;
	}
}

int parse_headers(struct sip_msg *msg, hdr_flags_t flags, int next)
{
	rep_span_t line, name, body;

	(void)next;
	while((msg->parsed_flag & flags) != flags) {
		char *at = msg->unparsed;
		if(!next_line(msg, &line))
			return 0;
		if(line.len == 0) {
			msg->unparsed = at; /* before the empty line */
			msg->parsed_flag = HDR_EOH_F;
			return 0;
		}
		if(!rep_split(line, ':', &name, &body)) {
			msg->unparsed = at;
			return -1;
		}
		take_in(msg, name, body);
	}
	return 0;
}

int parse_from_header(struct sip_msg *msg)
{
	field_t *field;

	if(!msg->from && (parse_headers(msg, HDR_FROM_F, 0) < 0 || !msg->from))
		return -1;
	field = (field_t *)msg->from;
	parse_name_addr(
			(rep_span_t){field->hdr.body.s, (size_t)field->hdr.body.len},
			&field->name_addr);
	field->hdr.parsed = &field->name_addr;
	return 0;
}

int parse_uri(char *buf, int len, struct sip_uri *uri)
{
	rep_span_t text = {buf, (size_t)len}, scheme, rest, user, host;

	if(!rep_split(text, ':', &scheme, &rest) || !rep_same(scheme, "sip"))
		return -1;
	uri->user =
			rep_split(rest, '@', &user, &host) ? str_of(user) : (str){NULL, 0};
	return 0;
}

/* ---- messages -------------------------------------------------------- */

struct sip_msg *shim_message(const char *text)
{
	message_t *m = calloc(1, sizeof(*m));
	struct sip_msg *msg = &m->msg;
	rep_span_t line;

	msg->len = (unsigned)strlen(text);
	msg->buf = malloc(msg->len);
	memcpy(msg->buf, text, msg->len);
	msg->unparsed = msg->buf;
	next_line(msg, &line);
	parse_headers(msg, HDR_T2F(HDR_VIA_T), 0);
	if(msg->last_header && msg->last_header->type == HDR_VIA_T) {
		str body = msg->last_header->body;
		m->branch.value = str_of(
				param_of((rep_span_t){body.s, (size_t)body.len}, "branch"));
		msg->via1 = &m->via;
		m->via.branch = m->branch.value.s ? &m->branch : NULL;
	}
	return msg;
}

void shim_message_free(struct sip_msg *msg)
{
	while(msg->headers) {
		struct hdr_field *next = msg->headers->next;
		free(msg->headers);
		msg->headers = next;
	}
	free(msg->buf);
	free(msg);
}
