/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who blocked: the party behind a redress contact, as text. */

#ifndef REP_PARTY_H
#define REP_PARTY_H

#include "reason.h"

#define REP_PARTY_TEXT sizeof(((rep_redress_t *)0)->url)

/* The host of the URL, else the domain of the mail address, both in lower case
 * and without a dot at the end, else the telephone number: whatever path,
 * mailbox or id a block names, it is the same party's. "" and false when there
 * is no contact. */
bool rep_party(const rep_redress_t *redress, char out[REP_PARTY_TEXT]);

/* A name for what a party holds against a number, the same wherever it is made:
 * SipHash-2-4 under the key 0 of "+NUMBER|PARTY". */
uint64_t rep_party_id(rep_e164_t number, const char *party);

#define REP_PARTY_ID_TEXT 17 /* sixteen hexadecimal digits */
void rep_party_id_print(uint64_t id, char out[REP_PARTY_ID_TEXT]);
bool rep_party_id_parse(rep_span_t text, uint64_t *id);

#endif
