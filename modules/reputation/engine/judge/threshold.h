/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How high a CUSUM may climb before a healthy number is benched too often. */

#ifndef REP_THRESHOLD_H
#define REP_THRESHOLD_H

#include "chart.h"

/* For each chart the smallest threshold at which it benches a healthy number,
 * over calls of this mix (sums to 1), at most once in `arl0` calls on
 * average. */
void rep_thresholds(const rep_charts_t *charts, const float mix[REP_JUDGED],
		double arl0, double threshold[REP_CHARTS]);

/* The mean run length of one chart for each threshold (i + 1) * `step`, i in
 * 0 .. max-1, until it passes `enough`. Returns how many were written. For
 * rep_thresholds() and its test. `x`, `p`: what a call adds, and how likely. */
unsigned rep_run_lengths(const double x[REP_JUDGED], const double p[REP_JUDGED],
		double step, double enough, double *length, unsigned max);

#endif
