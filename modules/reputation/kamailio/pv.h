/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pseudo-variable class $rep(...). */

#ifndef REP_PV_H
#define REP_PV_H

#include "core/pvar.h"

int rep_pv_parse(pv_spec_t *spec, str *name);
int rep_pv_get(struct sip_msg *msg, pv_param_t *param, pv_value_t *value);
/* `campaign`, `network` and `probe` may be written, for a pick to come. */
int rep_pv_set(
		struct sip_msg *msg, pv_param_t *param, int op, pv_value_t *value);

#endif
