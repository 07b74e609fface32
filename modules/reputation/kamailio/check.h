/* SPDX-License-Identifier: GPL-2.0-or-later */

#ifndef REP_CHECK_H
#define REP_CHECK_H

#include "config.h"
#include "../store/secret.h"

/* Check all parameters and fill in what depends on the host (node_id). 0, or
 * -1 after one line that names the parameter. */
int rep_config_check(rep_config_t *config);

/* What stands in cluster_secret_file, without the end of its last line; `len`
 * 0 when there is no such parameter. 0, or -1 after one line. */
int rep_config_secret(
		const rep_config_t *config, char out[REP_SECRET_MAX], size_t *len);

#endif
