/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Test calls of a number to a network, as rep:probes:{POOL} has them: field
 * "+NUMBER|NETWORK", value JSON. */

#ifndef REP_PROBE_FORMAT_H
#define REP_PROBE_FORMAT_H

#include "../engine/pool/probes.h"

#define REP_PROBE_FIELD 96
#define REP_PROBE_TEXT 512

size_t rep_pack_probe_field(
		const rep_probe_t *probe, char out[REP_PROBE_FIELD]);
/* Its times and last outcome. */
size_t rep_pack_probe(const rep_probe_t *probe, char out[REP_PROBE_TEXT]);
/* The reverse of both, with the counts; NULL, or what is wrong. */
const char *rep_unpack_probe(
		rep_span_t field, rep_span_t text, int pool, rep_probe_t *out);

#endif
