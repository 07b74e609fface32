/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "complain.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>

#include "core/dprint.h"

#include "shared.h"
#include "../engine/base/mem.h"
#include "../engine/pool/handle.h"

#define GRACE 1000		/* ms that the next of its kind has to tell */
#define NEVER INT64_MIN /* no minute has begun */
#define LINE_MAX_BYTES 512

typedef struct kind_state
{
	_Atomic int64_t since; /* when the last one was logged */
	_Atomic uint32_t unsaid;
} kind_state_t;

struct rep_complaints
{
	kind_state_t kinds[REP_COMPLAINTS];
	atomic_bool told[REP_POOLS_MAX];
};

static const char *const kinds[REP_COMPLAINTS] = {
		[REP_COMPLAINT_ARGUMENT] = "arguments that cannot be used",
		[REP_COMPLAINT_REQUEST] = "requests that are no new call",
		[REP_COMPLAINT_NO_PICK] = "calls without a pick",
		[REP_COMPLAINT_TRACKED] = "calls that are tracked already",
		[REP_COMPLAINT_FROM] = "From headers that stay as they are",
		[REP_COMPLAINT_IDENTITY] = "calls without our identity",
		[REP_COMPLAINT_VARIABLE] = "values that $rep() cannot hold",
		[REP_COMPLAINT_CONTACT] = "contacts that are refused",
};

struct rep_complaints *rep_complaints_create(void)
{
	struct rep_complaints *c = rep_alloc(sizeof(*c));

	for(int k = 0; c && k < REP_COMPLAINTS; k++) {
		atomic_init(&c->kinds[k].since, NEVER);
		atomic_init(&c->kinds[k].unsaid, 0);
	}
	for(int p = 0; c && p < REP_POOLS_MAX; p++)
		atomic_init(&c->told[p], false);
	return c;
}

void rep_complaints_destroy(struct rep_complaints *complaints)
{
	rep_free(complaints);
}

/* Whether the minute that began at `since` is over for `longer` ms. */
static bool is_over(int64_t since, rep_time_t now, rep_time_t longer)
{
	return since == NEVER || now - since >= REP_COMPLAINT_MINUTE + longer;
}

bool rep_complaints_admit(struct rep_complaints *complaints,
		rep_complaint_t kind, rep_time_t now, uint32_t *unsaid)
{
	kind_state_t *state = &complaints->kinds[kind];
	int64_t since = atomic_load(&state->since);

	/* of several processes at once, one begins the minute */
	if(is_over(since, now, 0)
			&& atomic_compare_exchange_strong(&state->since, &since, now)) {
		*unsaid = atomic_exchange(&state->unsaid, 0);
		return true;
	}
	atomic_fetch_add(&state->unsaid, 1);
	return false;
}

uint32_t rep_complaints_over(
		struct rep_complaints *complaints, rep_complaint_t kind, rep_time_t now)
{
	kind_state_t *state = &complaints->kinds[kind];

	if(atomic_load(&state->unsaid) == 0
			|| !is_over(atomic_load(&state->since), now, GRACE))
		return 0;
	return atomic_exchange(&state->unsaid, 0);
}

bool rep_complaints_first(struct rep_complaints *complaints, int pool)
{
	return !atomic_exchange(&complaints->told[pool], true);
}

void rep_complain(rep_complaint_t kind, const char *format, ...)
{
	char line[LINE_MAX_BYTES + 80];
	uint32_t unsaid = 0;
	va_list list;
	int len;

	if(rep_shared && rep_shared->complaints
			&& !rep_complaints_admit(
					rep_shared->complaints, kind, rep_mono(), &unsaid))
		return;
	va_start(list, format);
	len = vsnprintf(line, LINE_MAX_BYTES, format, list);
	va_end(list);
	if(len < 0)
		return;
	if(len >= LINE_MAX_BYTES)
		len = LINE_MAX_BYTES - 1;
	if(unsaid > 0)
		snprintf(line + len, sizeof(line) - len,
				" (and %" PRIu32 " more of %s since the last line)", unsaid,
				kinds[kind]);
	LM_ERR("%s\n", line);
}

void rep_complain_tick(rep_time_t now)
{
	char line[160];
	uint32_t n;

	for(int k = 0; k < REP_COMPLAINTS; k++) {
		n = rep_complaints_over(rep_shared->complaints, k, now);
		if(n == 0)
			continue;
		snprintf(line, sizeof(line),
				"%" PRIu32 " more of %s since the last line", n, kinds[k]);
		LM_ERR("%s\n", line);
	}
}
