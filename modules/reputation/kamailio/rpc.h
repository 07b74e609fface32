/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RPC commands, reputation.*; docs/rpc.md is their manual. */

#ifndef REP_RPC_H
#define REP_RPC_H

#include "core/rpc.h"

extern rpc_export_t rep_rpc[];

#endif
