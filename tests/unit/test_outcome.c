/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdio.h>
#include <stdlib.h>

#include "engine/reply/outcome.h"

#include "suites.h"
#include "reason_samples.h"

/* Rows of a table give only what they differ in. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

typedef struct reply_case
{
	int status;
	const char *phrase;
	const char *reason; /* of the final reply */
	rep_outcome_t outcome;
	int confidence;
	const char *earlier; /* Reason of a provisional reply */
	const char *call_info;
	const char *twilio;
	unsigned how;
} reply_case_t;

#define LOCAL .how = REP_REPLY_LOCAL
#define OURS .how = REP_REPLY_CANCELLED

/* clang-format off */
static const reply_case_t reply_cases[] = {
	/* 603+ as it should be */
	{603, "Network Blocked", PLUS, REP_BLOCKED, 100},
	{603, "Network Blocked", PLUS_Q850, REP_BLOCKED, 100},
	{603, "Network Blocked", PLUS "," TDM, REP_BLOCKED, 100},
	{603, "Network Blocked", TDM "," PLUS, REP_BLOCKED, 100},
	{603, "network blocked", PLUS, REP_BLOCKED, 100},
	{603, " NETWORK\t BLOCKED ", PLUS, REP_BLOCKED, 100},
	{603, "NetworkBlocked", PLUS, REP_BLOCKED, 100},
	/* variant 1: phrase reset */
	{603, "Decline", PLUS, REP_BLOCKED, 90},
	{603, "Declined", PLUS_Q850, REP_BLOCKED, 90},
	{603, "", PLUS, REP_BLOCKED, 90},
	/* variant 2: phrase only */
	{603, "Network Blocked", "", REP_BLOCKED, 90},
	{603, "Network Blocked", "SIP;cause=603", REP_BLOCKED, 90},
	{603, "Network Blocked", REJECTED, REP_BLOCKED, 90},
	{603, "NETWORK BLOCKED", TDM, REP_BLOCKED, 90},
	/* variant 3: commas and semicolons inside quoted text */
	{480, "Temporarily Unavailable", "Q.850;cause=31;text=\"Normal, unspecified\",SIP;cause=480", REP_BUSY, 60},
	{603, "Decline", "Q.850;cause=31;text=\"Normal, unspecified\"," PLUS, REP_BLOCKED, 90},
	{603, "Decline", "X;text=\"a,SIP;cause=608;b\"", REP_DECLINED, 90},
	{480, "Unavailable", "Q.850;text=\"x\\\";cause=1,\\\\\";cause=17", REP_BUSY, 100},
	/* variant 4: on the provisional only */
	{603, "Decline", "", REP_BLOCKED, 90, .earlier = PLUS},
	{603, "Network Blocked", "", REP_BLOCKED, 100, .earlier = PLUS},
	{603, "Decline", "SIP;cause=603", REP_BLOCKED, 90, .earlier = PLUS},
	{480, "Temporarily Unavailable", "", REP_AMBIGUOUS, 70, .earlier = PLUS},
	{480, "Temporarily Unavailable", "", REP_BUSY, 100, .earlier = "Q.850;cause=17"},
	{500, "Server Error", "Q.850;cause=31", REP_BADDEST, 90, .earlier = "Q.850;cause=1"},
	{500, "Server Error", "Q.850;cause=17", REP_BUSY, 100, .earlier = "Q.850;cause=31"},
	/* variant 5: spaces and case */
	{603, "Decline", " sip ; CAUSE = 603 ; Text = \" V = Analytics1 ; URL = https://e.com \" ", REP_BLOCKED, 90},
	{603, "Decline", "SIP;cause=603;\r\n text=\"v=analytics1;\r\n url=https://e.com\"", REP_BLOCKED, 90},
	{603, "Decline", "q.850 ;cause=21", REP_AMBIGUOUS, 50},
	/* variant 6: outside of text */
	{603, "Decline", LOOSE_PLUS, REP_BLOCKED, 85},
	{603, "Network Blocked", LOOSE_PLUS, REP_BLOCKED, 95},
	{603, "Decline", "SIP;cause=603;text=v=analytics1;url=https://e.com", REP_BLOCKED, 85},
	{503, "Service Unavailable", LOOSE_PLUS, REP_AMBIGUOUS, 60},
	/* variant 7: another status */
	{486, "Busy Here", PLUS, REP_BUSY, 100},
	{480, "Temporarily Unavailable", PLUS, REP_AMBIGUOUS, 70},
	{403, "Forbidden", PLUS_Q850, REP_AMBIGUOUS, 70},
	{503, "Service Unavailable", PLUS, REP_AMBIGUOUS, 70},
	{600, "Busy Everywhere", PLUS, REP_BUSY, 90},
	{404, "Not Found", PLUS, REP_BADDEST, 90},
	{607, "Unwanted", PLUS, REP_UNWANTED, 100},
	{608, "Rejected", PLUS, REP_BLOCKED, 100},
	{487, "Request Terminated", PLUS, REP_CANCELLED, 80},
	{408, "Request Timeout", PLUS, REP_NOANSWER, 100},
	{486, "Network Blocked", "", REP_BUSY, 100},
	/* variant 8: a carrier's policy */
	{603, "Decline", "", REP_FAILED, 90, .twilio = "32203"},
	{603, "Decline", TDM, REP_FAILED, 90, .twilio = " 32203 Blocked destination"},
	{403, "Forbidden", "", REP_FAILED, 90, .twilio = "13225"},
	{404, "Not Found", "", REP_FAILED, 90, .twilio = "32009"},
	{503, "Service Unavailable", "", REP_FAILED, 90, .twilio = "32102"},
	{603, "Network Blocked", PLUS, REP_BLOCKED, 100, .twilio = "32203"},
	{603, "Decline", "", REP_DECLINED, 90, .twilio = "none"},
	{200, "OK", "", REP_ANSWERED, 100, .twilio = "32203"},
	/* variant 9: after ISUP */
	{403, "Forbidden", "Q.850;cause=21", REP_AMBIGUOUS, 50},
	{403, "Forbidden", REJECTED ";location=U", REP_AMBIGUOUS, 50},
	{603, "Decline", TDM, REP_AMBIGUOUS, 50},
	{603, "Decline", REJECTED, REP_AMBIGUOUS, 50},
	{603, "Decline", "SIP;cause=603," TDM, REP_AMBIGUOUS, 50},
	{480, "Unavailable", TDM, REP_AMBIGUOUS, 50},
	{500, "Server Error", TDM, REP_AMBIGUOUS, 50},
	{486, "Busy Here", TDM, REP_BUSY, 100},
	/* 607, 608 */
	{607, "Unwanted", "", REP_UNWANTED, 100},
	{607, "", "SIP;cause=607", REP_UNWANTED, 100},
	{608, "Rejected", "", REP_BLOCKED, 100},
	{608, "Rejected", "SIP;cause=608", REP_BLOCKED, 100, .call_info = JWS},
	{480, "Unavailable", "SIP;cause=608", REP_BLOCKED, 80},
	{480, "Unavailable", "SIP;cause=607", REP_UNWANTED, 80},
	{480, "Unavailable", "Q.850;cause=31,SIP;cause=607", REP_UNWANTED, 80},
	{603, "Decline", "SIP;cause=607", REP_UNWANTED, 80},
	{603, "Decline", "SIP;cause=608", REP_BLOCKED, 80},
	{603, "Decline", "", REP_AMBIGUOUS, 70, .call_info = JWS},
	{480, "Unavailable", "SIP;cause=480", REP_UNWANTED, 80, .earlier = "SIP;cause=607"},
	/* plain 603 */
	{603, "Decline", "", REP_DECLINED, 90},
	{603, "Declined", "SIP;cause=603", REP_DECLINED, 90},
	{603, "Decline", "SIP;cause=603;text=\"Decline\"", REP_DECLINED, 90},
	{603, "Decline", "Q.850;cause=16;text=\"NORMAL_CLEARING\"", REP_DECLINED, 90},
	{603, "Decline", "Q.850;cause=17", REP_DECLINED, 90},
	{603, "Decline", "SIP;cause=603;text=\"v=analytics2\"", REP_DECLINED, 90},
	{603, "Decline", "SIP;cause=603;text=\"xv=analytics1\"", REP_DECLINED, 90},
	{603, "Decline", "SIP;cause=603;text=\"v=analytics11\"", REP_DECLINED, 90},
	{603, "Network Blocked by policy", "", REP_DECLINED, 90},
	{603, "Networ", "", REP_DECLINED, 90},
	{480, "Unavailable", "SIP;cause=603", REP_DECLINED, 70},
	/* answered */
	{200, "OK", "", REP_ANSWERED, 100},
	{202, "Accepted", "", REP_ANSWERED, 100},
	{200, "OK", PLUS, REP_ANSWERED, 100},
	{200, "Network Blocked", "", REP_ANSWERED, 100},
	{200, "OK", "", REP_ANSWERED, 100, .earlier = "STIR ;cause=436 ;text=\"Bad Identity Info\""},
	{200, "OK", "", REP_ANSWERED, 100, OURS},
	/* busy, unavailable */
	{486, "Busy Here", "", REP_BUSY, 100},
	{600, "Busy Everywhere", "", REP_BUSY, 90},
	{480, "Temporarily Unavailable", "", REP_BUSY, 80},
	{480, "", "Q.850;cause=16", REP_BUSY, 80},
	{480, "", "Q.850;cause=17", REP_BUSY, 100},
	{480, "", "Q.850;cause=18", REP_BUSY, 90},
	{480, "", "Q.850;cause=19", REP_BUSY, 90},
	{480, "", "Q.850;cause=20", REP_BUSY, 90},
	{480, "", "Q.850;cause=31", REP_BUSY, 60},
	{500, "", "Q.850;cause=17;text=\"User busy\"", REP_BUSY, 100},
	{503, "", "Q.850;cause=17", REP_BUSY, 100},
	{503, "", "Q.850;cause=19", REP_BUSY, 90},
	{500, "", "Q.850;cause=31", REP_BUSY, 60},
	{403, "Forbidden", "Q.850;cause=17", REP_BUSY, 100},
	{500, "", "SIP;cause=486", REP_BUSY, 80},
	{503, "", "Q.850;cause=16,SIP;cause=600", REP_BUSY, 72},
	/* no answer, cancelled */
	{408, "Request Timeout", "", REP_NOANSWER, 100},
	{408, "Request Timeout", "", REP_NOANSWER, 100, LOCAL},
	{408, "Request Timeout", "", REP_NOANSWER, 100, .how = REP_REPLY_LOCAL | REP_REPLY_CANCELLED},
	{408, "", "Q.850;cause=102", REP_NOANSWER, 100},
	{487, "Request Terminated", "", REP_CANCELLED, 100, OURS},
	{487, "Request Terminated", "", REP_CANCELLED, 80},
	{487, "", "Q.850;cause=17", REP_CANCELLED, 80},
	/* bad destination */
	{404, "Not Found", "", REP_BADDEST, 90},
	{404, "Not Found", "Q.850;cause=1", REP_BADDEST, 90},
	{410, "Gone", "", REP_BADDEST, 100},
	{484, "Address Incomplete", "", REP_BADDEST, 90},
	{485, "Ambiguous", "", REP_BADDEST, 90},
	{604, "Does Not Exist Anywhere", "", REP_BADDEST, 90},
	{480, "", "Q.850;cause=1", REP_BADDEST, 90},
	{480, "", "Q.850;cause=22", REP_BADDEST, 90},
	{500, "", "Q.850;cause=28", REP_BADDEST, 90},
	{503, "", "Q.850;cause=1", REP_BADDEST, 90},
	{503, "", "SIP;cause=404", REP_BADDEST, 72},
	{400, "Bad Request", "Q.850;cause=28", REP_BADDEST, 90},
	/* caller ID refused */
	{428, "Use Identity Header", "", REP_REFUSED, 100},
	{433, "Anonymity Disallowed", "", REP_REFUSED, 100},
	{436, "Bad Identity Info", "", REP_REFUSED, 100},
	{437, "Unsupported Credential", "", REP_REFUSED, 100},
	{438, "Invalid Identity Header", "", REP_REFUSED, 100},
	{403, "Stale Date", "", REP_REFUSED, 90},
	{403, "stale  DATE", "", REP_REFUSED, 90},
	{403, "Invalid Caller ID", "", REP_REFUSED, 90},
	{403, "Invalid Caller-ID", "", REP_REFUSED, 90},
	{403, "CallerID not allowed", "", REP_REFUSED, 90},
	{403, "CLI not permitted", "", REP_REFUSED, 90},
	{403, "Unverified origination number D51", "", REP_REFUSED, 90},
	{403, "Caller Origination Number is Invalid D35", "", REP_REFUSED, 90},
	{403, "Invalid From header", "", REP_REFUSED, 90},
	{403, "Bad From", "", REP_REFUSED, 90},
	{403, "From number is not on this account", "", REP_REFUSED, 90},
	{403, "P-Asserted-Identity missing", "", REP_REFUSED, 90},
	{403, "Invalid Caller ID", TDM, REP_REFUSED, 90},
	{403, "Forbidden", "STIR;cause=438", REP_REFUSED, 70},
	{400, "Invalid From URI", "", REP_REFUSED, 90},
	{503, "Unverified number", "", REP_REFUSED, 90},
	{403, "Calls from this address are not accepted", "", REP_FAILED, 50},
	{403, "Client not allowed", "", REP_FAILED, 50},
	{403, "Destination frozen", "", REP_FAILED, 50},
	/* the route, the account */
	{401, "Unauthorized", "", REP_OUTCOMES, 100}, /* a question */
	{401, "Unauthorized", PLUS, REP_OUTCOMES, 100},
	{402, "Payment Required", "", REP_FAILED, 90},
	{407, "Proxy Authentication Required", "", REP_OUTCOMES, 100},
	{407, "Invalid Caller ID", PLUS, REP_OUTCOMES, 100},
	{480, "Gone", "SIP;cause=407", REP_BUSY, 80},
	{403, "Forbidden", "", REP_FAILED, 50},
	{400, "Bad Request", "", REP_FAILED, 50},
	{405, "Method Not Allowed", "", REP_FAILED, 50},
	{415, "Unsupported Media Type", "", REP_FAILED, 90},
	{420, "Bad Extension", "", REP_FAILED, 90},
	{481, "Call Does Not Exist", "", REP_FAILED, 50},
	{482, "Loop Detected", "", REP_FAILED, 50},
	{488, "Not Acceptable Here", "", REP_FAILED, 90},
	{488, "Not Acceptable Here", "Q.850;cause=17", REP_FAILED, 90},
	{499, "", "", REP_FAILED, 50},
	{500, "Server Internal Error", "", REP_FAILED, 80},
	{502, "Bad Gateway", "", REP_FAILED, 80},
	{503, "Service Unavailable", "", REP_FAILED, 90},
	{504, "Server Time-out", "", REP_FAILED, 80},
	{580, "Precondition Failure", "", REP_FAILED, 80},
	{480, "", "Q.850;cause=34", REP_FAILED, 90},
	{480, "", "Q.850;cause=38", REP_FAILED, 90},
	{503, "", "Q.850;cause=41", REP_FAILED, 90},
	{503, "", "Q.850;cause=42", REP_FAILED, 90},
	{500, "", "Q.850;cause=47", REP_FAILED, 90},
	{500, "", "Q.850;cause=3", REP_FAILED, 80},
	{503, "", "STIR;cause=436", REP_FAILED, 90},
	{606, "Not Acceptable", "", REP_FAILED, 90},
	{699, "", "", REP_FAILED, 50},
	{300, "Multiple Choices", "", REP_FAILED, 50},
	{302, "Moved Temporarily", PLUS, REP_FAILED, 50},
	/* made here: the status alone counts */
	{503, "Service Unavailable", "", REP_FAILED, 90, LOCAL, .earlier = PLUS},
	{480, "Unavailable", "", REP_BUSY, 80, LOCAL, .earlier = TDM},
	{408, "", "", REP_NOANSWER, 100, LOCAL, .earlier = "SIP;cause=607"},
	/* no final reply; no status at all */
	{100, "Trying", "", REP_OUTCOMES, 100},
	{183, "Session Progress", PLUS, REP_OUTCOMES, 100},
	{0, "", "", REP_FAILED, 50},
	{-1, "", "", REP_FAILED, 50},
	{700, "", "", REP_FAILED, 50},
	/* headers that do not parse */
	{603, "Decline", ";;;", REP_DECLINED, 90},
	{603, "Decline", ",,,", REP_DECLINED, 90},
	{603, "Decline", "SIP;cause=603;text=\"v=analytics1;url=https://e.com", REP_BLOCKED, 90},
	{603, "Decline", "SIP;cause=\"603\";text=\"v=analytics1\" junk;location=LN", REP_BLOCKED, 90},
	{480, "", "Q.850;cause=99999999999999999999", REP_BUSY, 80},
	{480, "", "Q.850;cause=-1", REP_BUSY, 80},
	{480, "", "Q.850;cause=", REP_BUSY, 80},
	{480, "", "Q.850;cause=277", REP_BUSY, 80},
	{480, "", "Q.850;cause=1x", REP_BUSY, 80},
	{480, "", "FOO;cause=1", REP_BUSY, 80},
	{480, "", "cause=1", REP_BUSY, 80},
};

