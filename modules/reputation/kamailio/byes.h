/* SPDX-License-Identifier: GPL-2.0-or-later */
/* BYEs: the end of a call, and what the callee says of it. */

#ifndef REP_BYES_H
#define REP_BYES_H

#include "core/parser/msg_parser.h"

/* A BYE came through, either way. */
void rep_bye(struct sip_msg *bye);

#endif
