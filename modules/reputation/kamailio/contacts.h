/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Redress contacts that came with blocks: shown to people, never fetched. */

#ifndef REP_CONTACTS_H
#define REP_CONTACTS_H

#include "../engine/reply/reason.h"

#define REP_CONTACTS 1024 /* the newest are kept */

typedef struct rep_contact
{
	int32_t pool;
	rep_e164_t number;
	rep_time_t first, last;
	uint32_t count;
	uint32_t serial; /* changes when the slot is used for another */
	rep_redress_t redress;
} rep_contact_t;

struct rep_contacts *rep_contacts_create(void); /* NULL: no memory */
void rep_contacts_destroy(struct rep_contacts *contacts);

/* Keep a contact (the same one again is counted). Returns a handle for
 * rep_contacts_get(), 0 when there was nothing to keep. */
uint64_t rep_contacts_put(struct rep_contacts *contacts, int32_t pool,
		rep_e164_t number, const rep_redress_t *redress, rep_time_t now);
/* False when it has been overwritten. */
bool rep_contacts_get(
		struct rep_contacts *contacts, uint64_t handle, rep_redress_t *out);
/* Slot i, 0 .. REP_CONTACTS - 1; false when it is empty. */
bool rep_contacts_at(
		struct rep_contacts *contacts, unsigned i, rep_contact_t *out);

#endif