/* clang-format on */

static rep_class_t classify(const reply_case_t *c, rep_redress_t *redress)
{
	rep_signs_t signs = {0};

	if(c->earlier)
		rep_signs_reason(&signs, redress, rep_span(c->earlier));
	if(c->reason[0])
		rep_signs_reason(&signs, redress, rep_span(c->reason));
	if(c->call_info)
		rep_signs_call_info(&signs, redress, rep_span(c->call_info));
	if(c->twilio)
		rep_signs_twilio_error(&signs, rep_span(c->twilio));
	return rep_classify(&signs, c->status, rep_span(c->phrase), c->how);
}

START_TEST(basic_replies)
{
	int i, wrong = 0;

	for(i = 0; i < COUNT(reply_cases); i++) {
		const reply_case_t *c = &reply_cases[i];
		rep_redress_t redress = {""};
		rep_class_t class = classify(c, &redress);

		ck_assert(classify(c, NULL).outcome == class.outcome);
		if(class.outcome == c->outcome && class.confidence == c->confidence)
			continue;
		wrong++;
		fprintf(stderr, "%d %s / %s: %s %d\n", c->status, c->phrase, c->reason,
				rep_outcome_name(class.outcome), class.confidence);
	}
	ck_assert_int_eq(wrong, 0);
}
END_TEST

