/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The script functions, as KEMI calls them. docs/functions.md is their
 * manual; return values stand there. */

#ifndef REP_FUNCTIONS_H
#define REP_FUNCTIONS_H

#include "core/parser/msg_parser.h"

int ki_pick(struct sip_msg *msg, str *pool, str *callee, str *route);
int ki_cancel(struct sip_msg *msg);
int ki_outcome(struct sip_msg *msg, str *outcome);
int ki_track(struct sip_msg *msg, str *pool, str *number, str *route);
int ki_report(struct sip_msg *msg, str *pool, str *number, str *outcome);
int ki_bench(struct sip_msg *msg, str *pool, str *number, int seconds);
int ki_release(struct sip_msg *msg, str *pool, str *number);
int ki_state(struct sip_msg *msg, str *pool, str *number);
/* The same on one route; "" is none. */
int ki_report_route(
		struct sip_msg *msg, str *pool, str *number, str *outcome, str *route);
int ki_bench_route(
		struct sip_msg *msg, str *pool, str *number, int seconds, str *route);
int ki_release_route(struct sip_msg *msg, str *pool, str *number, str *route);
int ki_state_route(struct sip_msg *msg, str *pool, str *number, str *route);

#endif
