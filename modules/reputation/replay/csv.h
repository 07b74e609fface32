/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RFC 4180 records. */

#ifndef REP_REPLAY_CSV_H
#define REP_REPLAY_CSV_H

#include "../engine/base/types.h"

/* Does the record end within quotes, so that the next line belongs to it? */
bool replay_csv_open(rep_span_t record, char delimiter);

/* Split a whole record (no line end at its end) into at most `max` fields;
 * more are passed over. Doubled quotes are made single in place. NULL and
 * `*n`, or what is wrong. A quote inside a field that does not begin with one
 * is a letter like others. */
const char *replay_csv_split(char *record, size_t len, char delimiter,
		rep_span_t *fields, size_t max, size_t *n);

/* The delimiter that a header line uses: a comma, unless it has none and has
 * semicolons, tabs or bars. */
char replay_csv_delimiter(rep_span_t header);

#endif
