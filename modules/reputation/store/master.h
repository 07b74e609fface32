/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The master, and who tells where it is: the URL, or Sentinels. */

#ifndef REP_MASTER_H
#define REP_MASTER_H

#include "handle.h"

/* Find the master and connect to it: as rep_link_open(). Of several Sentinels
 * that answer the one with the newest configuration is believed. */
int rep_master_open(rep_store_t *store);

/* Hear what a Sentinel tells unasked, and now and then ask another. Where the
 * master is elsewhere, the link is closed. Nothing without Sentinels. */
void rep_master_step(rep_store_t *store);

#endif
