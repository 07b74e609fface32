/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How each country dials (ITU-T E.164, national numbering plans): data, made
 * by `make zones` out of libphonenumber's metadata.
 *
 * Lists of digits are separated by spaces, longer before shorter; x stands for
 * any digit. */

#ifndef REP_PLANS_H
#define REP_PLANS_H

#include "../base/types.h"

/* National (significant) numbers that begin with one of `first`: bit n of
 * `lengths` says that one may have n digits. What is no number at all is left
 * out, not what is assigned to nobody. */
typedef struct rep_plan_form
{
	const char *first;
	uint32_t lengths;
} rep_plan_form_t;

/* What else is dialled for a national number: so many digits that begin with
 * one of `first`, of which the last `cut` are left out, and `put` comes before
 * all. Local numbers of islands, and Argentina's mobiles. */
typedef struct rep_plan_rule
{
	const char *first;
	uint8_t length, cut;
	const char *put;
} rep_plan_rule_t;

typedef struct rep_plan
{
	char iso[3]; /* ISO 3166-1 alpha-2; AC, TA and XK besides */
	uint16_t cc; /* calling code; several countries may share it */
	const char *intl;
	const char *trunk;			 /* "": the whole number is always dialled */
	const rep_plan_rule_t *rule; /* NULL: none */
	const rep_plan_form_t *form; /* of all countries of the code; the last has
								  * no `first` */
} rep_plan_t;

extern const rep_plan_t rep_plans[]; /* by `iso` */
extern const unsigned rep_plan_count;

#endif
