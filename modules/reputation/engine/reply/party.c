/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "party.h"

#include "e164.h"
#include "../base/siphash.h"
#include "../base/text.h"

/* Behind the scheme, its slashes and what stands before an '@'. */
static rep_span_t host_of(const char *url)
{
	const char *host = strchr(url, ':');
	const char *at_sign;
	size_t n;

	host = host ? host + 1 : url;
	while(*host == '/')
		host++;
	n = strcspn(host, "/?#;");
	at_sign = memchr(host, '@', n);
	if(at_sign) {
		n -= (size_t)(at_sign + 1 - host);
		host = at_sign + 1;
	}
	if(host[0] == '[' && memchr(host, ']', n))
		n = (size_t)((const char *)memchr(host, ']', n) + 1 - host);
	else
		n = strcspn(host, "/?#;:");
	return (rep_span_t){host, n};
}

bool rep_party(const rep_redress_t *redress, char out[REP_PARTY_TEXT])
{
	const char *domain = strrchr(redress->email, '@');
	rep_span_t party = redress->url[0] ? host_of(redress->url)
					   : domain		   ? rep_span(domain + 1)
									   : rep_span(redress->tel);

	while(party.len > 1 && party.s[party.len - 1] == '.')
		party.len--;
	for(size_t i = 0; i < party.len; i++)
		out[i] = rep_lower(party.s[i]);
	out[party.len] = '\0';
	return party.len > 0;
}

uint64_t rep_party_id(rep_e164_t number, const char *party)
{
	char text[REP_E164_MAX + REP_PARTY_TEXT + 2];
	size_t n = rep_e164_print(number, text), len = strlen(party);

	text[n++] = '|';
	memcpy(text + n, party, len + 1);
	return rep_siphash((rep_sipkey_t){0, 0}, text, n + len);
}

void rep_party_id_print(uint64_t id, char out[REP_PARTY_ID_TEXT])
{
	static const char digits[] = "0123456789abcdef";

	for(int i = 15; i >= 0; i--, id >>= 4)
		out[i] = digits[id & 15];
	out[16] = '\0';
}

bool rep_party_id_parse(rep_span_t text, uint64_t *id)
{
	*id = 0;
	for(size_t i = 0; i < text.len; i++) {
		int digit = rep_hex_digit(text.s[i]);

		if(digit < 0 || rep_lower(text.s[i]) != text.s[i])
			return false;
		*id = *id << 4 | (uint64_t)digit;
	}
	return text.len == 16;
}
