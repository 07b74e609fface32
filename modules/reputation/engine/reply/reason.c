/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reason (RFC 3326 with 8606, 9366, 9410 and ATIS-1000099), Call-Info
 * (RFC 3261 20.9 with 8688), X-Twilio-Error and Retry-After. One pass from left to right
 * over text that is not trusted; whatever is not understood is noted and
 * passed over. */

#include "reason.h"

#include "e164.h"
#include "headers.h"
#include "../base/decimal.h"
#include "../base/text.h"

/* The attributes of 603+, wherever they stood; s is NULL for one not given. */
enum
{
	ATTR_V,
	ATTR_URL,
	ATTR_TEL,
	ATTR_EMAIL,
	ATTR_ID,
	ATTRS
};

static const char *const attr_names[ATTRS] = {"v", "url", "tel", "email", "id"};

typedef struct attrs
{
	rep_span_t value[ATTRS];
} attrs_t;

/* One parameter. A quoted value is what stands between the quotes, with its
 * escapes. */
typedef struct param
{
	rep_span_t name;
	rep_span_t value;
	bool quoted;
} param_t;

/* One of the comma-joined values of a Reason. */
typedef struct value
{
	rep_span_t protocol;
	unsigned cause; /* 0 = none */
	uint8_t location;
	attrs_t inside; /* of the quoted text */
	attrs_t loose;	/* at the top level, or of a text without quotes */
} value_t;

typedef struct cursor
{
	const char *p, *end;
	bool bad;
} cursor_t;

/* The tokens of RFC 8606; rep_signs_t has an index plus 0 for none. */
static const char *const locations[] = {
		"", "U", "LPN", "LN", "TN", "RLN", "RPN", "INTL", "BI"};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static bool alphanumeric(char c)
{
	return rep_is_digit(c) || (rep_lower(c) >= 'a' && rep_lower(c) <= 'z');
}

/* ---- the lexer ---- */

static void skip_space(cursor_t *c)
{
	while(c->p < c->end && rep_is_space(*c->p))
		c->p++;
}

/* At an opening quote: what it encloses; the cursor goes past the closing
 * one. An unterminated string reaches to the end. */
static rep_span_t quoted(cursor_t *c)
{
	const char *start = ++c->p;
	rep_span_t inside;

	while(c->p < c->end && *c->p != '"')
		c->p += *c->p == '\\' && c->end - c->p > 1 ? 2 : 1;
	inside = (rep_span_t){start, (size_t)(c->p - start)};
	if(c->p < c->end)
		c->p++;
	else
		c->bad = true;
	return inside;
}

/* Up to one of the bytes of `stop`, which no quoted string hides. */
static rep_span_t upto(cursor_t *c, const char *stop)
{
	const char *start = c->p;

	while(c->p < c->end && (*c->p == '\0' || !strchr(stop, *c->p))) {
		if(*c->p == '"')
			quoted(c);
		else
			c->p++;
	}
	return rep_trim((rep_span_t){start, (size_t)(c->p - start)});
}

/* After a semicolon: one parameter, up to the next semicolon or comma. */
static param_t next_param(cursor_t *c)
{
	param_t param = {.value = {c->p, 0}};

	param.name = upto(c, "=;,");
	if(param.name.len == 0)
		c->bad = true;
	if(c->p == c->end || *c->p != '=')
		return param;
	c->p++;
	skip_space(c);
	param.quoted = c->p < c->end && *c->p == '"';
	param.value = param.quoted ? quoted(c) : upto(c, ";,");
	if(upto(c, ";,").len > 0)
		c->bad = true;
	return param;
}

static bool at(const cursor_t *c, char byte)
{
	return c->p < c->end && *c->p == byte;
}

/* ---- redress contacts ---- */

/* Copy without escapes; false when it does not fit or a byte is not printable
 * ASCII. Nothing conforming has a space in it, so none is let through. */
static bool copy_printable(char *out, size_t size, rep_span_t s)
{
	size_t i, n = 0;

	for(i = 0; i < s.len; i++) {
		if(s.s[i] == '\\' && i + 1 < s.len)
			i++;
		if(s.s[i] <= ' ' || s.s[i] > '~' || n + 1 >= size)
			return false;
		out[n++] = s.s[i];
	}
	out[n] = '\0';
	return n > 0;
}

static bool begins(const char *text, const char *word)
{
	size_t n = strlen(word);

	return strlen(text) > n && rep_same((rep_span_t){text, n}, word);
}

