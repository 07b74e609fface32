/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "apply_options.h"

#include <stdio.h>

#include "../engine/base/text.h"

#define HOST_MAX 255

enum
{
	FROM,
	PAI,
	DISPLAY,
	USER,
	PPI,
	RPID,
	ANONYMOUS,
	HOST,
	OPTIONS
};

/* Each option with its values; the first is the default, which has no word
 * where leaving the option out is the only way to say it. */
static const struct
{
	const char *name;
	const char *values[3];
	const char *said; /* for errors */
} options[OPTIONS] = {
		[FROM] = {"from", {"sip", "tel", "keep"}, "sip, tel or keep"},
		[PAI] = {"pai", {"sip", "tel", "none"}, "sip, tel or none"},
		[DISPLAY] = {"name", {"attr", "keep", "none"}, "attr, keep or none"},
		[USER] = {"user", {"", "phone"}, "phone"},
		[PPI] = {"ppi", {"", "keep"}, "keep"},
		[RPID] = {"rpid", {"", "keep"}, "keep"},
		[ANONYMOUS] = {"anonymous", {"keep", "show"}, "keep or show"},
		[HOST] = {"host", {""}, "a host name or address"},
};

static size_t count_colons(rep_span_t text)
{
	size_t n = 0;

	for(size_t i = 0; i < text.len; i++)
		n += text.s[i] == ':';
	return n;
}

bool rep_host_wants_brackets(rep_span_t host)
{
	return host.len > 0 && host.s[0] != '[' && count_colons(host) > 1;
}

static bool only(rep_span_t text, const char *also)
{
	for(size_t i = 0; i < text.len; i++) {
		char c = rep_lower(text.s[i]);

		if(!rep_is_digit(c) && !(c >= 'a' && c <= 'z') && !strchr(also, c))
			return false;
	}
	return text.len > 0;
}

static bool is_port(rep_span_t text)
{
	unsigned port = 0;

	if(text.len == 0 || text.len > 5)
		return false;
	for(size_t i = 0; i < text.len; i++) {
		if(!rep_is_digit(text.s[i]))
			return false;
		port = port * 10 + (unsigned)(text.s[i] - '0');
	}
	return port > 0 && port < 65536;
}

/* hostport of RFC 3261 25.1; an IPv6 address may lack its brackets. */
static bool is_host(rep_span_t text)
{
	rep_span_t rest = text, host;

	if(text.len == 0 || text.len > HOST_MAX)
		return false;
	if(rep_host_wants_brackets(text))
		return only(text, ":.");
	if(text.s[0] == '[') {
		rep_span_cut(&rest, ']', &host);
		host = (rep_span_t){host.s + 1, host.len - 1};
		if(!rest.s || count_colons(host) < 2 || !only(host, ":."))
			return false;
		return rest.len == 0
			   || (rest.s[0] == ':'
					   && is_port((rep_span_t){rest.s + 1, rest.len - 1}));
	}
	rep_span_cut(&rest, ':', &host);
	return only(host, ".-_") && (!rest.s || is_port(rest));
}

static bool set(size_t option, rep_span_t value, rep_apply_options_t *out)
{
	size_t word = 0;

	if(option == HOST) {
		out->host = value;
		return is_host(value);
	}
	while(word < 3
			&& (!options[option].values[word] || value.len == 0
					|| !rep_span_is(value, options[option].values[word])))
		word++;
	if(word == 3)
		return false;
	switch(option) {
		case FROM:
			out->from = (rep_identity_t)word;
			break;
		case PAI:
			out->pai = (rep_identity_t)word;
			break;
		case DISPLAY:
			out->name = (rep_display_t)word;
			break;
		case USER:
			out->user_phone = true;
			break;
		case PPI:
			out->keep_ppi = true;
			break;
		case RPID:
			out->keep_rpid = true;
			break;
		default:
			out->show_anonymous = word == 1;
	}
	return true;
}

const char *rep_apply_options_parse(
		rep_span_t text, rep_apply_options_t *out, char *why, size_t why_size)
{
	rep_span_t item, name, value;

	*out = (rep_apply_options_t){.host = rep_span("")};
	while(rep_span_cut(&text, ';', &item)) {
		size_t i = 0;

		item = rep_trim(item);
		if(item.len == 0)
			continue;
		if(!rep_split(item, '=', &name, &value)) {
			snprintf(why, why_size, "'%.*s' has no value", (int)item.len,
					item.s);
			return why;
		}
		while(i < OPTIONS && !rep_span_is(name, options[i].name))
			i++;
		if(i == OPTIONS) {
			snprintf(why, why_size, "there is no option '%.*s'", (int)name.len,
					name.s);
			return why;
		}
		if(!set(i, value, out)) {
			snprintf(why, why_size, "%s: '%.*s' is not %s", options[i].name,
					(int)value.len, value.s, options[i].said);
			return why;
		}
	}
	return NULL;
}
