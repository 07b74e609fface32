/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Country calling codes: how long they are (ITU-T E.164, annexed list of codes
 * in ITU Operational Bulletin). */

#ifndef REP_CALLING_CODE_H
#define REP_CALLING_CODE_H

#include "../base/types.h"

/* Digits of a number, 1 to 20. */
unsigned rep_e164_digits(rep_e164_t number);

/* Its first `n` digits; the whole number where it has no more. */
rep_e164_t rep_e164_prefix(rep_e164_t number, unsigned n);

/* Digits of its country code, 1 to 3. Codes that nobody has yet count as the
 * rest of their zone does: three digits. */
unsigned rep_calling_code_digits(rep_e164_t number);

#endif
