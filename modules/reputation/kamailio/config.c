/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The module's parameters, with their defaults. */

#include "config.h"

rep_config_t rep_config_set = {
		.key_prefix = str_init("rep"),
		.mode = str_init("enforce"),
		.sync_interval = 200,
		.short_call = 6,
		.late_bye = 1,
		.max_numbers = 100000,
		.max_calls = 50000,
		.max_callees = 1000000,
};

const rep_config_t *const rep_config = &rep_config_set;
