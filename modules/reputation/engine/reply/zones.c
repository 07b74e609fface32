/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "zones.h"

#include "zone_table.h"

#define FIRST UINT64_C(100000000) /* one more than eight digits */

/* The first eight digits, with zeros behind a shorter number. */
static uint32_t first_digits(rep_e164_t number)
{
	while(number >= FIRST * 1000)
		number /= 1000;
	while(number >= FIRST)
		number /= 10;
	while(number > 0 && number < FIRST / 10)
		number *= 10;
	return (uint32_t)number;
}

rep_zones_t rep_zones_of(rep_e164_t number)
{
	uint32_t first = first_digits(number);
	unsigned low = 0, high = rep_zone_range_count;
	const uint16_t *set;

	while(high - low > 1) {
		unsigned middle = (low + high) / 2;

		if(rep_zone_ranges[middle].first <= first)
			low = middle;
		else
			high = middle;
	}
	set = &rep_zone_sets[rep_zone_ranges[low].set];
	return (rep_zones_t){set + 1, set[0]};
}

const char *rep_zone_name(unsigned zone)
{
	return zone < rep_zone_count ? rep_zone_names[zone] : NULL;
}
