/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The version of module and tools alike. */

#ifndef REP_VERSION_H
#define REP_VERSION_H

#define REPUTATION_VERSION "0.3.0"

#endif
