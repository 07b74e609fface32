/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of the log. */

#include "say.h"

#include <stdarg.h>
#include <stdio.h>

#include "context.h"
#include "log.h"

void rep_say(rep_store_t *store, int level, const char *format, ...)
{
	char line[600];
	va_list ap;

	va_start(ap, format);
	vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	store->log(level, line);
	if(level <= REP_LOG_WARN)
		rep_status_error(store->status, line, store->clock());
}
