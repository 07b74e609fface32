/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Replies of Redis, each in a few blocks of memory: hiredis asks for memory
 * twice a string, and gives it back as often, which is a third of what it takes
 * to read a page of counts. */

#ifndef REP_REPLY_MEMORY_H
#define REP_REPLY_MEMORY_H

#include <hiredis/hiredis.h>

/* What is read from here on is such a reply, to be freed by rep_reply_free()
 * and not by freeReplyObject(). */
void rep_reply_memory(redisReader *reader);

/* One that was read as a whole, not an element of it; or NULL. */
void rep_reply_free(redisReply *reply);

#endif
