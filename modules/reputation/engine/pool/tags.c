/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The texts of a number. */

#include "tags.h"

#include "../base/text.h"

const char *rep_number_text_of(const rep_number_t *number, rep_text_t part)
{
	const char *s = number->text;

	if(!s)
		return "";
	for(unsigned i = 0; i < part; i++)
		s += strlen(s) + 1;
	return s;
}

void rep_number_match(rep_pool_t *pool, rep_number_t *number)
{
	rep_span_t need = rep_span(pool->policy.require_tags), tag;
	rep_span_t tags = rep_span(rep_number_text_of(number, REP_TEXT_TAGS));
	bool matches =
			!pool->policy.require_registered
			|| rep_number_text_of(number, REP_TEXT_REGISTERED)[0] != '\0';

	while(matches && rep_span_cut(&need, ',', &tag))
		matches = tag.len == 0 || rep_item_in(tags, tag);
	if(matches)
		number->flags |= REP_MATCHES;
	else
		number->flags &= ~REP_MATCHES;
}

char rep_number_attest(const rep_number_t *number, rep_span_t label)
{
	rep_span_t list = rep_span(rep_number_text_of(number, REP_TEXT_ATTEST)),
			   item;
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
	const rep_span_t parts[REP_TEXTS] = {[REP_TEXT_TAGS] = attrs->tags,
			[REP_TEXT_ATTEST] = attrs->attest,
			[REP_TEXT_NOTE] = attrs->note,
			[REP_TEXT_NAME] = attrs->name,
			[REP_TEXT_REGISTERED] = attrs->registered,
			[REP_TEXT_VERIFIED] = attrs->verified};
	size_t len = 0;
	char *text, *p;

	*failed = false;
	for(int i = 0; i < REP_TEXTS; i++)
		len += parts[i].len;
	if(len == 0)
		return NULL;
	p = text = rep_alloc(len + REP_TEXTS);
	if(!text) {
		*failed = true;
		return NULL;
	}
	for(int i = 0; i < REP_TEXTS; i++) {
		if(parts[i].len)
			memcpy(p, parts[i].s, parts[i].len);
		p[parts[i].len] = '\0';
		p += parts[i].len + 1;
	}
	return text;
}
