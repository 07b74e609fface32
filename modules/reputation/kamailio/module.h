/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the Kamailio side share: the parameters, and the one
 * block of shared memory that everything hangs on. */

#ifndef REP_MODULE_H
#define REP_MODULE_H

#include "core/sr_module.h"
#include "core/str.h"

#include "../engine/pool/handle.h"
#include "../store/status.h"

/* modparam() values, as docs/parameters.md describes them. */
typedef struct rep_config
{
	str redis, redis_username, redis_password_file;
	str redis_tls_ca, redis_tls_cert, redis_tls_key;
	str sentinel_password_file;
	str key_prefix, node_id, pool_file, mode, event_callback;
	int sync_interval, short_call;
	int max_numbers, max_calls, max_callees;
} rep_config_t;

struct rep_calls;
struct rep_answered;
struct rep_contacts;

typedef struct rep_shared
{
	rep_registry_t *registry;
	struct rep_calls *calls;	   /* INVITE transactions */
	struct rep_answered *answered; /* answered calls */
	struct rep_contacts *contacts; /* redress contacts */
	rep_store_status_t store;
} rep_shared_t;

/* Read only after mod_init. */
extern const rep_config_t *const rep_config;
extern rep_shared_t *rep_shared; /* NULL before mod_init and after destroy */

rep_time_t rep_now(void);  /* wall clock, ms */
rep_time_t rep_mono(void); /* a clock that is never set, ms */

static inline rep_span_t rep_span_of(const str *s)
{
	return (rep_span_t){s->s, s->s && s->len > 0 ? (size_t)s->len : 0};
}

static inline str rep_str_of(const char *s)
{
	return (str){(char *)s, (int)strlen(s)};
}

#endif