START_TEST(basic_names)
{
	int i;

	for(i = 0; i < REP_OUTCOMES; i++) {
		const char *name = rep_outcome_name((rep_outcome_t)i);

		ck_assert_int_eq(rep_outcome_parse(rep_span(name)), i);
	}
	ck_assert_str_eq(rep_outcome_name(REP_ANSWERED), "answered");
	ck_assert_str_eq(rep_outcome_name(REP_FAILED), "failed");
	ck_assert_str_eq(rep_outcome_name(REP_OUTCOMES), "none");
	ck_assert_str_eq(rep_outcome_name((rep_outcome_t)-1), "none");
	ck_assert(rep_outcome_parse(rep_span("none")) == REP_OUTCOMES);
	ck_assert(rep_outcome_parse(rep_span("Blocked")) == REP_OUTCOMES);
	ck_assert(rep_outcome_parse(rep_span("block")) == REP_OUTCOMES);
	ck_assert(rep_outcome_parse(rep_span(NULL)) == REP_OUTCOMES);
}
END_TEST

START_TEST(basic_bye)
{
	static const struct
	{
		const char *reason;
		rep_outcome_t outcome;
	} cases[] = {{"SIP;cause=607", REP_UNWANTED},
			{"SIP ;cause=607 ;text=\"Unwanted\"", REP_UNWANTED},
			{"Q.850;cause=16,SIP;cause=607", REP_UNWANTED},
			{"Q.850;cause=16", REP_OUTCOMES}, {"SIP;cause=603", REP_OUTCOMES},
			{"SIP;cause=608", REP_OUTCOMES}, {"SIP;cause=200", REP_OUTCOMES},
			{"Q.850;cause=607", REP_OUTCOMES}, {"", REP_OUTCOMES}};
	int i;

	for(i = 0; i < COUNT(cases); i++) {
		rep_signs_t signs = {0};

		rep_signs_reason(&signs, NULL, rep_span(cases[i].reason));
		ck_assert_msg(rep_classify_bye(&signs) == cases[i].outcome, "%s",
				cases[i].reason);
	}
}
END_TEST