/* A scheme that a person can follow without harm, a host, none of the
 * characters that RFC 3986 keeps out of URLs, and on the web no user part: it
 * serves to dress up another host. */
static bool url_ok(const char *url)
{
	static const struct
	{
		const char *scheme;
		bool user;
	} schemes[] = {{"https://", false}, {"http://", false}, {"sip:", true},
			{"sips:", true}};
	size_t i = 0, n;
	const char *host, *at_sign;

	while(i < COUNT(schemes) && !begins(url, schemes[i].scheme))
		i++;
	if(i == COUNT(schemes) || strpbrk(url, "\"<>\\^`{|}'"))
		return false;
	host = url + strlen(schemes[i].scheme);
	n = strcspn(host, "/?#;");
	at_sign = memchr(host, '@', n);
	if(at_sign && !schemes[i].user)
		return false;
	if(at_sign)
		host = at_sign + 1;
	return alphanumeric(host[0]) || host[0] == '[';
}

static bool email_ok(const char *email)
{
	const char *at_sign = strchr(email, '@'), *p;

	if(!at_sign || at_sign == email || !alphanumeric(at_sign[1]))
		return false;
	for(p = email; p < at_sign; p++) {
		if(!alphanumeric(*p) && !strchr(".!#$%&*+/=?^_{|}~-", *p))
			return false;
	}
	for(p = at_sign + 1; *p; p++) {
		if(!alphanumeric(*p) && *p != '.' && *p != '-')
			return false;
	}
	return true;
}

static bool id_ok(const char *id)
{
	for(; *id; id++) {
		if(!alphanumeric(*id) && *id != '_' && *id != '-')
			return false;
	}
	return true;
}

/* A global number, with the plus; kept as +digits. */
static bool tel_ok(char *tel)
{
	rep_span_t text = rep_span(tel);
	rep_e164_t number;

	if(begins(tel, "tel:"))
		text = rep_span(tel + 4);
	if(text.s[0] != '+' || rep_e164_complete(text, "", &number) != REP_E164_OK)
		return false;
	rep_e164_print(number, tel);
	return true;
}

/* A number or a mail address written as a URL goes where such things go. */
static int place_of(int attr, char *text)
{
	if((attr == ATTR_URL || attr == ATTR_EMAIL) && begins(text, "mailto:")) {
		memmove(text, text + 7, strlen(text + 7) + 1);
		return ATTR_EMAIL;
	}
	return attr == ATTR_URL && begins(text, "tel:") ? ATTR_TEL : attr;
}

/* Check one attribute and put it in its place; false when it is refused.
 * `keep`: what is there already stays. */
static bool put(rep_redress_t *redress, int attr, rep_span_t value, bool keep)
{
	char text[sizeof(redress->url)];
	char *places[ATTRS] = {
			NULL, redress->url, redress->tel, redress->email, redress->id};
	static const size_t sizes[ATTRS] = {0, sizeof(redress->url), 32,
			sizeof(redress->email), sizeof(redress->id)};
	bool ok = copy_printable(text, sizeof(text), value);

	if(ok)
		attr = place_of(attr, text);
	ok = ok && strlen(text) < sizes[attr] && (attr != ATTR_URL || url_ok(text))
		 && (attr != ATTR_TEL || tel_ok(text))
		 && (attr != ATTR_EMAIL || email_ok(text))
		 && (attr != ATTR_ID || id_ok(text));
	if(!ok)
		redress->refused = true;
	else if(!keep || places[attr][0] == '\0')
		memcpy(places[attr], text, strlen(text) + 1);
	return ok;
}

/* ---- Reason ---- */

/* Without quotes that were escaped to stand inside `text`. */
static rep_span_t unquote(rep_span_t s)
{
	if(s.len >= 4 && memcmp(s.s, "\\\"", 2) == 0
			&& memcmp(s.s + s.len - 2, "\\\"", 2) == 0)
		return (rep_span_t){s.s + 2, s.len - 4};
	return s;
}

/* The value is trimmed already. */
static void note_attr(attrs_t *attrs, rep_span_t name, rep_span_t value)
{
	int i;

	for(i = 0; i < ATTRS; i++) {
		if(rep_same(name, attr_names[i]) && !attrs->value[i].s)
			attrs->value[i] = unquote(value);
	}
}

/* name=value;name=value, as inside `text`. */
static void note_text(attrs_t *attrs, rep_span_t text)
{
	rep_span_t part, name, value;

	while(rep_span_cut(&text, ';', &part)) {
		if(rep_split(part, '=', &name, &value))
			note_attr(attrs, name, value);
	}
}

