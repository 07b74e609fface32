/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small services on text. */

#ifndef REP_TEXT_H
#define REP_TEXT_H

#include "types.h"

/* 64-bit FNV-1a, never 0. */
uint64_t rep_hash(rep_span_t text);

/* Cut the text up to the first `c` off `*rest` into `*head`; all of it when
 * there is no `c` (*rest is then {NULL, 0}). False when `*rest` was NULL. */
bool rep_span_cut(rep_span_t *rest, char c, rep_span_t *head);

#endif
