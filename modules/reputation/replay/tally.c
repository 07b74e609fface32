/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "run.h"

uint64_t replay_tally_benches(const replay_tally_t *tally)
{
	uint64_t n = 0;

	for(int c = 0; c < REP_CHARTS; c++)
		n += tally->benches[c];
	return n;
}

double replay_tally_delay(const replay_tally_t *tally)
{
	uint64_t benches = replay_tally_benches(tally);

	return benches ? (double)tally->evidence / (double)benches : 0;
}

void replay_tally_add(replay_tally_t *sum, const replay_tally_t *tally)
{
	sum->calls += tally->calls;
	sum->withheld += tally->withheld;
	sum->stopped += tally->stopped;
	for(int o = 0; o < REP_OUTCOMES; o++)
		sum->outcomes[o] += tally->outcomes[o];
	for(int c = 0; c < REP_CHARTS; c++)
		sum->benches[c] += tally->benches[c];
	sum->returns += tally->returns;
	sum->alarms += tally->alarms;
	sum->exhausted += tally->exhausted;
	sum->refused += tally->refused;
	sum->evidence += tally->evidence;
	for(int t = 0; t <= REPLAY_UNKNOWN; t++)
		sum->truths[t] += tally->truths[t];
	sum->numbers += tally->numbers;
	sum->resting += tally->resting;
}
