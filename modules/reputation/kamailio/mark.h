/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The mark of a call: forty characters that travel in its Record-Route and come
 * back in the Route of its BYE. It says from which number, pool and route the
 * call came, when, and which start of a proxy picked; it proves that a proxy
 * with our secret said so of this Call-ID and this caller. Nobody else can
 * read number, pool or route in it. The key is made of the secret. */

#ifndef REP_MARK_H
#define REP_MARK_H

#include "../engine/base/siphash.h"

#define REP_MARK_LEN 40

typedef struct rep_mark
{
	uint32_t incarnation; /* of the start that picked */
	uint32_t picked;	  /* when, s since 1970 */
	rep_e164_t number;
	/* rep_mark_tag() of their names; where the call has other labels, route is
	 * that of "ROUTE|CAMPAIGN|NETWORK" */
	uint16_t pool, route;
} rep_mark_t;

/* A name as marks have it: few other names have the same tag. */
uint16_t rep_mark_tag(rep_sipkey_t key, rep_span_t name);

/* Letters, digits, '-' and '_'; no end of text. */
void rep_mark_write(rep_sipkey_t key, rep_span_t call_id, rep_span_t caller_tag,
		const rep_mark_t *mark, char out[REP_MARK_LEN]);

/* False when it is no mark, or not of this call, or not of this key. Takes
 * as long whatever the first wrong byte is. */
bool rep_mark_read(rep_sipkey_t key, rep_span_t call_id, rep_span_t caller_tag,
		rep_span_t text, rep_mark_t *mark);

#endif
