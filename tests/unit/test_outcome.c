/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "suites.h"

#include "outcome.h"
#include "reason.h"

#include <stdio.h>
#include <stdlib.h>

/* Rows of a table give only what they differ in. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

/* Samples that many rows use. */
#define PLUS                                         \
	"SIP;cause=603;text=\"v=analytics1;url=https://" \
	"example.com;id=12345\";location=LN"
#define PLUS_Q850                                     \
	"Q.850;cause=21;text=\"v=analytics1;tel=+1800555" \
	"0100\";location=U"
#define LOOSE_PLUS "SIP;cause=603;v=analytics1;url=\"https://example.com\";id=1"
#define REJECTED "Q.850;cause=21;text=\"Call Rejected\""
#define TDM "Q.850;cause=21;location=U"
#define JWS "<https://block.example.net/complaint-jws>;purpose=jwscard"

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
	{486, "Busy Here", PLUS, REP_AMBIGUOUS, 70},
	{480, "Temporarily Unavailable", PLUS, REP_AMBIGUOUS, 70},
	{403, "Forbidden", PLUS_Q850, REP_AMBIGUOUS, 70},
	{503, "Service Unavailable", PLUS, REP_AMBIGUOUS, 70},
	{600, "Busy Everywhere", PLUS, REP_AMBIGUOUS, 70},
	{404, "Not Found", PLUS, REP_AMBIGUOUS, 70},
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
	{401, "Unauthorized", "", REP_FAILED, 90},
	{402, "Payment Required", "", REP_FAILED, 90},
	{407, "Proxy Authentication Required", "", REP_FAILED, 90},
	{407, "Invalid Caller ID", PLUS, REP_FAILED, 90},
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

typedef struct signs_case {
	const char *reason;
	int sip, q850, stir;
	const char *location, *q850_location;
	unsigned flags;
	const char *url, *tel, *email, *id; /* NULL = none */
} signs_case_t;

#define A REP_SIGN_ANALYTICS
#define L REP_SIGN_LOOSE
#define BAD REP_SIGN_MALFORMED
#define TEXT(attributes) "SIP;cause=603;text=\"v=analytics1;" attributes "\""

