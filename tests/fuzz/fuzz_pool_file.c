/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A pool file, loaded into a registry that has pools already, and again. */

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "engine/pool/pools.h"
#include "engine/pool/registry.h"
#include "engine/pool/tick.h"
#include "engine/pool/view.h"
#include "formats/pool_load.h"
#include "mem_test.h"

#define NOW INT64_C(1760000000000)
#define NUMBERS 20

static void hear(void *errors, const char *sentence)
{
	CHECK(sentence[0] && strlen(sentence) < 400);
	++*(unsigned *)errors;
}

static void look(rep_registry_t *registry)
{
	rep_registry_stats_t stats;
	rep_number_view_t views[NUMBERS + 1];
	size_t numbers = 0;

	rep_registry_stats(registry, &stats);
	for(int i = 0; i < rep_registry_pools(registry); i++) {
		uint32_t cursor = 0;
		size_t n;

		while((n = rep_view_list(
					   registry, i, NOW, &cursor, views, COUNT(views)))
				> 0)
			numbers += n;
	}
	CHECK(numbers == stats.numbers && numbers <= NUMBERS);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1;
	char path[40];
	unsigned errors = 0, again = 0;
	rep_registry_t *registry = rep_registry_create(NUMBERS);
	int loaded;

	if(fd < 0)
		fd = memfd_create("pools", 0);
	CHECK(registry && fd >= 0 && ftruncate(fd, 0) == 0);
	CHECK(pwrite(fd, data, size, 0) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	rep_registry_put(registry, rep_span("sales"));
	loaded = rep_pool_file_load(path, registry, 1, NOW, hear, &errors, NULL);
	CHECK(loaded == 0 || (loaded == -1 && errors == 1));
	look(registry);
	rep_registry_tick(registry, NOW + 1000);
	CHECK(rep_pool_file_load(path, registry, 2, NOW + 2000, hear, &again, NULL)
			== loaded);
	look(registry);
	rep_registry_destroy(registry);
	CHECK(rep_alloc_live() == 0 && rep_locks_held() == 0);
	return 0;
}
