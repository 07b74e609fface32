/* SPDX-License-Identifier: GPL-2.0-or-later */

#ifndef REP_CHECK_H
#define REP_CHECK_H

#include "config.h"

/* Check all parameters and fill in what depends on the host (node_id). 0, or
 * -1 after one line that names the parameter. */
int rep_config_check(rep_config_t *config);

#endif
