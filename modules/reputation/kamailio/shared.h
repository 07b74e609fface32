/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one block of shared memory that everything hangs on, and small services. */

#ifndef REP_SHARED_H
#define REP_SHARED_H

#include "core/str.h"

#include "../engine/pool/handle.h"
#include "../store/secret.h"
#include "../store/status.h"

struct rep_calls;
struct rep_answered;
struct rep_complaints;

typedef struct rep_shared
{
	rep_registry_t *registry;
	struct rep_calls *calls;		   /* INVITE transactions */
	struct rep_answered *answered;	   /* answered calls */
	struct rep_complaints *complaints; /* log lines that calls provoke */
	rep_store_status_t store;
	rep_secret_t secret;	/* of the marks in Record-Route */
	uint32_t incarnation;	/* of this start */
	_Atomic uint32_t loads; /* of the pool file, so far */
	_Atomic bool loading;
} rep_shared_t;

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
