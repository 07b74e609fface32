/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What pools came to, at the end of a replay or at a point of a sweep. */

#include <inttypes.h>

#include "report.h"
#include "../engine/pool/pools.h"

typedef struct line
{
	const char *pool;
	const replay_tally_t *tally;
} line_t;

/* The pools with calls, then their sum when there are several. */
static unsigned lines_of(const replay_run_t *run, replay_tally_t *sum,
		line_t lines[REP_POOLS_MAX + 1])
{
	unsigned n = 0;

	*sum = (replay_tally_t){0};
	for(int p = 0; p < rep_registry_pools(run->registry); p++) {
		if(!run->tally[p].calls)
			continue;
		lines[n++] =
				(line_t){rep_registry_name(run->registry, p), &run->tally[p]};
		replay_tally_add(sum, &run->tally[p]);
	}
	if(n > 1)
		lines[n++] = (line_t){"", sum};
	return n;
}

/* ---- the summary -------------------------------------------------------- */

static void text_mix(FILE *out, const line_t *line)
{
	const char *before = " ";

	fprintf(out, "%-16s", *line->pool ? line->pool : "(all)");
	for(int o = 0; o < REP_OUTCOMES; o++)
		if(line->tally->outcomes[o]) {
			fprintf(out, "%s%s %.1f%%", before,
					rep_outcome_name((rep_outcome_t)o),
					100.0 * (double)line->tally->outcomes[o]
							/ (double)line->tally->calls);
			before = ", ";
		}
	putc('\n', out);
}

static void text_summary(FILE *out, const line_t *lines, unsigned n)
{
	fprintf(out,
			"%-16s %8s %10s %9s %8s %8s %9s %9s %8s %8s %7s %10s %6s %6s"
			" %8s\n",
			"pool", "numbers", "calls", "withheld", "stopped", "blocked",
			"rejected", "labelled", "returns", "resting", "alarms",
			"calls/bench", "true", "false", "unknown");
	for(unsigned i = 0; i < n; i++) {
		const replay_tally_t *t = lines[i].tally;

		fprintf(out,
				"%-16s %8u %10" PRIu64 " %9" PRIu64 " %8" PRIu64 " %8" PRIu64
				" %9" PRIu64 " %9" PRIu64 " %8" PRIu64 " %8u %7" PRIu64
				" %11.0f %6" PRIu64 " %6" PRIu64 " %8" PRIu64 "\n",
				*lines[i].pool ? lines[i].pool : "(all)", t->numbers, t->calls,
				t->withheld, t->stopped, t->benches[REP_CHART_BLOCKED],
				t->benches[REP_CHART_REJECTED], t->benches[REP_CHART_LABELLED],
				t->returns, t->resting, t->alarms, replay_tally_delay(t),
				t->truths[REPLAY_TRUE], t->truths[REPLAY_FALSE],
				t->truths[REPLAY_UNKNOWN]);
	}
	fprintf(out, "\nMix of all calls in the log:\n");
	for(unsigned i = 0; i < n; i++)
		text_mix(out, &lines[i]);
}

static void json_tally(FILE *out, const line_t *line)
{
	const replay_tally_t *t = line->tally;

	if(*line->pool)
		fprintf(out, ",\"pool\":\"%s\"", line->pool);
	else
		fputs(",\"pool\":null", out);
	fprintf(out,
			",\"numbers\":%u,\"calls\":%" PRIu64 ",\"withheld\":%" PRIu64
			",\"stopped\":%" PRIu64 ",\"benches\":%" PRIu64,
			t->numbers, t->calls, t->withheld, t->stopped,
			replay_tally_benches(t));
	for(int c = 0; c < REP_CHARTS; c++)
		fprintf(out, ",\"benches_%s\":%" PRIu64, rep_chart_name((rep_chart_t)c),
				t->benches[c]);
	fprintf(out,
			",\"returns\":%" PRIu64 ",\"resting\":%u,\"alarms\":%" PRIu64
			",\"exhausted\":%" PRIu64 ",\"caller_id_refused\":%" PRIu64
			",\"calls_to_bench\":",
			t->returns, t->resting, t->alarms, t->exhausted, t->refused);
	if(replay_tally_benches(t))
		fprintf(out, "%.1f", replay_tally_delay(t));
	else
		fputs("null", out);
	fprintf(out,
			",\"true\":%" PRIu64 ",\"false\":%" PRIu64 ",\"unknown\":%" PRIu64
			",\"outcomes\":{",
			t->truths[REPLAY_TRUE], t->truths[REPLAY_FALSE],
			t->truths[REPLAY_UNKNOWN]);
	for(int o = 0; o < REP_OUTCOMES; o++)
		fprintf(out, "%s\"%s\":%" PRIu64, o ? "," : "",
				rep_outcome_name((rep_outcome_t)o), t->outcomes[o]);
	fputs("}}\n", out);
}

void replay_report_summary(replay_report_t *report, const replay_run_t *run)
{
	static line_t lines[REP_POOLS_MAX + 1];
	replay_tally_t sum;
	unsigned n = lines_of(run, &sum, lines);

	if(!report->json) {
		if(report->headed)
			putc('\n', report->out);
		text_summary(report->out, lines, n);
		return;
	}
	for(unsigned i = 0; i < n; i++) {
		fputs("{\"event\":\"summary\"", report->out);
		json_tally(report->out, &lines[i]);
	}
}

/* ---- a point of a sweep ------------------------------------------------- */

static void text_point_head(FILE *out, const replay_run_t *run)
{
	for(size_t i = 0; i < run->n_more; i++)
		fprintf(out, "%18s ", run->more[i].field);
	fprintf(out, "%-16s %8s %8s %10s %6s %6s %8s %11s\n", "pool", "benches",
			"returns", "withheld", "true", "false", "unknown", "calls/bench");
}

static void text_point(FILE *out, const replay_run_t *run, const line_t *line)
{
	const replay_tally_t *t = line->tally;

	for(size_t i = 0; i < run->n_more; i++)
		fprintf(out, "%18s ", run->more[i].value);
	fprintf(out,
			"%-16s %8" PRIu64 " %8" PRIu64 " %10" PRIu64 " %6" PRIu64
			" %6" PRIu64 " %8" PRIu64 " %11.0f\n",
			*line->pool ? line->pool : "(all)", replay_tally_benches(t),
			t->returns, t->withheld, t->truths[REPLAY_TRUE],
			t->truths[REPLAY_FALSE], t->truths[REPLAY_UNKNOWN],
			replay_tally_delay(t));
}

static void json_point(FILE *out, const replay_run_t *run, const line_t *line)
{
	fputs("{\"event\":\"sweep\",\"policy\":{", out);
	for(size_t i = 0; i < run->n_more; i++) {
		if(i)
			putc(',', out);
		replay_json_text(out, run->more[i].field);
		putc(':', out);
		replay_json_text(out, run->more[i].value);
	}
	putc('}', out);
	json_tally(out, line);
}

void replay_report_point(replay_report_t *report, const replay_run_t *run)
{
	static line_t lines[REP_POOLS_MAX + 1];
	replay_tally_t sum;
	unsigned n = lines_of(run, &sum, lines);

	replay_progress_clear(report->progress);
	if(!report->json && !report->headed)
		text_point_head(report->out, run);
	report->headed = true;
	for(unsigned i = 0; i < n; i++)
		if(report->json)
			json_point(report->out, run, &lines[i]);
		else
			text_point(report->out, run, &lines[i]);
	fflush(report->out);
}
