/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The suites that main.c runs: one per file of the core. */

#ifndef REP_SUITES_H
#define REP_SUITES_H

#include <check.h>

Suite *ahead_suite(void);
Suite *alarm_suite(void);
Suite *alarm_rates_suite(void);
Suite *answered_suite(void);
Suite *apply_options_suite(void);
Suite *args_suite(void);
Suite *attrs_suite(void);
Suite *begun_suite(void);
Suite *block_suite(void);
Suite *bucket_suite(void);
Suite *by_hand_suite(void);
Suite *call_table_suite(void);
Suite *callees_suite(void);
Suite *callees_text_suite(void);
Suite *cancel_suite(void);
Suite *cause_suite(void);
Suite *cell_suite(void);
Suite *complain_suite(void);
Suite *confined_suite(void);
Suite *contacts_suite(void);
Suite *count_suite(void);
Suite *counts_suite(void);
Suite *e164_suite(void);
Suite *ending_suite(void);
Suite *errors_suite(void);
Suite *event_suite(void);
Suite *evidence_suite(void);
Suite *exchange_suite(void);
Suite *fifo_suite(void);
Suite *headers_suite(void);
Suite *health_suite(void);
Suite *heap_suite(void);
Suite *incarnations_suite(void);
Suite *judge_suite(void);
Suite *keys_suite(void);
Suite *known_suite(void);
Suite *labels_suite(void);
Suite *mark_suite(void);
Suite *mem_suite(void);
Suite *mirror_suite(void);
Suite *outcome_suite(void);
Suite *pick_suite(void);
Suite *pick_routes_suite(void);
Suite *pieces_suite(void);
Suite *screen_suite(void);
Suite *policy_suite(void);
Suite *pool_file_suite(void);
Suite *promise_suite(void);
Suite *reason_suite(void);
Suite *record_suite(void);
Suite *records_suite(void);
Suite *redis_error_suite(void);
Suite *registry_suite(void);
Suite *healthy_suite(void);
Suite *replay_suite(void);
Suite *replies_suite(void);
Suite *seen_suite(void);
Suite *siphash_suite(void);
Suite *slab_suite(void);
Suite *stamp_suite(void);
Suite *stop_suite(void);
Suite *strata_suite(void);
Suite *view_suite(void);
Suite *survey_suite(void);
Suite *text_suite(void);
Suite *trial_suite(void);
Suite *url_suite(void);
Suite *verdict_suite(void);

#endif
