/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arguments and results that RPC commands share. */

#ifndef REP_RPC_ARGS_H
#define REP_RPC_ARGS_H

#include "core/rpc.h"
#include "core/str.h"

#include "../engine/pool/view.h"

/* ---- arguments: each faults with a sentence and returns false -------- */

/* The next argument as a pool; 400 without one, 404 for an unknown one. */
bool rep_rpc_pool(rpc_t *rpc, void *ctx, int *pool);
/* The next argument as E.164 (the plus may be missing); 400. From what kamcmd
 * leaves of a number, the pool's number is found again. */
bool rep_rpc_number(rpc_t *rpc, void *ctx, int pool, rep_e164_t *number);
/* The next argument as a callee; 400. */
bool rep_rpc_callee(rpc_t *rpc, void *ctx, str *callee);
/* The next argument, if there is one, as text; 400 for what is no text. With
 * none, `*text` stays as it is. */
bool rep_rpc_text(rpc_t *rpc, void *ctx, const char *name, str *text);
/* The next argument, if there is one, as a whole number; 400. */
bool rep_rpc_count(rpc_t *rpc, void *ctx, const char *name, unsigned *n);
/* The next argument as seconds, 0 to INT32_MAX; 400 also without one. */
bool rep_rpc_seconds(rpc_t *rpc, void *ctx, unsigned *seconds);
/* No argument is left; 400. */
bool rep_rpc_end(rpc_t *rpc, void *ctx);
void rep_rpc_unknown(rpc_t *rpc, void *ctx, rep_e164_t number); /* 404 */

/* ---- results --------------------------------------------------------- */

/* A struct member with all outcomes. */
void rep_rpc_counts(
		rpc_t *rpc, void *parent, const char *name, const rep_counts_t *counts);
/* Lists `campaigns` and `networks`, where there are such labels, with the
 * counts of a number, or (0) of the whole pool. */
void rep_rpc_by_label(rpc_t *rpc, void *item, int pool, rep_e164_t number);
/* Members that numbers have in lists and explanations alike. */
void rep_rpc_view(rpc_t *rpc, void *item, const rep_number_view_t *view);
/* What an operator wrote of a number: `tags`, `attest`, `note`, `name`,
 * `registered` and `verified`, where there is something. */
void rep_rpc_attributes(rpc_t *rpc, void *item, int pool, rep_e164_t number);
/* 32 bits are what every RPC transport carries. */
unsigned rep_rpc_u32(uint64_t n);
unsigned rep_rpc_s(rep_time_t ms); /* seconds; 0 = none */

#endif
