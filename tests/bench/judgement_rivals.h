/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the charts are compared with: rules that are in use elsewhere. */

#ifndef REP_JUDGEMENT_RIVALS_H
#define REP_JUDGEMENT_RIVALS_H

#include "engine/judge/policy.h"

#include "judgement_sim.h"

/* A detector benches a number when its score reaches `threshold`. */
typedef struct detector
{
	const char *name;
	/* `chart` is set by the charts only */
	double (*score)(const sim_t *sim, unsigned number, rep_chart_t *chart);
	double threshold; /* calibrated, but for the charts */
	double from, to;  /* between these */
	bool whole_pool;  /* needs the other numbers too */
} detector_t;

enum
{
	CHARTS,
	FIXED,
	WILSON,
	ENVOY,
	QROUTING,
	DETECTORS
};
extern detector_t detectors[DETECTORS];

/* Calls per false bench in this world; `benches` counts them. */
double judgement_interval(const sim_world_t *world, const detector_t *detector,
		double calls, uint64_t seed, unsigned *benches);

/* Set each rival's threshold to the least that benches a healthy number as
 * rarely as once in `every` calls. */
void rivals_calibrate(
		const sim_world_t *world, double arl0, double calls, uint64_t seed);

#endif
