/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stands in for Kamailio's header of this name: see tests/unit/shim.h. */

#ifndef SHIM_HF_H
#define SHIM_HF_H

#include "core/str.h"

typedef enum _hdr_types_t
{
	HDR_ERROR_T = -1,
	HDR_OTHER_T,
	HDR_VIA_T,
	HDR_TO_T,
	HDR_FROM_T,
	HDR_CSEQ_T,
	HDR_CALLID_T,
	HDR_REASON_T,
	HDR_CALLINFO_T,
	HDR_EOH_T
} hdr_types_t;

typedef unsigned long long hdr_flags_t;

#define HDR_T2F(type) ((hdr_flags_t)1 << (type))
#define HDR_TO_F HDR_T2F(HDR_TO_T)
#define HDR_FROM_F HDR_T2F(HDR_FROM_T)
#define HDR_CSEQ_F HDR_T2F(HDR_CSEQ_T)
#define HDR_CALLID_F HDR_T2F(HDR_CALLID_T)
#define HDR_EOH_F (~(hdr_flags_t)0)

typedef struct hdr_field
{
	hdr_types_t type;
	str name, body;
	void *parsed;
	struct hdr_field *next;
} hdr_field_t;

#endif
