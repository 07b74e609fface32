/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The module's parameters. */

#ifndef REP_CONFIG_H
#define REP_CONFIG_H

#include "core/str.h"

/* modparam() values, as docs/parameters.md describes them. */
typedef struct rep_config
{
	str redis, redis_username, redis_password_file;
	str redis_tls_ca, redis_tls_cert, redis_tls_key;
	str sentinel_password_file, cluster_secret_file;
	str key_prefix, node_id, pool_file, mode, event_callback;
	int sync_interval, short_call, late_bye;
	int max_numbers, max_calls, max_callees;
} rep_config_t;

/* Written by modparam() and by the check in mod_init only. */
extern rep_config_t rep_config_set;
/* The same for everybody else: read only. */
extern const rep_config_t *const rep_config;

#endif
