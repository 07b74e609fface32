/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <sys/random.h>

#include "core/crypto/md5utils.h"
#include "core/dprint.h"
#include "core/rand/kam_rand.h"
#include "core/route.h"
#include "modules/rr/api.h"

#include "rr_cookie.h"
#include "../engine/reply/e164.h"

#define COOKIE 16 /* hexadecimal digits of the digest that are shown */
#define PARAM ";rep="

static struct rr_binds rr;
static bool has_rr;
/* Drawn before the processes fork: the same in all of them. After a restart
 * the cookies of earlier calls are not known any more. */
static char key[16];

void rep_rr_cookie_init(void)
{
	if(getrandom(key, sizeof(key), 0) != sizeof(key))
		for(size_t i = 0; i < sizeof(key); i++)
			key[i] = (char)kam_rand();
	has_rr = module_loaded("rr") && load_rr_api(&rr) == 0;
}

static bool cookie(struct sip_msg *msg, rep_e164_t number, char out[33])
{
	char text[REP_E164_MAX];
	str parts[3] = {{key, sizeof(key)}, {NULL, 0}, {text, 0}};

	if(parse_headers(msg, HDR_CALLID_F, 0) < 0 || !msg->callid)
		return false;
	parts[1] = msg->callid->body;
	parts[2].len = (int)rep_e164_print(number, text);
	MD5StringArray(out, parts, 3);
	return true;
}

void rep_rr_cookie_add(struct sip_msg *invite, rep_e164_t number)
{
	char param[sizeof(PARAM) + 33] = PARAM;
	str s = {param, sizeof(PARAM) - 1 + COOKIE};

	if(has_rr && get_route_type() == REQUEST_ROUTE
			&& cookie(invite, number, param + sizeof(PARAM) - 1)
			&& rr.add_rr_param(invite, &s) < 0)
		LM_DBG("no cookie in Record-Route\n");
}

bool rep_rr_cookie_holds(struct sip_msg *request, rep_e164_t number)
{
	static str name = str_init("rep");
	char expected[33];
	str value;

	return has_rr && cookie(request, number, expected)
		   && rr.get_route_param(request, &name, &value) == 0
		   && value.len == COOKIE && memcmp(value.s, expected, COOKIE) == 0;
}
