/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What Redis means by an error. */

#include "redis_error.h"

#include "../engine/base/types.h"

static const struct
{
	const char *code;
	rep_redis_error_t fault;
} codes[] = {
		{"LOADING", REP_REDIS_LOADING},
		{"BUSY", REP_REDIS_LOADING},
		{"TRYAGAIN", REP_REDIS_LOADING},
		{"READONLY", REP_REDIS_REPLICA},
		{"MASTERDOWN", REP_REDIS_REPLICA},
		{"NOAUTH", REP_REDIS_AUTH},
		{"WRONGPASS", REP_REDIS_AUTH},
		{"MOVED", REP_REDIS_CLUSTER},
		{"ASK", REP_REDIS_CLUSTER},
		{"CLUSTERDOWN", REP_REDIS_CLUSTER},
		{"CROSSSLOT", REP_REDIS_CLUSTER},
		{"NOPERM", REP_REDIS_DENIED},
		{"OOM", REP_REDIS_FULL},
		{"MISCONF", REP_REDIS_DISK},
		{"NOREPLICAS", REP_REDIS_DISK},
		{"NOSCRIPT", REP_REDIS_SCRIPT},
		{"WRONGTYPE", REP_REDIS_TYPE},
};

/* Is `code` the word that starts at `text`? */
static bool word(const char *text, const char *code)
{
	size_t n = strlen(code);

	return strncmp(text, code, n) == 0 && (text[n] == ' ' || text[n] == '\0');
}

/* Before Redis 7 a script's error is wrapped: "ERR Error running script
 * (call to f_…): @user_script:12: @user_script: 12: -OOM command …". */
static const char *unwrap(const char *error)
{
	const char *at = error, *next;

	if(strncmp(error, "ERR Error running script", 24) != 0)
		return error;
	at = strstr(error, "@user_script");
	while(at && (*at == '@' || (*at >= '0' && *at <= '9'))) {
		next = strstr(at, ": ");
		at = next ? next + 2 : NULL;
	}
	if(!at)
		return error;
	return *at == '-' ? at + 1 : at;
}

rep_redis_error_t rep_redis_error_of(const char *error)
{
	const char *text = unwrap(error ? error : "");

	for(size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if(word(text, codes[i].code))
			return codes[i].fault;
	if(strncmp(text, "ERR invalid password", 20) == 0)
		return REP_REDIS_AUTH;
	if(strncmp(text, "ERR max number of clients", 25) == 0)
		return REP_REDIS_LOADING;
	return REP_REDIS_OTHER;
}

const char *rep_redis_error_words(rep_redis_error_t fault)
{
	static const char *const words[] = {
			[REP_REDIS_NONE] = "is fine",
			[REP_REDIS_LOST] = "cannot be reached",
			[REP_REDIS_LOADING] = "is loading its data or busy",
			[REP_REDIS_REPLICA] = "is a read-only replica",
			[REP_REDIS_AUTH] = "refuses the user or password",
			[REP_REDIS_CLUSTER] = "is part of a cluster",
			[REP_REDIS_AWAY] = "has no master for the key",
			[REP_REDIS_DENIED] = "forbids a command or key to this user",
			[REP_REDIS_FULL] = "has no memory left",
			[REP_REDIS_DISK] = "refuses writes",
			[REP_REDIS_SCRIPT] = "has lost a script",
			[REP_REDIS_TYPE] = "holds another type at the key",
			[REP_REDIS_OTHER] = "reports an error",
	};

	return words[fault];
}
