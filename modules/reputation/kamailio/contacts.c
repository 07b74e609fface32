/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "contacts.h"

#include "../engine/base/mem.h"

struct rep_contacts
{
	rep_lock_t lock;
	uint32_t serial;
	uint32_t next;
	rep_contact_t slots[REP_CONTACTS];
};

struct rep_contacts *rep_contacts_create(void)
{
	struct rep_contacts *contacts = rep_alloc(sizeof(*contacts));

	if(!contacts)
		return NULL;
	memset(contacts, 0, sizeof(*contacts));
	if(rep_lock_init(&contacts->lock) == 0)
		return contacts;
	rep_free(contacts);
	return NULL;
}

void rep_contacts_destroy(struct rep_contacts *contacts)
{
	if(!contacts)
		return;
	rep_lock_destroy(&contacts->lock);
	rep_free(contacts);
}

static bool empty(const rep_redress_t *redress)
{
	return !redress->url[0] && !redress->tel[0] && !redress->email[0];
}

/* Blocks come with a fresh id each: the same contact but for the id is the
 * same slot. Looked for among the newest only, to bound the work. */
static rep_contact_t *find(struct rep_contacts *contacts, int32_t pool,
		rep_e164_t number, const rep_redress_t *redress)
{
	for(uint32_t k = 1; k <= 64; k++) {
		rep_contact_t *slot =
				&contacts->slots[(contacts->next - k) % REP_CONTACTS];
		if(slot->count && slot->pool == pool && slot->number == number
				&& strcmp(slot->redress.url, redress->url) == 0
				&& strcmp(slot->redress.tel, redress->tel) == 0
				&& strcmp(slot->redress.email, redress->email) == 0)
			return slot;
	}
	return NULL;
}

uint64_t rep_contacts_put(struct rep_contacts *contacts, int32_t pool,
		rep_e164_t number, const rep_redress_t *redress, rep_time_t now)
{
	rep_contact_t *slot;
	uint64_t handle;

	if(empty(redress))
		return 0;
	rep_lock(&contacts->lock);
	slot = find(contacts, pool, number, redress);
	if(!slot) {
		slot = &contacts->slots[contacts->next++ % REP_CONTACTS];
		*slot = (rep_contact_t){.pool = pool,
				.number = number,
				.first = now,
				.serial = ++contacts->serial};
	}
	slot->redress = *redress;
	slot->last = now;
	slot->count++;
	handle = (uint64_t)slot->serial << 32 | (uint32_t)(slot - contacts->slots);
	rep_unlock(&contacts->lock);
	return handle;
}

bool rep_contacts_get(
		struct rep_contacts *contacts, uint64_t handle, rep_redress_t *out)
{
	const rep_contact_t *slot =
			&contacts->slots[(uint32_t)handle % REP_CONTACTS];
	bool found;

	if(!handle)
		return false;
	rep_lock(&contacts->lock);
	found = slot->serial == handle >> 32;
	if(found)
		*out = slot->redress;
	rep_unlock(&contacts->lock);
	return found;
}

bool rep_contacts_at(
		struct rep_contacts *contacts, unsigned i, rep_contact_t *out)
{
	bool found;

	rep_lock(&contacts->lock);
	*out = contacts->slots[i % REP_CONTACTS];
	found = out->count > 0;
	rep_unlock(&contacts->lock);
	return found;
}
