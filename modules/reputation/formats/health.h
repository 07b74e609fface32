/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What operators read of a number at a glance: the JSON of rep:health:{POOL}. */

#ifndef REP_HEALTH_FORMAT_H
#define REP_HEALTH_FORMAT_H

#include "../engine/pool/view.h"

#define REP_HEALTH_TEXT 768

/* The length written, without the terminating zero. */
size_t rep_pack_health(
		const rep_number_view_t *view, char out[REP_HEALTH_TEXT]);

#endif
