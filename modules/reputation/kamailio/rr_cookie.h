/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A cookie in our Record-Route that binds a dialog to its caller ID, so that a
 * BYE long after the answer can be believed: nobody but a party to the dialog
 * can show it. Needs the rr module; without it such BYEs say nothing. */

#ifndef REP_RR_COOKIE_H
#define REP_RR_COOKIE_H

#include "core/parser/msg_parser.h"

#include "../engine/base/types.h"

/* Draws the key and binds rr if it is there; mod_init. */
void rep_rr_cookie_init(void);

/* Add the cookie to the Record-Route of this INVITE. */
void rep_rr_cookie_add(struct sip_msg *invite, rep_e164_t number);

/* Does the Route of this request carry the cookie of its Call-ID and this
 * number? After loose_route(). */
bool rep_rr_cookie_holds(struct sip_msg *request, rep_e164_t number);

#endif
