/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What operators read of a number at a glance: the JSON of rep:health:{POOL}. */

#ifndef REP_HEALTH_FORMAT_H
#define REP_HEALTH_FORMAT_H

#include "../engine/pool/by_label.h"
#include "../engine/pool/view.h"

#define REP_HEALTH_LABELS 8 /* of each kind; those with most calls */
#define REP_HEALTH_TEXT (768 + REP_DIMS * (REP_HEALTH_LABELS + 1) * 160)

/* Counts by label; n 0 = there is nothing to tell. */
typedef struct rep_health_labels
{
	size_t n[REP_DIMS];
	rep_label_view_t labels[REP_DIMS][REP_HEALTH_LABELS];
} rep_health_labels_t;

/* The length written, without the terminating zero. */
size_t rep_pack_health(const rep_number_view_t *view,
		const rep_health_labels_t *labels, char out[REP_HEALTH_TEXT]);

#endif
