/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The texts of a number: tags, attestation by route, note, display name. */

#ifndef REP_TAGS_H
#define REP_TAGS_H

#include "attrs.h"
#include "pool.h"

/* Tags, attestation, note and name in one block, each with a zero; NULL when
 * all are empty or (`*failed`) there is no memory. To be freed by rep_free(). */
char *rep_number_text(const rep_attrs_t *attrs, bool *failed);

/* Set or clear REP_MATCHES: has the number the policy's tags? */
void rep_number_match(rep_pool_t *pool, rep_number_t *number);

/* The attestation of a number on the route of this label ('A'..'C', 0 =
 * none); without a label, the best one on any route. */
char rep_number_attest(const rep_number_t *number, rep_span_t label);

/* One of its texts, "" = none. */
const char *rep_number_text_of(const rep_number_t *number, rep_text_t part);

#endif
