/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Malformed values: each is logged once, listed in the status while it stands,
 * and forgotten when a later reading of its key is without it. */

#ifndef REP_ERRORS_H
#define REP_ERRORS_H

#include "context.h"
#include "handle.h"

void rep_round_begin(rep_store_t *store, rep_round_t *round, const char *key);
void rep_round_end(rep_store_t *store, rep_round_t *round, const char *key);
/* `round` NULL: an error outside of any reading. */
void rep_error_add(rep_store_t *store, rep_round_t *round, const char *key,
		rep_span_t field, const char *sentence);
/* The same of a value in whose place the last good one stays in force: the log
 * says so. */
void rep_error_refused(rep_store_t *store, rep_round_t *round, const char *key,
		rep_span_t field, const char *sentence);
/* Errors outside of any reading are dropped when they no longer occur. */
void rep_errors_age(rep_store_t *store);

#endif
