/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The suites that main.c runs: one per file of the core. */

#ifndef REP_SUITES_H
#define REP_SUITES_H

#include <check.h>

Suite *cause_suite(void);
Suite *registry_suite(void);
Suite *e164_suite(void);
Suite *judge_suite(void);
Suite *outcome_suite(void);
Suite *policy_suite(void);
Suite *reason_suite(void);
Suite *regress_suite(void);
TCase *regress_evidence(void); /* the other half of it */
Suite *replay_suite(void);
Suite *store_suite(void);
Suite *text_suite(void);

#endif
