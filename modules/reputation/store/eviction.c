/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether Redis throws keys away when its memory is full. */

#include "eviction.h"

#include "context.h"
#include "log.h"
#include "say.h"

/* The value of a line "name:value" of INFO. */
static rep_span_t value_of(rep_span_t info, const char *name)
{
	const char *at = strstr(info.s, name);

	if(!at)
		return (rep_span_t){NULL, 0};
	at += strlen(name);
	return (rep_span_t){at, strcspn(at, "\r\n")};
}

void rep_eviction_check(rep_store_t *store, rep_link_t *link)
{
	redisReply *reply;
	rep_span_t info, policy;

	rep_args_command(&store->args, "INFO");
	rep_args_text(&store->args, "memory");
	reply = rep_link_call(link, &store->args);
	if(!reply)
		return;
	info = rep_reply_span(reply);
	policy = info.s ? value_of(info, "\nmaxmemory_policy:") : info;
	if(policy.len > 0 && !rep_span_is(policy, "noeviction"))
		rep_say(store, REP_LOG_WARN,
				"Redis may throw away counts and verdicts when its memory is "
				"full: maxmemory-policy is %.*s, should be noeviction",
				(int)policy.len, policy.s);
	rep_reply_free(reply);
}
