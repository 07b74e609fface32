/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counts by campaign and by network, for RPC and the published health. */

#ifndef REP_BY_LABEL_H
#define REP_BY_LABEL_H

#include "handle.h"
#include "labels.h"
#include "../judge/counts.h"

typedef enum rep_dim
{
	REP_DIM_CAMPAIGN,
	REP_DIM_NETWORK,
	REP_DIMS
} rep_dim_t;

const char *rep_dim_name(rep_dim_t dim); /* "campaign", "network" */

typedef struct rep_label_view
{
	char label[REP_ROUTE_MAX + 1]; /* "": calls without one */
	rep_counts_t counts;		   /* of the window, repeats among them */
} rep_label_view_t;

/* The counts of a number (0: of the whole pool) by their labels, most calls
 * first; returns how many of at most `max`. 0 when the pool knows no label of
 * that kind, or the number is not known. */
size_t rep_view_by_label(rep_registry_t *registry, int pool, rep_e164_t number,
		rep_dim_t dim, rep_time_t now, rep_label_view_t *out, size_t max);

/* What calls of the pool are counted under, one by one from `n` 0 on: its
 * routes, then each set of labels that it counts in. False after the last. */
bool rep_view_dims(
		rep_registry_t *registry, int pool, uint32_t n, rep_dims_t *out);

#endif
