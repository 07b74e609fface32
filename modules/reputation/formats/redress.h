/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An entry of rep:redress:{POOL} as JSON. */

#ifndef REP_REDRESS_FORMAT_H
#define REP_REDRESS_FORMAT_H

#include "../engine/pool/redress.h"

#define REP_REDRESS_TEXT 4096

/* What is known of the entry, its count aside; what is empty is left out. Of
 * more than REP_REDRESS_TEXT bytes (no contact is so long) what does not fit is
 * missing. Returns its length. */
size_t rep_pack_redress(
		const rep_redress_entry_t *entry, char out[REP_REDRESS_TEXT]);
/* What a person wrote, by `fields` (a bit each): the members of those alone. */
size_t rep_pack_redress_edits(const rep_redress_entry_t *entry, uint32_t fields,
		char out[REP_REDRESS_TEXT]);

/* An entry as it is written under `id`; NULL, or what is wrong in it. What is
 * wrong in what people write counts as not written and is named, too: `*usable`
 * says whether the rest is an entry. Texts too long for one are cut. */
const char *rep_unpack_redress(rep_span_t text, int pool, uint64_t id,
		rep_redress_entry_t *out, bool *usable);

#endif
