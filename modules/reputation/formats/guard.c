/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts of the callee guard, as text. */

#include "guard.h"

#include <stdio.h>

#include "../engine/base/decimal.h"
#include "../engine/base/text.h"

static const char letters[REP_GUARD_KINDS] = {
		[REP_GUARD_TRIED] = 'a',
		[REP_GUARD_DECLINED] = 'd',
		[REP_GUARD_UNWANTED] = 'u',
		[REP_GUARD_BY_HAND] = 'h',
		[REP_GUARD_LISTED] = 'n',
};

void rep_pack_guard(const rep_guard_fact_t *fact, char member[REP_GUARD_TEXT],
		int64_t *score)
{
	int n = snprintf(member, REP_GUARD_TEXT, "%c%llu", letters[fact->kind],
			(unsigned long long)fact->callee);

	if(fact->kind == REP_GUARD_TRIED)
		snprintf(member + n, REP_GUARD_TEXT - (size_t)n, ".%u.%u", fact->at,
				fact->n);
	*score = fact->gone
					 ? 0
					 : (int64_t)rep_guard_forgets(fact->kind, fact->until) * 256
							   + (fact->kind == REP_GUARD_TRIED ? 0 : fact->n);
}

static bool unpack_member(rep_span_t member, rep_guard_fact_t *fact)
{
	rep_span_t number, at;
	uint64_t v;
	int kind = REP_GUARD_NOTHING + 1;

	while(kind < REP_GUARD_KINDS
			&& (member.len == 0 || letters[kind] != member.s[0]))
		kind++;
	if(kind == REP_GUARD_KINDS)
		return false;
	fact->kind = (uint8_t)kind;
	member.s++;
	member.len--;
	rep_span_cut(&member, '.', &number);
	if(!rep_u64_parse(number, UINT64_C(999999999999999), &v))
		return false;
	fact->callee = v;
	if(kind != REP_GUARD_TRIED)
		return !member.s;
	if(!rep_span_cut(&member, '.', &at) || !member.s
			|| !rep_u64_parse(at, UINT32_MAX, &v))
		return false;
	fact->at = (uint32_t)v;
	if(!rep_u64_parse(member, UINT8_MAX, &v))
		return false;
	fact->n = (uint8_t)v;
	return true;
}

bool rep_unpack_guard(rep_span_t member, rep_span_t score, int32_t pool,
		rep_guard_fact_t *fact)
{
	uint32_t kept;
	uint64_t v;

	*fact = (rep_guard_fact_t){.pool = pool};
	if(!unpack_member(member, fact)
			|| !rep_u64_parse(score, (uint64_t)UINT32_MAX << 8 | 255, &v))
		return false;
	if(fact->kind >= REP_GUARD_BY_HAND)
		fact->pool = REP_GUARD_ALL;
	kept = rep_guard_forgets(fact->kind, 0);
	fact->gone = v == 0;
	fact->until = (uint32_t)(v >> 8);
	fact->until -= fact->until > kept ? kept : fact->until;
	if(fact->kind != REP_GUARD_TRIED)
		fact->n = (uint8_t)v;
	return true;
}

bool rep_guard_next(rep_span_t *text, int32_t pool, rep_guard_fact_t *fact)
{
	rep_span_t member, score;

	if(!rep_span_cut(text, ' ', &member) || !rep_span_cut(text, ' ', &score))
		return false;
	if(!rep_unpack_guard(member, score, pool, fact))
		fact->kind = REP_GUARD_NOTHING;
	return true;
}
