/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The texts of a number. */

#include "tags.h"

#include "../base/text.h"

static const char *text_part(const rep_number_t *number, unsigned part)
{
	const char *s = number->text;

	if(!s)
		return "";
	while(part-- > 0)
		s += strlen(s) + 1;
	return s;
}

void rep_number_match(rep_pool_t *pool, rep_number_t *number)
{
	rep_span_t need = rep_span(pool->policy.require_tags), tag;
	rep_span_t tags = rep_span(text_part(number, 0));
	bool matches = true;

	while(matches && rep_span_cut(&need, ',', &tag))
		matches = tag.len == 0 || rep_item_in(tags, tag);
	if(matches)
		number->flags |= REP_MATCHES;
	else
		number->flags &= ~REP_MATCHES;
}

char rep_number_attest(const rep_number_t *number, rep_span_t label)
{
	rep_span_t list = rep_span(text_part(number, 1)), item;
	char best = 0;

	while(rep_span_cut(&list, ',', &item)) {
		size_t n = item.len; /* label=A */
		if(n >= 2 && item.s[n - 2] == '='
				&& (label.len == 0
						|| (n - 2 == label.len
								&& memcmp(item.s, label.s, n - 2) == 0))
				&& (!best || item.s[n - 1] < best))
			best = item.s[n - 1];
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