START_TEST(robust_input)
{
	static const char blank[1 << 16];
	rep_signs_t all = {.flags = 0xff, .q850 = 255, .sip = 65535, .stir = 65535};
	int status;

	for(status = -2; status < 1000; status++) {
		rep_class_t class =
				rep_classify(&all, status, (rep_span_t){NULL, 0}, ~0u);

		ck_assert(class.outcome <= REP_OUTCOMES && class.confidence <= 100);
		class = rep_classify(
				&all, status, (rep_span_t){blank, sizeof(blank)}, 0);
		ck_assert(class.outcome <= REP_OUTCOMES && class.confidence <= 100);
	}
}
END_TEST

/* The statuses by themselves, written down a second time from the table of
 * standards. */
static rep_outcome_t naive_status(int status)
{
	switch(status) {
		case 401:
		case 407:
			return REP_OUTCOMES;
		case 486:
		case 600:
		case 480:
			return REP_BUSY;
		case 408:
			return REP_NOANSWER;
		case 487:
			return REP_CANCELLED;
		case 404:
		case 410:
		case 484:
		case 485:
		case 604:
			return REP_BADDEST;
		case 433:
		case 428:
		case 436:
		case 437:
		case 438:
			return REP_REFUSED;
		case 603:
			return REP_DECLINED;
		case 607:
			return REP_UNWANTED;
		case 608:
			return REP_BLOCKED;
		default:
			return status < 200	  ? REP_OUTCOMES
				   : status < 300 ? REP_ANSWERED
								  : REP_FAILED;
	}
}

