/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Levels of log lines. */

#ifndef REP_LOG_H
#define REP_LOG_H

typedef enum rep_log_level
{
	REP_LOG_ERR,
	REP_LOG_WARN,
	REP_LOG_NOTICE,
	REP_LOG_INFO,
	REP_LOG_DBG
} rep_log_level_t;

#endif
