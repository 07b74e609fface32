/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Just as much of Kamailio as kamailio/{answered,byes,call_table,ending,mark,replies}.c
 * use,
 * under the test's control. tests/unit/shim/ has its headers. */

#ifndef REP_SHIM_H
#define REP_SHIM_H

#include "kamailio/mark.h"
#include "kamailio/shared.h"
#include "core/parser/msg_parser.h"
#include "engine/base/types.h"

/* The clocks: rep_now() and rep_mono(). */
extern rep_time_t shim_now, shim_mono;

/* Does the Route of the next requests carry a mark for this number of pool 0?
 * 0 = for none, as when the rr module is not loaded. What else it says: */
extern rep_e164_t shim_cookie;
extern rep_mark_t shim_mark;
/* How often it was asked for. */
extern unsigned shim_cookies_asked;

/* rep_shared with this registry and nothing else in it; NULL takes it away. */
void shim_share(rep_registry_t *registry);

/* A message as the core hands it to a module: the first line and the topmost
 * Via are parsed, the rest is not. Lines end with \r\n, folding is not known.
 * The text is copied to a block of its very size, to catch what reads on. */
struct sip_msg *shim_message(const char *text);
void shim_message_free(struct sip_msg *msg);

#endif
