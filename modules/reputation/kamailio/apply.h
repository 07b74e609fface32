/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes the picked number into From and P-Asserted-Identity (RFC 3325). */

#ifndef REP_APPLY_H
#define REP_APPLY_H

#include "core/parser/msg_parser.h"

#include "../engine/base/types.h"

int ki_apply(struct sip_msg *msg);
int ki_apply_options(struct sip_msg *msg, str *options);

/* The number that was applied to this message: that of the P-Asserted-Identity
 * of ours, else the one that stands in From because the script replaced it;
 * 0 = none. */
rep_e164_t rep_applied(struct sip_msg *msg);
int rep_apply_init(void); /* binds uac; mod_init. 0, or -1 */

#endif
