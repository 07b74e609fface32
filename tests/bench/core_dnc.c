/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdio.h>
#include <stdlib.h>

#include "engine/callee/dnc.h"

#include "core_dnc.h"
#include "core_mem.h"

#define FIRST UINT64_C(14000000000)
#define STEP 7
#define ASKED 1000000

static uint64_t state = 1;

static uint32_t random_below(uint32_t below)
{
	state = state * UINT64_C(6364136223846793005)
			+ UINT64_C(1442695040888963407);
	return (uint32_t)((state >> 33) % below);
}

static rep_e164_t entry(uint32_t i)
{
	return FIRST + (rep_e164_t)i * STEP;
}

static unsigned part(rep_e164_t callee)
{
	return 1 + (unsigned)(callee % 100);
}

static rep_dnc_t *list_of(uint32_t entries)
{
	rep_dnc_t *dnc = rep_dnc_create();

	for(uint32_t i = 0; dnc && i < entries; i++)
		if(rep_dnc_put(dnc, part(entry(i)), entry(i)) == REP_DNC_FULL)
			break;
	if(!dnc || rep_dnc_entries(dnc, 1) == 0) {
		fputs("no memory\n", stderr);
		exit(1);
	}
	return dnc;
}

/* ns a question; of callees who are on the list, or not. */
static double ask(rep_dnc_t *dnc, uint32_t entries, bool listed)
{
	static rep_e164_t asked[ASKED];
	unsigned found = 0;
	uint64_t ns;

	for(uint32_t i = 0; i < ASKED; i++)
		asked[i] = entry(random_below(entries)) + (listed ? 0 : 1);
	ns = cpu_ns();
	for(uint32_t i = 0; i < ASKED; i++)
		found += rep_dnc_has(dnc, asked[i]);
	ns = cpu_ns() - ns;
	if(found != (listed ? ASKED : 0)) {
		fputs("the list is wrong\n", stderr);
		exit(1);
	}
	return (double)ns / ASKED;
}

/* One part is read again, and a tenth of it is gone. */
static void read_part(rep_dnc_t *dnc, uint32_t entries)
{
	uint32_t cursor = 0;

	rep_dnc_begin(dnc, 1);
	for(uint32_t i = 0; i < entries; i += 100)
		if(i % 1000)
			rep_dnc_put(dnc, 1, entry(i));
	while(rep_dnc_sweep(dnc, 1, &cursor))
		;
}

static void row(uint32_t entries, report_t *report)
{
	uint64_t begun = cpu_ns(), load, loaded, again, held;
	rep_dnc_stats_t stats;
	rep_dnc_t *dnc;
	double on, off;

	hold_start();
	dnc = list_of(entries);
	loaded = cpu_ns() - begun;
	load = hold_end();
	rep_dnc_stats(dnc, &stats);
	on = ask(dnc, entries, true);
	off = ask(dnc, entries, false);
	begun = cpu_ns();
	hold_start();
	read_part(dnc, entries);
	again = cpu_ns() - begun;
	held = hold_end();
	held = held > load ? held : load;
	printf("%10u %8.0f %8.0f %8.1f %10.1f %10.2f %14.3f\n", entries, on, off,
			(double)stats.bytes / entries, loaded / 1e6, again / 1e6,
			held / 1e6);
	fflush(stdout);
	report("do not call: listed", entries, 0, "ns", on);
	report("do not call: not listed", entries, 0, "ns", off);
	report("do not call: longest hold", entries, 0, "ns", (double)held);
	rep_dnc_destroy(dnc);
}

void dnc_table(uint32_t most, report_t *report)
{
	static const uint32_t sizes[] = {10000, 1000000, 10000000};

	printf("\n%10s %8s %8s %8s %10s %10s %14s\n", "do-not-call", "on it,",
			"not, ns", "bytes", "load, ms", "a part", "longest hold");
	for(size_t s = 0; s < sizeof(sizes) / sizeof(*sizes); s++)
		if(sizes[s] <= most * 10)
			row(sizes[s], report);
}

int dnc_only(uint32_t entries, unsigned calls)
{
	rep_dnc_t *dnc = list_of(entries);
	unsigned found = 0;

	for(unsigned i = 0; i < calls; i++)
		found += rep_dnc_has(dnc, entry(random_below(entries)) + i % 2);
	rep_dnc_destroy(dnc);
	return found == 0;
}
