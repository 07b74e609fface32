/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Answered calls that may still be short, for whom is to count them if this
 * proxy is killed: what is new of them. */

#ifndef REP_BEGUN_H
#define REP_BEGUN_H

#include "ticket.h"

#define REP_BEGUN_MAX 256 /* told at once */

typedef struct rep_begun
{
	uint64_t serial; /* grows with each call, from 1 */
	rep_ticket_t ticket;
} rep_begun_t;

typedef struct rep_begun_news
{
	/* Where the reader is, who moves on when he has done with what is new: */
	uint64_t told;	/* serial of the newest call that he has */
	uint64_t heard; /* of those that were over before others so many */
	bool anew;		/* he has none; set when he is too far behind */
	/* What is new since: */
	uint64_t oldest; /* calls of lower serials are over */
	size_t n_begun, n_over;
	rep_begun_t begun[REP_BEGUN_MAX];
	uint64_t over[REP_BEGUN_MAX]; /* serials of others that are over */
} rep_begun_news_t;

#endif