START_TEST(sweep_statuses)
{
	rep_signs_t none = {0};
	int status, cause;

	for(status = 100; status < 700; status++) {
		rep_class_t class = rep_classify(&none, status, rep_span(""), 0);

		ck_assert_msg(class.outcome == naive_status(status), "%d", status);
		ck_assert_msg(
				class.confidence > 0 && class.confidence <= 100, "%d", status);
		for(cause = 0; cause < 128; cause++) {
			rep_signs_t signs = {.q850 = (uint8_t)cause};

			class = rep_classify(&signs, status, rep_span(""), REP_REPLY_LOCAL);
			ck_assert(class.outcome == naive_status(status));
			class = rep_classify(&signs, status, rep_span(""), 0);
			ck_assert((class.outcome == REP_OUTCOMES)
					  == (naive_status(status) == REP_OUTCOMES));
		}
	}
}
END_TEST

Suite *outcome_suite(void)
{
	Suite *suite = suite_create("outcome");
	TCase *basic = tcase_create("basic"), *robust = tcase_create("robust"),
		  *sweep = tcase_create("sweep");

	tcase_add_test(basic, basic_replies);
	tcase_add_test(basic, basic_names);
	tcase_add_test(basic, basic_bye);
	tcase_add_test(robust, robust_input);
	tcase_add_test(sweep, sweep_statuses);
	suite_add_tcase(suite, basic);
	suite_add_tcase(suite, robust);
	suite_add_tcase(suite, sweep);
	return suite;
}