const char *rep_location_name(uint8_t location)
{
	return locations[location < COUNT(locations) ? location : 0];
}

static uint8_t location_of(rep_span_t token)
{
	for(size_t i = 1; i < COUNT(locations); i++) {
		if(rep_same(token, locations[i]))
			return (uint8_t)i;
	}
	return 0;
}

static void note_param(value_t *value, const param_t *param, cursor_t *c)
{
	rep_span_t number;
	uint32_t cause;

	if(rep_same(param->name, "cause")) {
		number = rep_trim(param->value);
		if(number.len <= 4 && rep_whole_parse(number, 1, 9999, &cause))
			value->cause = cause;
		else
			c->bad = true;
	} else if(rep_same(param->name, "text")) {
		note_text(param->quoted ? &value->inside : &value->loose, param->value);
	} else if(rep_same(param->name, "location")) {
		value->location = location_of(rep_trim(param->value));
	} else {
		note_attr(&value->loose, param->name, rep_trim(param->value));
	}
}

static value_t next_value(cursor_t *c)
{
	value_t value = {.cause = 0};

	value.protocol = upto(c, ";,");
	if(value.protocol.len == 0)
		c->bad = true;
	while(at(c, ';')) {
		param_t param;

		c->p++;
		skip_space(c);
		param = next_param(c);
		note_param(&value, &param, c);
	}
	return value;
}

/* Causes that say only that the call ended. They do not take the place of one
 * that says why, seen on an earlier reply. */
static bool vague(unsigned q850)
{
	return q850 == 16 || q850 == 31 || q850 == 127;
}

/* RFC 8197 and 8688 give 607 and 608 a meaning that no other cause takes
 * away; otherwise the latest counts. */
void rep_signs_merge(rep_signs_t *into, const rep_signs_t *from)
{
	into->flags |= from->flags;
	if(from->q850 && (!vague(from->q850) || !into->q850 || vague(into->q850)))
		into->q850 = from->q850;
	if(from->sip && into->sip != 607 && into->sip != 608)
		into->sip = from->sip;
	if(from->stir)
		into->stir = from->stir;
	if(from->location)
		into->location = from->location;
	if(from->locations)
		into->locations = from->locations;
	if(from->retry_after)
		into->retry_after = from->retry_after;
}

/* What one value says by its protocol. */
static rep_signs_t signs_of(const value_t *value, cursor_t *c)
{
	bool status = value->cause >= 100 && value->cause <= 699;
	rep_signs_t signs = {.flags = 0};

	if(rep_same(value->protocol, "SIP")) {
		if(status)
			signs.sip = (uint16_t)value->cause;
		else if(value->cause)
			c->bad = true;
		signs.location = value->location;
	} else if(rep_same(value->protocol, "Q.850")) {
		if(value->cause <= 127)
			signs.q850 = (uint8_t)value->cause;
		else
			c->bad = true;
		signs.locations = value->location;
	} else if(rep_same(value->protocol, "STIR") && status) {
		signs.stir = (uint16_t)value->cause;
	}
	return signs;
}

/* The contacts count only where v=analytics1 vouches for them. */
static bool merge_attrs(
		rep_redress_t *redress, const attrs_t *attrs, bool keep, cursor_t *c)
{
	int i;

	if(!rep_same(attrs->value[ATTR_V], "analytics1"))
		return false;
	for(i = ATTR_URL; redress && i < ATTRS; i++) {
		if(attrs->value[i].s && !put(redress, i, attrs->value[i], keep))
			c->bad = true;
	}
	return true;
}

static void merge_value(rep_signs_t *signs, rep_redress_t *redress,
		const value_t *value, cursor_t *c)
{
	rep_signs_t said = signs_of(value, c);

	rep_signs_merge(signs, &said);
	if(merge_attrs(redress, &value->inside, false, c))
		signs->flags |= REP_SIGN_ANALYTICS;
	if(merge_attrs(redress, &value->loose, true, c))
		signs->flags |= REP_SIGN_LOOSE;
}

void rep_signs_reason(
		rep_signs_t *signs, rep_redress_t *redress, rep_span_t body)
{
	cursor_t c = {.p = body.s, .end = body.len ? body.s + body.len : body.s};

	do {
		value_t value;

		skip_space(&c);
		value = next_value(&c);
		merge_value(signs, redress, &value, &c);
	} while(at(&c, ',') && c.p++);
	if(c.bad)
		signs->flags |= REP_SIGN_MALFORMED;
}

/* ---- Call-Info ---- */

