/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The texts of a number. */

#include "tags.h"

#include "../base/text.h"

/* In the order of the block. */
enum
{
	TEXT_TAGS,
	TEXT_ATTEST,
	TEXT_NOTE,
	TEXT_NAME,
	TEXT_PARTS
};

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
	rep_span_t tags = rep_span(text_part(number, TEXT_TAGS));
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
	rep_span_t list = rep_span(text_part(number, TEXT_ATTEST)), item;
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

const char *rep_number_name(const rep_number_t *number)
{
	return text_part(number, TEXT_NAME);
}

char *rep_number_text(const rep_attrs_t *attrs, bool *failed)
{
	const rep_span_t parts[TEXT_PARTS] = {[TEXT_TAGS] = attrs->tags,
			[TEXT_ATTEST] = attrs->attest,
			[TEXT_NOTE] = attrs->note,
			[TEXT_NAME] = attrs->name};
	size_t len = 0;
	char *text, *p;

	*failed = false;
	for(int i = 0; i < TEXT_PARTS; i++)
		len += parts[i].len;
	if(len == 0)
		return NULL;
	p = text = rep_alloc(len + TEXT_PARTS);
	if(!text) {
		*failed = true;
		return NULL;
	}
	for(int i = 0; i < TEXT_PARTS; i++) {
		if(parts[i].len)
			memcpy(p, parts[i].s, parts[i].len);
		p[parts[i].len] = '\0';
		p += parts[i].len + 1;
	}
	return text;
}
