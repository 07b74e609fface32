/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stands in for Kamailio's header of this name: see tests/unit/shim.h. */

#ifndef SHIM_PT_H
#define SHIM_PT_H

struct process_table
{
	int pid;
};

extern struct process_table *pt;
extern int *process_count;
extern int process_no;

#endif
