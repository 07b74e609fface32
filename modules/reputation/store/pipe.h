/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Many commands, one round trip: all that an exchange has to say to Redis is
 * sent before the first reply is waited for. */

#ifndef REP_PIPE_H
#define REP_PIPE_H

#include "context.h"
#include "handle.h"

/* Send what stands in the store's arguments. `answer` of `asked` is called once,
 * at the latest by rep_pipe_receive(); it may send more, but wait for nothing. */
void rep_pipe_send(rep_store_t *store, rep_asked_t asked);
/* Wait for all replies, in order. False when the link was lost,
 * that is, of a cluster, to all masters. */
bool rep_pipe_receive(rep_store_t *store);
void rep_pipe_free(rep_store_t *store);

#endif
