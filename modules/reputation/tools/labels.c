/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls by label. */

#include "labels.h"

#include <inttypes.h>
#include <stdlib.h>

#include "lines.h"

#define SHOWN 20 /* of a kind, as text */

/* What the calls of one campaign, or to one network, came to. */
typedef struct labelled
{
	const char *label;
	uint64_t calls, outcomes[REP_OUTCOMES];
} labelled_t;

static int most_first(const void *a, const void *b)
{
	const labelled_t *x = a, *y = b;

	return (x->calls < y->calls) - (x->calls > y->calls);
}

/* All calls of the log by their labels, most calls first; to be freed. NULL
 * where no call has one, or without memory. */
static labelled_t *by_label(const replay_calls_t *calls, bool network)
{
	const replay_names_t *names =
			network ? &calls->networks : &calls->campaigns;
	labelled_t *by;

	if(names->n == 0 || (names->n == 1 && !names->text[0][0]))
		return NULL;
	by = calloc(names->n, sizeof(*by));
	for(uint32_t i = 0; by && i < names->n; i++)
		by[i].label = names->text[i];
	for(size_t i = 0; by && i < calls->n; i++) {
		const replay_call_t *call = &calls->call[i];
		labelled_t *of = &by[network ? call->network : call->campaign];
		of->calls++;
		of->outcomes[call->outcome]++;
	}
	if(by)
		qsort(by, names->n, sizeof(*by), most_first);
	return by;
}

static void text_labelled(FILE *out, const labelled_t *of)
{
	char label[REPLAY_WORD];

	fprintf(out, "%-16s %8" PRIu64, replay_word(of->label, label), of->calls);
	replay_print_mix(out, of->outcomes, of->calls);
}

static void json_labelled(FILE *out, const char *kind, const labelled_t *of)
{
	struct json_object *object = json_object_new_object(), *outcomes;

	replay_add_text(object, "event", "label");
	replay_add_text(object, kind, of->label);
	replay_add_count(object, "calls", of->calls);
	outcomes = replay_add_object(object, "outcomes");
	for(int o = 0; o < REP_OUTCOMES; o++)
		replay_add_count(
				outcomes, rep_outcome_name((rep_outcome_t)o), of->outcomes[o]);
	replay_print_line(out, object);
}

void replay_report_labels(FILE *out, bool json, const replay_calls_t *calls)
{
	static const char *const kinds[] = {"campaign", "network"};

	for(int k = 0; k < 2; k++) {
		labelled_t *by = by_label(calls, k == 1);
		uint32_t n = k ? calls->networks.n : calls->campaigns.n;
		if(!by)
			continue;
		if(!json)
			fprintf(out, "\nMix by %s:\n", kinds[k]);
		for(uint32_t i = 0; i < n && by[i].calls; i++)
			if(json)
				json_labelled(out, kinds[k], &by[i]);
			else if(i < SHOWN)
				text_labelled(out, &by[i]);
		free(by);
	}
}