static const signs_case_t signs_cases[] = {
	{PLUS, 603, 0, 0, "LN", "", A, "https://example.com", .id = "12345"},
	{PLUS_Q850, 0, 21, 0, "", "U", A, .tel = "+18005550100"},
	{LOOSE_PLUS, 603, 0, 0, "", "", L, "https://example.com", .id = "1"},
	{"SIP;cause=480", 480, 0, 0, "", "", 0},
	{"Q.850;cause=31;text=\"Normal, unspecified\",SIP;cause=480", 480, 31, 0, "", "", 0},
	{"STIR ;cause=436 ;text=\"Bad Identity Info\"", 0, 0, 436, "", "", 0},
	{"STIR;cause=436,STIR;cause=438", 0, 0, 438, "", "", 0},
	{"Q.850;cause=16;location=intl,SIP;cause=200;location=BI", 200, 16, 0, "BI", "INTL", 0},
	{"SIP;cause=603;location=XX", 603, 0, 0, "", "", 0},
	{"SIP;location=LPN,SIP;location=TN,SIP;location=RLN,SIP;location=RPN", 0, 0, 0, "RPN", "", 0},
	{"SIP ; cause = 607 ; text = \"x\" ; flag", 607, 0, 0, "", "", 0},
	{"X.int;reason-code=0x00000000;add-info=0573.0032.0003", 0, 0, 0, "", "", 0},
	{"Q.850;cause=17,Q.850;cause=16", 0, 17, 0, "", "", 0},
	{"SIP;cause=608,SIP;cause=480", 608, 0, 0, "", "", 0},
	{TEXT("url=https://a.example/x?y=1&z=%20#f;tel=+12125550100;email=a.b+c@d-e.example;id=A_b-9"), 603, 0, 0, "", "", A,
		"https://a.example/x?y=1&z=%20#f", "+12125550100", "a.b+c@d-e.example", "A_b-9"},
	{TEXT("tel=tel:+1-212-555-0100"), 603, 0, 0, "", "", A, .tel = "+12125550100"},
	{TEXT("url=HTTPS://E.COM"), 603, 0, 0, "", "", A, "HTTPS://E.COM"},
	{TEXT("url=https://[2001:db8::1]/"), 603, 0, 0, "", "", A, "https://[2001:db8::1]/"},
	{TEXT("url=\\\"https://e.com\\\""), 603, 0, 0, "", "", A, "https://e.com"},
	{TEXT("url=https:\\/\\/e.com"), 603, 0, 0, "", "", A, "https://e.com"},
	{TEXT(";; ;x;y=;=z; id = 7 "), 603, 0, 0, "", "", A, .id = "7"},
	{TEXT("id=1;id=2"), 603, 0, 0, "", "", A, .id = "1"},
	{"SIP;text=\"url=https://e.com;id=3;v=analytics1\"", 0, 0, 0, "", "", A, "https://e.com", .id = "3"},
	{"foo;text=\"v=analytics1;id=3\"", 0, 0, 0, "", "", A, .id = "3"},
	{"SIP;id=4;v=\"analytics1\";url=https://e.com/a,Q.850;cause=21", 0, 21, 0, "", "", L, "https://e.com/a", .id = "4"},
	{TEXT("id=good") "," LOOSE_PLUS, 603, 0, 0, "", "", A | L, "https://example.com", .id = "good"},
	/* contacts that nothing vouches for */
	{"SIP;cause=603;text=\"url=https://e.com;id=1\"", 603, 0, 0, "", "", 0},
	{"SIP;cause=603;url=\"https://e.com\"", 603, 0, 0, "", "", 0},
	{"SIP;text=\"v=analytics2;id=1\"", 0, 0, 0, "", "", 0},
	/* contacts that do not conform */
	{TEXT("url=http://e.com;id=1"), 603, 0, 0, "", "", A | BAD, .id = "1"},
	{TEXT("url=javascript:alert(1)"), 603, 0, 0, "", "", A | BAD},
	{TEXT("url=https://"), 603, 0, 0, "", "", A | BAD},
	{TEXT("url=https://bank.example@evil.example/"), 603, 0, 0, "", "", A | BAD},
	{TEXT("url=https://e.com/a b"), 603, 0, 0, "", "", A | BAD},
	{TEXT("url=https://e.com/<script>"), 603, 0, 0, "", "", A | BAD},
	{TEXT("url=https://e.com/\x1b[2J"), 603, 0, 0, "", "", A | BAD},
	{TEXT("url=https://e.com/\x7f"), 603, 0, 0, "", "", A | BAD},
	{TEXT("url=https://\xc3\xa9.com"), 603, 0, 0, "", "", A | BAD},
	{TEXT("tel=2125550100"), 603, 0, 0, "", "", A | BAD},
	{TEXT("tel=+1"), 603, 0, 0, "", "", A | BAD},
	{TEXT("tel=+1212555010012345"), 603, 0, 0, "", "", A | BAD},
	{TEXT("tel=tel:"), 603, 0, 0, "", "", A | BAD},
	{TEXT("email=nobody"), 603, 0, 0, "", "", A | BAD},
	{TEXT("email=@e.com"), 603, 0, 0, "", "", A | BAD},
	{TEXT("email=a@"), 603, 0, 0, "", "", A | BAD},
	{TEXT("email=a@b@c.com"), 603, 0, 0, "", "", A | BAD},
	{TEXT("email=a`b@c.com"), 603, 0, 0, "", "", A | BAD},
	{TEXT("id=a b"), 603, 0, 0, "", "", A | BAD},
	{TEXT("id=a/../b"), 603, 0, 0, "", "", A | BAD},
	{TEXT("id="), 603, 0, 0, "", "", A | BAD},
	{TEXT("id=" "0123456789012345678901234567890123456789012345678901234567890123"), 603, 0, 0, "", "", A,
		.id = "0123456789012345678901234567890123456789012345678901234567890123"},
	{TEXT("id=" "01234567890123456789012345678901234567890123456789012345678901234"), 603, 0, 0, "", "", A | BAD},
	/* what does not parse */
	{"", 0, 0, 0, "", "", BAD},
	{"   ", 0, 0, 0, "", "", BAD},
	{",", 0, 0, 0, "", "", BAD},
	{";", 0, 0, 0, "", "", BAD},
	{"SIP;", 0, 0, 0, "", "", BAD},
	{"SIP;=603", 0, 0, 0, "", "", BAD},
	{"SIP;cause=603,", 603, 0, 0, "", "", BAD},
	{",SIP;cause=603", 603, 0, 0, "", "", BAD},
	{"SIP;cause=abc;location=LN", 0, 0, 0, "LN", "", BAD},
	{"SIP;cause=0", 0, 0, 0, "", "", BAD},
	{"SIP;cause=99", 0, 0, 0, "", "", BAD},
	{"SIP;cause=700", 0, 0, 0, "", "", BAD},
	{"Q.850;cause=128", 0, 0, 0, "", "", BAD},
	{"SIP;cause=603;text=\"", 603, 0, 0, "", "", BAD},
	{"SIP;cause=603;text=\"\\", 603, 0, 0, "", "", BAD},
	{"SIP;cause=603;text=\"a\\\"", 603, 0, 0, "", "", BAD},
	{"SIP;text=\"v=analytics1\"x;cause=603", 603, 0, 0, "", "", A | BAD},
	{"SIP;text=Call, Rejected;cause=603", 0, 0, 0, "", "", 0},
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

static bool is(const char *text, const char *wanted)
{
	return strcmp(text, wanted ? wanted : "") == 0;
}

START_TEST(basic_signs)
{
	int i, wrong = 0;

	for(i = 0; i < COUNT(signs_cases); i++) {
		const signs_case_t *c = &signs_cases[i];
		rep_redress_t r = {""};
		rep_signs_t s = {0};

		rep_signs_reason(&s, &r, rep_span(c->reason));
		if(s.sip == c->sip && s.q850 == c->q850 && s.stir == c->stir
				&& s.flags == c->flags
				&& is(rep_location_name(s.location), c->location)
				&& is(rep_location_name(s.locations), c->q850_location)
				&& is(r.url, c->url) && is(r.tel, c->tel)
				&& is(r.email, c->email) && is(r.id, c->id))
			continue;
		wrong++;
		fprintf(stderr, "%s: %d %d %d %x <%s> <%s> <%s> <%s>\n", c->reason,
				s.sip, s.q850, s.stir, s.flags, r.url, r.tel, r.email, r.id);
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

START_TEST(basic_call_info)
{
	static const struct
	{
		const char *body, *url;
		unsigned flags;
	} cases[] = {
			{JWS, "https://block.example.net/complaint-jws", REP_SIGN_JWSCARD},
			{"<https://e.com/a,b;c>; purpose = \"JWSCard\"",
					"https://e.com/a,b;c", REP_SIGN_JWSCARD},
			{"<http://e.com/i.jpg>;purpose=icon, <https://e.com/j> "
			 ";purpose=jwscard;x=1",
					"https://e.com/j", REP_SIGN_JWSCARD},
			{"https://e.com/j;purpose=jwscard", "https://e.com/j",
					REP_SIGN_JWSCARD},
			{"<http://e.com/j>;purpose=jwscard", "", REP_SIGN_JWSCARD | BAD},
			{"<https://a@b/j>;purpose=jwscard", "", REP_SIGN_JWSCARD | BAD},
			{"<https://e.com/j>;purpose=card", "", 0},
			{"<https://e.com/j>", "", 0},
			{"<https://e.com/j>;x=\"<https://f>;purpose=jwscard\"", "", 0},
			{"<https://e.com/j;purpose=jwscard", "", BAD}, {"<", "", BAD},
			{"<>;purpose=jwscard", "", REP_SIGN_JWSCARD | BAD}};
	int i;

	for(i = 0; i < COUNT(cases); i++) {
		rep_redress_t redress = {""};
		rep_signs_t signs = {0};

		rep_signs_call_info(&signs, &redress, rep_span(cases[i].body));
		ck_assert_str_eq(redress.url, cases[i].url);
		ck_assert_uint_eq(signs.flags, cases[i].flags);
		rep_signs_call_info(&signs, NULL, rep_span(cases[i].body));
	}
}
END_TEST

/* What a later reply names replaces, what it does not name stays. */
START_TEST(basic_redress_over_replies)
{
	rep_redress_t r = {""};
	rep_signs_t s = {0};

	rep_signs_reason(&s, &r, rep_span(TEXT("url=https://one.com;id=1")));
	rep_signs_reason(&s, &r, rep_span("SIP;cause=603"));
	ck_assert_str_eq(r.url, "https://one.com");
	rep_signs_reason(&s, &r, rep_span(TEXT("url=http://bad;id=2")));
	ck_assert_str_eq(r.url, "https://one.com");
	ck_assert_str_eq(r.id, "2");
}
END_TEST

START_TEST(robust_input)
{
	rep_redress_t r = {""};
	rep_signs_t s = {0};
	char *big = malloc(1 << 20);
	size_t i;

	rep_signs_reason(&s, &r, (rep_span_t){NULL, 0});
	rep_signs_call_info(&s, &r, (rep_span_t){NULL, 0});
	rep_signs_twilio_error(&s, (rep_span_t){NULL, 0});
	ck_assert_uint_eq(s.flags, BAD);
	ck_assert(rep_classify(&s, 603, (rep_span_t){NULL, 0}, 0).outcome
			  == REP_DECLINED);
	ck_assert_str_eq(rep_location_name(200), "");
	/* A million of anything takes no longer than a million bytes do. */
	for(i = 0; i < 7; i++) {
		memset(big, ",;\"=<\\ "[i], 1 << 20);
		rep_signs_reason(&s, &r, (rep_span_t){big, 1 << 20});
		rep_signs_call_info(&s, &r, (rep_span_t){big, 1 << 20});
		rep_classify(&s, 403, (rep_span_t){big, 1 << 20}, 0);
	}
	for(i = 0; i < 1 << 20; i++)
		big[i] = "a;text=\"v;x=\","[i % 13];
	rep_signs_reason(&s, &r, (rep_span_t){big, 1 << 20});
	ck_assert_str_eq(r.url, "");
	free(big);
}
END_TEST

/* ---- sweeps ---- */

static uint64_t random_number(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return *seed >> 33;
}

static bool printable(const char *s, size_t size)
{
	size_t i;

	for(i = 0; i < size && s[i]; i++) {
		if(s[i] <= ' ' || s[i] > '~')
			return false;
	}
	return i < size;
}

/* In a buffer of exactly its size, so that a read past it is noticed. */
static void feed(const char *text, size_t n)
{
	char *copy = malloc(n ? n : 1);
	rep_redress_t r = {""};
	rep_signs_t s = {0};
	rep_class_t class;

	memcpy(copy, text, n);
	rep_signs_reason(&s, &r, (rep_span_t){copy, n});
	rep_signs_call_info(&s, &r, (rep_span_t){copy, n});
	rep_signs_twilio_error(&s, (rep_span_t){copy, n});
	class = rep_classify(&s, 603, (rep_span_t){copy, n}, 0);
	ck_assert(class.outcome < REP_OUTCOMES && class.confidence <= 100);
	ck_assert(s.q850 <= 127 && s.sip <= 699 && s.stir <= 699);
	ck_assert(printable(r.url, sizeof(r.url)));
	ck_assert(printable(r.tel, sizeof(r.tel)));
	ck_assert(printable(r.email, sizeof(r.email)));
	ck_assert(printable(r.id, sizeof(r.id)));
	ck_assert(!r.url[0] || rep_same((rep_span_t){r.url, 8}, "https://"));
	ck_assert(!r.tel[0] || r.tel[0] == '+');
	free(copy);
}

static void damage(const char *sample)
{
	static const char bytes[] = "\"\\;,=<> \r\0\x80v";
	char text[512];
	size_t n = strlen(sample), i, k;

	memcpy(text, sample, n);
	for(i = 0; i <= n; i++)
		feed(text, i);
	for(i = 0; i < n; i++) {
		for(k = 0; k < sizeof(bytes) - 1; k++) {
			text[i] = bytes[k];
			feed(text, n);
		}
		text[i] = sample[i];
	}
}

START_TEST(sweep_damage)
{
	int i;

	for(i = 0; i < COUNT(signs_cases); i++)
		damage(signs_cases[i].reason);
	damage(JWS);
}
END_TEST

START_TEST(sweep_bytes)
{
	static const char *const parts[] = {"SIP", "Q.850", ";", ";", ",", "\"",
			"\\", "=", "cause=", "603", "21", "text=\"", "v=analytics1", " ",
			"\r\n ", "url=https://e.com", "<", ">", "tel=+12125550100",
			"email=a@b.c", "id=x", "location=LN", "purpose=jwscard", "\x01"};
	uint64_t seed = 1;
	int i;

	for(i = 0; i < 30000; i++) {
		char text[512];
		size_t n = 0, k = random_number(&seed) % 16;

		while(k-- > 0) {
			const char *part = parts[random_number(&seed) % COUNT(parts)];

			memcpy(text + n, part, strlen(part));
			n += strlen(part);
		}
		feed(text, n);
	}
}
END_TEST

static size_t odd_case(char *out, const char *word, uint64_t *seed)
{
	size_t i;

	for(i = 0; word[i]; i++) {
		bool letter = (word[i] | 32) >= 'a' && (word[i] | 32) <= 'z';

		out[i] = letter && random_number(seed) % 2 ? (char)(word[i] ^ 32)
												   : word[i];
	}
	return i;
}

static size_t odd_space(char *out, uint64_t *seed)
{
	static const char *const spaces[] = {"", "", " ", "\t", "  ", "\r\n "};
	const char *space = spaces[random_number(seed) % COUNT(spaces)];

	memcpy(out, space, strlen(space));
	return strlen(space);
}

/* Well-formed headers, written with any case and spacing from facts that the
 * model knows: they must all come back. */
START_TEST(sweep_well_formed)
{
	static const char *const quoted[] = {"", "a,b;c", "\\\"", "SIP;cause=607",
			"x\\\\", "v=analytics2", "=;=,"};
	uint64_t seed = 7;
	int round;

	for(round = 0; round < 20000; round++) {
		int values = 1 + (int)(random_number(&seed) % 3), v;
		unsigned sip = 0, stir = 0, q850 = 0;
		bool analytics = false;
		rep_signs_t s = {0};
		char text[1024];
		size_t n = 0;

		for(v = 0; v < values; v++) {
			static const char *const names[] = {"SIP", "Q.850", "STIR"};
			unsigned which = (unsigned)(random_number(&seed) % 3);
			unsigned cause =
					which == 1 ? 1 + (unsigned)(random_number(&seed) % 15)
							   : 400 + (unsigned)(random_number(&seed) % 200);
			bool here = random_number(&seed) % 4 == 0;
			const char *inside = here ? "v=analytics1;id=9"
									  : quoted[random_number(&seed) % 7];

			if(v > 0)
				text[n++] = ',';
			n += odd_space(text + n, &seed);
			n += odd_case(text + n, names[which], &seed);
			n += odd_space(text + n, &seed);
			text[n++] = ';';
			n += odd_space(text + n, &seed);
			n += odd_case(text + n, "text", &seed);
			n += odd_space(text + n, &seed);
			n += (size_t)sprintf(text + n, "=\"%s\"", inside);
			n += odd_space(text + n, &seed);
			text[n++] = ';';
			n += odd_case(text + n, "cause", &seed);
			n += odd_space(text + n, &seed);
			text[n++] = '=';
			n += odd_space(text + n, &seed);
			n += (size_t)sprintf(text + n, "%u", cause);
			n += odd_space(text + n, &seed);
			*(which == 0 ? &sip : which == 1 ? &q850 : &stir) = cause;
			analytics |= here;
		}
		rep_signs_reason(&s, NULL, (rep_span_t){text, n});
		ck_assert_msg(s.sip == sip && s.q850 == q850 && s.stir == stir
							  && s.flags == (analytics ? A : 0),
				"%.*s", (int)n, text);
	}
}
END_TEST

/* The statuses by themselves, written down a second time from the table of
 * standards. */
static rep_outcome_t naive_status(int status)
{
	switch(status) {
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
			ck_assert((class.outcome == REP_OUTCOMES) == (status < 200));
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
	tcase_add_test(basic, basic_signs);
	tcase_add_test(basic, basic_names);
	tcase_add_test(basic, basic_bye);
	tcase_add_test(basic, basic_call_info);
	tcase_add_test(basic, basic_redress_over_replies);
	tcase_add_test(robust, robust_input);
	tcase_add_test(sweep, sweep_damage);
	tcase_add_test(sweep, sweep_bytes);
	tcase_add_test(sweep, sweep_well_formed);
	tcase_add_test(sweep, sweep_statuses);
	tcase_set_timeout(sweep, 60);
	suite_add_tcase(suite, basic);
	suite_add_tcase(suite, robust);
	suite_add_tcase(suite, sweep);
	return suite;
}
