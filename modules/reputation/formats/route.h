/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The label of a route at the end of a field. */

#ifndef REP_ROUTE_FORMAT_H
#define REP_ROUTE_FORMAT_H

#include "../engine/base/types.h"

/* Write at most `max` bytes of a text without a terminating zero; how many. */
size_t rep_pack_text(char *out, const char *text, size_t max);

/* All of `text` as a label; false when it is too long or holds a zero. */
bool rep_unpack_route(rep_span_t text, char out[REP_ROUTE_MAX + 1]);

#endif
