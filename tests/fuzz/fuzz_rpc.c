/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arguments of RPC commands: pool, number or callee, and the words that
 * follow, a line each, as any client may send them. */

#include <stdarg.h>
#include <stdio.h>

#include "fuzz.h"
#include "shim.h"
#include "engine/pool/numbers.h"
#include "engine/pool/pools.h"
#include "engine/pool/registry.h"
#include "engine/judge/state.h"
#include "engine/reply/outcome.h"
#include "formats/attrs.h"
#include "kamailio/rpc_args.h"

#define NOW INT64_C(1760000000000)

/* The arguments that are left; each is a text of its own, terminated as both
 * kamcmd's and JSON-RPC's are. */
static struct
{
	rep_span_t rest;
	char *texts[64];
	unsigned n;
	bool faulted;
} rpc_call;

static int scan(void *ctx, char *format, ...)
{
	va_list ap;
	rep_span_t line;
	char *text;
	int read = 0;

	(void)ctx;
	va_start(ap, format);
	for(; *format; format++) {
		if(*format == '*' || *format == '.')
			continue;
		if(rpc_call.n == COUNT(rpc_call.texts)
				|| !rep_span_cut(&rpc_call.rest, '\n', &line))
			break;
		text = malloc(line.len + 1);
		CHECK(text);
		if(line.len)
			memcpy(text, line.s, line.len);
		text[line.len] = '\0';
		rpc_call.texts[rpc_call.n++] = text;
		if(*format == 'S')
			*va_arg(ap, str *) = (str){text, (int)strlen(text)};
		else if(*format == 'd')
			*va_arg(ap, int *) = atoi(text);
		else
			abort();
		read++;
	}
	va_end(ap);
	return read;
}

__attribute__((format(printf, 3, 4))) static void fault(
		void *ctx, int code, char *format, ...)
{
	char text[2048];
	va_list ap;

	(void)ctx;
	va_start(ap, format);
	CHECK(vsnprintf(text, sizeof(text), format, ap) > 0);
	va_end(ap);
	CHECK(code == 400 || code == 404 || code == 500);
	CHECK(!rpc_call.faulted);
	rpc_call.faulted = true;
}

static void begin(rep_span_t arguments)
{
	rpc_call.rest = arguments;
	rpc_call.faulted = false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const rep_attrs_t plain = {.weight = 1, .status = REP_ACTIVE};
	static rpc_t rpc = {.fault = fault, .scan = scan};
	rep_span_t text = {(const char *)data, size};
	rep_attrs_text_t attrs;
	char why[160];
	int pool = -1;
	rep_e164_t number = 0;
	unsigned count;
	str word;

	if(!rep_shared) {
		rep_registry_t *registry = rep_registry_create(8);

		CHECK(registry && rep_registry_put(registry, rep_span("sales")) == 0);
		rep_pool_put(registry, 0, UINT64_C(12025550101), &plain, 1, 1, NOW);
		rep_pool_put(registry, 0, UINT64_C(442079460000), &plain, 1, 1, NOW);
		shim_share(registry);
	}
	begin(text);
	CHECK(rep_rpc_pool(&rpc, NULL, &pool) != rpc_call.faulted);
	if(!rpc_call.faulted) {
		CHECK(pool == 0);
		CHECK(rep_rpc_number(&rpc, NULL, pool, &number) != rpc_call.faulted);
		CHECK(rpc_call.faulted || number);
	}
	while(!rpc_call.faulted && scan(NULL, "S", &word) == 1) {
		rep_attrs_parse(rep_span_of(&word), &attrs, why, sizeof(why));
		rep_outcome_parse(rep_span_of(&word));
		rep_state_parse(rep_span_of(&word));
		rep_reason_parse(rep_span_of(&word));
	}
	begin(text);
	CHECK(rep_rpc_count(&rpc, NULL, "from", &count) != rpc_call.faulted);
	if(!rpc_call.faulted)
		CHECK(rep_rpc_end(&rpc, NULL) != rpc_call.faulted);
	begin(text);
	CHECK(rep_rpc_seconds(&rpc, NULL, &count) != rpc_call.faulted);
	CHECK(rpc_call.faulted || count <= INT32_MAX);
	/* the same as a number of that pool, and as a callee */
	begin(text);
	CHECK(rep_rpc_number(&rpc, NULL, 0, &number) != rpc_call.faulted);
	begin(text);
	CHECK(rep_rpc_callee(&rpc, NULL, &word) != rpc_call.faulted);
	while(rpc_call.n > 0)
		free(rpc_call.texts[--rpc_call.n]);
	return 0;
}
