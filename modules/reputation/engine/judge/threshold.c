/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Brook and Evans' method: the statistic, rounded to a grid, is a Markov
 * chain; its mean time to leave [0, h) solves (I - Q) L = 1. The matrix is
 * banded, and the leading blocks of its LU factors are the factors of its
 * leading blocks: one pass gives the run length for every h on the grid. */

#include "threshold.h"

#include <math.h>

#define BAND 60	   /* a call moves the statistic by so many steps at most */
#define STATES 640 /* grid points below the highest threshold looked at */
#define FINEST 0.05

typedef struct chain
{
	double jump[2 * BAND + 3]; /* chance of each move; centre BAND + 1 */
	int down, up;
} chain_t;

typedef struct rows
{ /* the last rows of U, by row modulo their number */
	double u[BAND + 2][BAND + 2];
	double y[BAND + 2], z[BAND + 2];
} rows_t;

static int clamp(int v)
{
	return v < -BAND - 1 ? -BAND - 1 : v > BAND + 1 ? BAND + 1 : v;
}

static void add_jump(chain_t *chain, int steps, double p)
{
	steps = clamp(steps);
	if(p <= 0)
		return;
	chain->jump[BAND + 1 + steps] += p;
	if(-steps > chain->down)
		chain->down = -steps;
	if(steps > chain->up)
		chain->up = steps;
}

/* A move between two grid points goes to either, so that E[e^x] stays what it
 * is: the run length grows with e^h, and that exponent must be exact. */
static void chain_init(chain_t *chain, const double x[REP_JUDGED],
		const double p[REP_JUDGED], double step)
{
	memset(chain, 0, sizeof(*chain));
	for(int c = 0; c < REP_JUDGED; c++) {
		double below = floor(x[c] / step);
		double up = expm1(x[c] - below * step) / expm1(step);

		up = fmin(fmax(up, 0), 1);
		add_jump(chain, (int)below, p[c] * (1 - up));
		add_jump(chain, (int)below + 1, p[c] * up);
	}
}

/* Row i of I - Q; what would fall below 0 goes to 0. */
static void fill_row(const chain_t *chain, int i, double row[2 * BAND + 3])
{
	for(int d = -chain->down; d <= chain->up; d++) {
		int to = d < -i ? -i : d;

		if(d > -i || d == -chain->down)
			row[BAND + 1 + to] = 0;
	}
	if(chain->down > i)
		row[BAND + 1 - i] = 0;
	for(int d = -chain->down; d <= chain->up; d++)
		row[BAND + 1 + (d < -i ? -i : d)] -= chain->jump[BAND + 1 + d];
	row[BAND + 1] += 1;
}

/* Eliminate row i; returns what it adds to the run length from 0. */
static double eliminate(const chain_t *chain, rows_t *rows, int i)
{
	const int ring = BAND + 2, here = i % ring, up = chain->up;
	double row[2 * BAND + 3], y = 1, z = i == 0;

	fill_row(chain, i, row);
	for(int k = i > chain->down ? i - chain->down : 0; k < i; k++) {
		const double *u = rows->u[k % ring];
		double *from = &row[BAND + 1 + k - i];
		double l = from[0] / u[0];

		for(int m = 1; m <= up; m++)
			from[m] -= l * u[m];
		y -= l * rows->y[k % ring];
	}
	for(int k = i > up ? i - up : 0; k < i; k++)
		z -= rows->z[k % ring] * rows->u[k % ring][i - k];
	memcpy(rows->u[here], &row[BAND + 1], (size_t)(up + 1) * sizeof(double));
	if(row[BAND + 1] < 1e-12)
		return INFINITY; /* never leaves */
	rows->y[here] = y;
	rows->z[here] = z / row[BAND + 1];
	return rows->y[here] * rows->z[here];
}

unsigned rep_run_lengths(const double x[REP_JUDGED], const double p[REP_JUDGED],
		double step, double enough, double *length, unsigned max)
{
	/* 32 KB: not on a stack that may be a SIP worker's */
	static _Thread_local rows_t rows;
	chain_t chain;
	double sum = 0;
	unsigned i;

	chain_init(&chain, x, p, step);
	for(i = 0; i < max && sum < enough; i++) {
		sum += eliminate(&chain, &rows, (int)i);
		length[i] = sum;
	}
	return i;
}

/* What a call adds to a chart; returns the largest move. */
static double moves(const rep_charts_t *charts, int chart,
		const float mix[REP_JUDGED], double x[REP_JUDGED])
{
	double z = 0, largest = 0;

	for(int c = 0; c < REP_JUDGED; c++)
		z += mix[c] * exp(charts->w[c][chart]);
	for(int c = 0; c < REP_JUDGED; c++) {
		x[c] = charts->w[c][chart] - log(z);
		if(mix[c] > 0)
			largest = fmax(largest, fabs(x[c]));
	}
	return largest;
}

void rep_thresholds(const rep_charts_t *charts, const float mix[REP_JUDGED],
		double arl0, double threshold[REP_CHARTS])
{
	double x[REP_JUDGED], p[REP_JUDGED], length[STATES];

	for(int c = 0; c < REP_JUDGED; c++)
		p[c] = mix[c];
	for(int j = 0; j < REP_CHARTS; j++) {
		double step = fmax(moves(charts, j, mix, x) / BAND, FINEST);
		unsigned n = rep_run_lengths(x, p, step, arl0, length, STATES);

		threshold[j] = n * step;
		if(length[n - 1] < arl0) /* beyond its end it goes on with e^h */
			threshold[j] += log(arl0 / length[n - 1]);
		else if(n > 1 && length[n - 1] < 1.5 * length[n - 2])
			threshold[j] -= step * log(length[n - 1] / arl0)
							/ log(length[n - 1] / length[n - 2]);
	}
}