/* <URI>, or a URI that somebody forgot to enclose. */
static rep_span_t next_uri(cursor_t *c)
{
	const char *start, *stop;

	skip_space(c);
	if(!at(c, '<'))
		return upto(c, ";,");
	start = c->p + 1;
	stop = memchr(start, '>', (size_t)(c->end - start));
	if(!stop)
		c->bad = true;
	c->p = stop ? stop + 1 : c->end;
	if(upto(c, ";,").len > 0)
		c->bad = true;
	return (rep_span_t){start, (size_t)((stop ? stop : c->end) - start)};
}

void rep_signs_call_info(
		rep_signs_t *signs, rep_redress_t *redress, rep_span_t body)
{
	cursor_t c = {.p = body.s, .end = body.len ? body.s + body.len : body.s};

	do {
		rep_span_t uri = next_uri(&c);
		bool jwscard = false;

		while(at(&c, ';')) {
			param_t param;

			c.p++;
			skip_space(&c);
			param = next_param(&c);
			jwscard |= rep_same(param.name, "purpose")
					   && rep_same(rep_trim(param.value), "jwscard");
		}
		if(jwscard) {
			signs->flags |= REP_SIGN_JWSCARD;
			if(redress && !put(redress, ATTR_URL, rep_trim(uri), false))
				c.bad = true;
		}
	} while(at(&c, ',') && c.p++);
	if(c.bad)
		signs->flags |= REP_SIGN_MALFORMED;
}

/* ---- X-Twilio-Error ---- */

void rep_signs_twilio_error(rep_signs_t *signs, rep_span_t body)
{
	body = rep_trim(body);
	if(body.len > 0 && rep_is_digit(body.s[0]))
		signs->flags |= REP_SIGN_TWILIO;
	else
		signs->flags |= REP_SIGN_MALFORMED;
}

/* ---- Retry-After ---- */

void rep_signs_retry_after(rep_signs_t *signs, rep_span_t body)
{
	size_t n = 0;
	uint64_t s;

	body = rep_trim(body);
	while(n < body.len && rep_is_digit(body.s[n]))
		n++;
	/* then nothing, a comment or parameters */
	if(n == 0
			|| (n < body.len && !rep_is_space(body.s[n]) && body.s[n] != '('
					&& body.s[n] != ';')) {
		signs->flags |= REP_SIGN_MALFORMED;
		return;
	}
	if(!rep_u64_parse((rep_span_t){body.s, n}, UINT32_MAX, &s))
		s = UINT32_MAX;
	if(s)
		signs->retry_after = (uint32_t)s;
}

/* ---- a message ---- */

/* The length tells of most that they are not. */
#define IS(text) (name.len == sizeof(text) - 1 && rep_same(name, text))

void rep_signs_header(rep_signs_t *signs, rep_redress_t *redress,
		rep_span_t name, rep_span_t value)
{
	if(IS("Reason"))
		rep_signs_reason(signs, redress, value);
	else if(IS("Call-Info"))
		rep_signs_call_info(signs, redress, value);
	else if(IS("X-Twilio-Error"))
		rep_signs_twilio_error(signs, value);
	else if(IS("Retry-After"))
		rep_signs_retry_after(signs, value);
}

/* Most lines of a message are none of ours, and their first four bytes tell. */
static bool begins_as_ours(rep_span_t line)
{
	static const char begins[][4] = {{'r', 'e', 'a', 's'}, {'c', 'a', 'l', 'l'},
			{'x', '-', 't', 'w'}, {'r', 'e', 't', 'r'}};
	uint32_t first, ours;

	if(line.len < sizeof(first))
		return false;
	memcpy(&first, line.s, sizeof(first));
	first |= UINT32_C(0x20202020); /* lower case; a hyphen stays one */
	for(size_t i = 0; i < COUNT(begins); i++) {
		memcpy(&ours, begins[i], sizeof(ours));
		if(first == ours)
			return true;
	}
	return false;
}

void rep_signs_headers(
		rep_signs_t *signs, rep_redress_t *redress, rep_span_t text)
{
	rep_span_t name, value;
	bool more = true;

	while(more) {
		if(!begins_as_ours(text))
			more = rep_headers_skip(&text);
		else if((more = rep_headers_next(&text, &name, &value)))
			rep_signs_header(signs, redress, name, value);
	}
}

void rep_signs_message(
		rep_signs_t *signs, rep_redress_t *redress, rep_span_t message)
{
	rep_signs_headers(signs, redress, rep_headers(message));
}
