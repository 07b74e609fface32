/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Labels of routes as text. */

#include "labels.h"

bool rep_route_fits(rep_span_t label)
{
	label = rep_trim(label);
	return label.len >= 1 && label.len <= REP_ROUTE_MAX
		   && !memchr(label.s, ',', label.len)
		   && !memchr(label.s, '\0', label.len);
}

bool rep_route_or_none(rep_span_t label)
{
	return rep_trim(label).len == 0 || rep_route_fits(label);
}

bool rep_routes_fit(rep_span_t routes)
{
	rep_span_t label;
	unsigned n = 0;

	if(rep_trim(routes).len == 0)
		return true;
	while(rep_item_next(&routes, &label))
		if(!rep_route_fits(label) || n++ == REP_ROUTES_LISTED)
			return false;
	return true;
}
