/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The texts of a number. */

#include "tags.h"

static const char *text_part(const rep_number_t *number, unsigned part)
{
	const char *s = number->text;

	if(!s)
		return "";
	while(part-- > 0)
		s += strlen(s) + 1;
	return s;
}

/* Does the comma-joined list hold this item? */
static bool list_has(const char *list, const char *item, size_t len)
{
	while(*list) {
		size_t n = strcspn(list, ",");
		if(n == len && memcmp(list, item, len) == 0)
			return true;
		list += n + (list[n] == ',');
	}
	return false;
}

void rep_number_match(rep_pool_t *pool, rep_number_t *number)
{
	const char *need = pool->policy.require_tags;
	const char *tags = text_part(number, 0);
	bool matches = true;

	while(*need && matches) {
		size_t n = strcspn(need, ",");
		matches = n == 0 || list_has(tags, need, n);
		need += n + (need[n] == ',');
	}
	if(matches)
		number->flags |= REP_MATCHES;
	else
		number->flags &= ~REP_MATCHES;
}

char rep_number_attest(const rep_number_t *number, const rep_route_t *route)
{
	const char *s = text_part(number, 1);
	char best = 0;

	while(*s) {
		size_t n = strcspn(s, ",");
		if(n >= 2 && s[n - 2] == '='
				&& (route->len == 0
						|| (n - 2 == route->len
								&& memcmp(s, route->label, n - 2) == 0))
				&& (!best || s[n - 1] < best))
			best = s[n - 1];
		s += n + (s[n] == ',');
	}
	return best;
}

char *rep_number_text(const rep_attrs_t *attrs, bool *failed)
{
	size_t len = attrs->tags.len + attrs->attest.len + attrs->note.len;
	char *text, *p;

	*failed = false;
	if(len == 0)
		return NULL;
	p = text = rep_alloc(len + 3);
	if(!text) {
		*failed = true;
		return NULL;
	}
	for(int i = 0; i < 3; i++) {
		const rep_span_t *part = i == 0	  ? &attrs->tags
								 : i == 1 ? &attrs->attest
										  : &attrs->note;
		if(part->len)
			memcpy(p, part->s, part->len);
		p[part->len] = '\0';
		p += part->len + 1;
	}
	return text;
}
