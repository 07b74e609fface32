/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stands in for Kamailio's header of this name: see tests/unit/shim.h. */

#ifndef SHIM_SHA256_H
#define SHIM_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_DIGEST_LENGTH 32

typedef struct SHA256_CTX
{
	uint32_t state[8];
	uint64_t bytes;
	uint8_t buffer[64];
} SHA256_CTX;

void sr_SHA256_Init(SHA256_CTX *context);
void sr_SHA256_Update(SHA256_CTX *context, const uint8_t *s, size_t len);
void sr_SHA256_Final(uint8_t *out, SHA256_CTX *context);

#endif
