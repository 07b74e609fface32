/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What Redis means by an error. */
#include "link.h"

static const struct
{
	const char *code;
	rep_fault_t fault;
} codes[] = {
		{"LOADING", REP_FAULT_LOADING},
		{"BUSY", REP_FAULT_LOADING},
		{"TRYAGAIN", REP_FAULT_LOADING},
		{"READONLY", REP_FAULT_REPLICA},
		{"MASTERDOWN", REP_FAULT_REPLICA},
		{"NOAUTH", REP_FAULT_AUTH},
		{"WRONGPASS", REP_FAULT_AUTH},
		{"MOVED", REP_FAULT_CLUSTER},
		{"ASK", REP_FAULT_CLUSTER},
		{"CLUSTERDOWN", REP_FAULT_CLUSTER},
		{"CROSSSLOT", REP_FAULT_CLUSTER},
		{"NOPERM", REP_FAULT_DENIED},
		{"OOM", REP_FAULT_FULL},
		{"MISCONF", REP_FAULT_DISK},
		{"NOREPLICAS", REP_FAULT_DISK},
		{"NOSCRIPT", REP_FAULT_SCRIPT},
		{"WRONGTYPE", REP_FAULT_TYPE},
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

rep_fault_t rep_fault_of(const char *error)
{
	const char *text = unwrap(error ? error : "");

	for(size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if(word(text, codes[i].code))
			return codes[i].fault;
	if(strncmp(text, "ERR invalid password", 20) == 0)
		return REP_FAULT_AUTH;
	if(strncmp(text, "ERR max number of clients", 25) == 0)
		return REP_FAULT_LOADING;
	return REP_FAULT_OTHER;
}

const char *rep_fault_words(rep_fault_t fault)
{
	static const char *const words[] = {
			[REP_FAULT_NONE] = "is fine",
			[REP_FAULT_LOST] = "cannot be reached",
			[REP_FAULT_LOADING] = "is loading its data or busy",
			[REP_FAULT_REPLICA] = "is a read-only replica",
			[REP_FAULT_AUTH] = "refuses the user or password",
			[REP_FAULT_CLUSTER] = "is part of a cluster",
			[REP_FAULT_DENIED] = "forbids a command or key to this user",
			[REP_FAULT_FULL] = "has no memory left",
			[REP_FAULT_DISK] = "refuses writes",
			[REP_FAULT_SCRIPT] = "has lost a script",
			[REP_FAULT_TYPE] = "holds another type at the key",
			[REP_FAULT_OTHER] = "reports an error",
	};

	return words[fault];
}
