/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes of a number: the JSON that an operator writes next to it. */

#ifndef REP_ATTRS_H
#define REP_ATTRS_H

#include "../engine/pool/attrs.h"

struct json_object;

#define REP_TAG_TEXT 256
#define REP_ATTEST_TEXT 256
#define REP_NOTE_TEXT 512
#define REP_NAME_TEXT (REP_NAME_MAX + 1)
#define REP_REGISTERED_TEXT 256
#define REP_VERIFIED_TEXT 11

/* `attrs` points into the texts next to it: not to be copied. */
typedef struct rep_attrs_text
{
	rep_attrs_t attrs;
	char tags[REP_TAG_TEXT];
	char attest[REP_ATTEST_TEXT];
	char note[REP_NOTE_TEXT];
	char name[REP_NAME_TEXT];
	char registered[REP_REGISTERED_TEXT];
	char verified[REP_VERIFIED_TEXT];
	char unknown[64]; /* an attribute that is not known here, "" = none */
} rep_attrs_text_t;

/* Read `json`; "{}" gives the defaults. NULL on success (`unknown` may name
 * an attribute that was passed over), else a sentence about what is wrong,
 * static or written to `why`. */
const char *rep_attrs_parse(
		rep_span_t json, rep_attrs_text_t *out, char *why, size_t why_size);

/* The same from an object that was parsed already. */
const char *rep_attrs_from(struct json_object *object, rep_attrs_text_t *out,
		char *why, size_t why_size);

#endif
