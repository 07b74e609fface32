/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a message says: its branch, its signs, its dialog; and a BYE. */

#include <stdio.h>
#include <stdlib.h>

#include "kamailio/byes.h"
#include "kamailio/replies.h"
#include "engine/reply/outcome.h"

#include "mem_test.h"
#include "pool_test.h"
#include "reason_samples.h"
#include "shim.h"
#include "suites.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))
#define SHORT (6 * S)
#define MONO INT64_C(5000000)

static struct sip_msg *msg; /* the last one, freed at the end */

static struct sip_msg *message(const char *text)
{
	if(msg)
		shim_message_free(msg);
	msg = shim_message(text);
	return msg;
}

static void clean(void)
{
	ck_assert_int_eq(rep_locks_held(), 0);
	if(msg)
		shim_message_free(msg);
	msg = NULL;
}

/* ---- the branch ------------------------------------------------------ */

#define MAGIC "z9hG4bK"

static const struct
{
	const char *branch; /* NULL = no such parameter */
	int index;
} branches[] = {{MAGIC "d3f1.5c0f27a1000000000000000000000000.0", 0},
		{MAGIC "d3f1.5c0f27a1000000000000000000000000.7", 7},
		{MAGIC "d3f1.5c0f27a1000000000000000000000000.b", 11},
		{MAGIC "d3f1.5c0f27a1000000000000000000000000.B", 11},
		{MAGIC "d3f1.5c0f27a1000000000000000000000000.01", 16},
		{MAGIC "d3f1.5c0f27a1000000000000000000000000.f1", 31},
		/* none that a bit could stand for */
		{MAGIC "d3f1.5c0f27a1000000000000000000000000.02", -1},
		{MAGIC "d3f1.5c.1f", -1}, {MAGIC "d3f1.5c.ffff", -1},
		{MAGIC "d3f1.5c.00000", -1}, {MAGIC "d3f1.5c.0000", 0},
		{MAGIC "d3f1.5c.00008", -1},
		{MAGIC "d3f1.5c.ffffffffffffffffffffffffffffffff", -1},
		/* no number, or not of TM */
		{MAGIC "d3f1.5c.", -1}, {MAGIC "d3f1.5c.g", -1},
		{MAGIC "d3f1.5c.-1", -1}, {MAGIC "d3f1.5c.0x1", -1},
		{MAGIC "d3f1.5c.+1", -1}, {MAGIC "d3f15c", -1}, {MAGIC, -1}, {"", -1},
		{".", -1}, {".1", 1}, {"1", -1}, {"...", -1}, {MAGIC ".\x80", -1},
		{NULL, -1}};

START_TEST(index_of_the_branch)
{
	char text[256], param[128] = "";

	if(branches[_i].branch)
		snprintf(param, sizeof(param), ";branch=%s", branches[_i].branch);
	snprintf(text, sizeof(text),
			"SIP/2.0 486 Busy Here\r\n"
			"Via: SIP/2.0/UDP 127.0.0.1:5060%s;rport\r\n"
			"Via: SIP/2.0/UDP 127.0.0.2;branch=" MAGIC "x.y.3\r\n\r\n",
			param);
	ck_assert_int_eq(rep_reply_branch(message(text)), branches[_i].index);
}
END_TEST

START_TEST(without_via)
{
	ck_assert_int_eq(rep_reply_branch(message("SIP/2.0 486 Busy\r\n\r\n")), -1);
}
END_TEST

/* ---- the method ------------------------------------------------------ */

static const struct
{
	const char *headers;
	bool invite;
} methods[] = {{"CSeq: 1 INVITE\r\n", true}, {"CSeq: 1 CANCEL\r\n", false},
		{"CSeq: 1 BYE\r\n", false}, {"CSeq: 1 INVITES\r\n", false}, {"", false},
		{"From: <sip:a@b>\r\nCSeq: 7 INVITE\r\n", true},
		{"no header\r\nCSeq: 1 INVITE\r\n", false}};

START_TEST(is_it_invite)
{
	char text[256];

	snprintf(text, sizeof(text),
			"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP h\r\n%s\r\n",
			methods[_i].headers);
	ck_assert_int_eq(rep_reply_is_invite(message(text)), methods[_i].invite);
}
END_TEST

/* ---- signs ----------------------------------------------------------- */

static rep_signs_t signs_of(const char *headers, rep_redress_t *redress)
{
	char text[2048];
	rep_signs_t signs = {0};

	snprintf(text, sizeof(text),
			"SIP/2.0 603 Decline\r\nVia: SIP/2.0/UDP 127.0.0.1\r\n%s\r\n",
			headers);
	rep_reply_signs(message(text), &signs, redress);
	return signs;
}

START_TEST(all_headers_are_taken_in)
{
	rep_redress_t redress = {0};
	rep_signs_t signs =
			signs_of("Reason: Q.850;cause=21\r\n"
					 "To: <sip:a@b>;tag=1\r\n"
					 "Reason: SIP;cause=603\r\n"
					 "Call-Info: <https://a.example/x>;purpose=jwscard\r\n"
					 "REASON: STIR;cause=436\r\n"
					 "X-Twilio-Error: 32215 blocked\r\n",
					&redress);

	ck_assert_uint_eq(signs.q850, 21);
	ck_assert_uint_eq(signs.sip, 603);
	ck_assert_uint_eq(signs.stir, 436);
	ck_assert(signs.flags & REP_SIGN_JWSCARD);
	ck_assert(signs.flags & REP_SIGN_TWILIO);
	ck_assert(!(signs.flags & REP_SIGN_MALFORMED));
}
END_TEST

START_TEST(the_contact_is_taken_in)
{
	rep_redress_t redress = {0};
	rep_signs_t signs = signs_of("Reason: " PLUS "\r\n", &redress);

	ck_assert(signs.flags & REP_SIGN_ANALYTICS);
	ck_assert(redress.url[0] || redress.tel[0] || redress.email[0]);
	signs = signs_of("Reason: " PLUS "\r\n", NULL);
	ck_assert(signs.flags & REP_SIGN_ANALYTICS);
}
END_TEST

static const struct
{
	const char *headers;
	uint8_t flag;
	uint16_t sip;
} lone[] = {{"Reason: SIP;cause=607\r\n", 0, 607},
		{"reason: SIP;cause=607\r\n", 0, 607},
		{"rEASON : SIP;cause=607\r\n", 0, 607},
		{"Call-Info: <https://a.example/x>;purpose=jwscard\r\n",
				REP_SIGN_JWSCARD, 0},
		{"CALL-INFO: <https://a.example/x>;purpose=jwscard\r\n",
				REP_SIGN_JWSCARD, 0},
		{"X-Twilio-Error: 32215 blocked\r\n", REP_SIGN_TWILIO, 0},
		{"x-twilio-error: 32215 blocked\r\n", REP_SIGN_TWILIO, 0},
		/* names that only begin alike */
		{"Reasonable: SIP;cause=607\r\n", 0, 0},
		{"X-Twilio-Errors: 32215 blocked\r\n", 0, 0},
		{"Call-Info-X: <https://a.example/x>;purpose=jwscard\r\n", 0, 0},
		{"X-Reason: SIP;cause=607\r\n", 0, 0}, {"Subject: reason\r\n", 0, 0},
		{"", 0, 0}};

START_TEST(any_of_them_alone)
{
	rep_signs_t signs = signs_of(lone[_i].headers, NULL);

	ck_assert_uint_eq(signs.flags, lone[_i].flag);
	ck_assert_uint_eq(signs.sip, lone[_i].sip);
	ck_assert_uint_eq(signs.q850 | signs.stir, 0);
}
END_TEST

/* What Kamailio cannot parse does not hide what stands behind it. */
static const char *const in_front[] = {"this is no header\r\n",
		"\x01\xff\xfe: \x02\r\n", "\xff\xfe\r\n", ": x\r\n", "Via: ;;;\r\n",
		"To: \"\r\n", "no header\r\n folded: x\r\n", "CSeq: x INVITE\r\n"};

START_TEST(behind_a_malformed_header)
{
	char text[256];
	rep_signs_t signs;

	snprintf(text, sizeof(text), "Reason: SIP;cause=607\r\n%s%s", in_front[_i],
			"Reason: Q.850;cause=21\r\n");
	signs = signs_of(text, NULL);
	ck_assert_uint_eq(signs.sip, 607);
	ck_assert_uint_eq(signs.q850, 21);
}
END_TEST

START_TEST(the_body_says_nothing)
{
	rep_signs_t signs = signs_of("Content-Type: multipart/mixed;boundary=b\r\n"
								 "\r\n--b\r\nReason: SIP;cause=607\r\n"
								 "X-Twilio-Error: 32215\r\n\r\n"
								 "Retry-After: 7\r\n--b--\r\n",
			NULL);
	const rep_signs_t none = {0};

	ck_assert_mem_eq(&signs, &none, sizeof(none));
}
END_TEST

/* Each header counts once and in its place, however far Kamailio has parsed. */
START_TEST(parsed_or_not)
{
	static const hdr_flags_t parsed[] = {
			0, HDR_TO_F, HDR_CALLID_F, HDR_CSEQ_F, HDR_EOH_F};
	rep_signs_t signs = {0};

	message("SIP/2.0 480 x\r\nVia: h\r\nReason: Q.850;cause=16\r\n"
			"To: <sip:a@b>\r\nReason: Q.850;cause=21\r\n"
			"Call-ID: c\r\nReason: Q.850;cause=17\r\n"
			"CSeq: 1 INVITE\r\nReason: Q.850;cause=20\r\n\r\n"
			"Reason: Q.850;cause=1\r\n");
	parse_headers(msg, parsed[_i], 0);
	rep_reply_signs(msg, &signs, NULL);
	ck_assert_uint_eq(signs.q850, 20);
}
END_TEST

START_TEST(signs_add_up)
{
	rep_signs_t signs = {0};

	rep_reply_signs(message("SIP/2.0 183 x\r\nReason: Q.850;cause=21\r\n\r\n"),
			&signs, NULL);
	rep_reply_signs(message("SIP/2.0 603 x\r\nReason: SIP;cause=603\r\n\r\n"),
			&signs, NULL);
	ck_assert_uint_eq(signs.q850, 21);
	ck_assert_uint_eq(signs.sip, 603);
}
END_TEST

/* The text of a message ends wherever it likes: nothing is read behind it. */
START_TEST(cut_anywhere)
{
	static const char whole[] =
			"SIP/2.0 603 Decline\r\n"
			"Via: SIP/2.0/UDP h;branch=" MAGIC "a.b.1\r\n"
			"Call-ID: c\r\nFrom: <sip:c@d>;tag=9\r\nTo: <sip:a@b>;tag=t\r\n"
			"CSeq: 1 INVITE\r\nReason: SIP;cause=603\r\n"
			"Call-Info: <x:y>;purpose=jwscard\r\n"
			"X-Twilio-Error: 32215\r\n\r\n";
	char text[sizeof(whole)];
	rep_redress_t redress = {0};
	rep_dialog_t dialog;
	rep_signs_t signs;

	for(size_t n = 1; n < sizeof(whole); n++) {
		memcpy(text, whole, n);
		text[n] = '\0';
		memset(&signs, 0, sizeof(signs));
		rep_reply_branch(message(text));
		rep_reply_signs(msg, &signs, &redress);
		rep_reply_is_invite(msg);
		rep_reply_dialog(msg, &dialog);
	}
	ck_assert_uint_eq(signs.sip, 603);
	ck_assert(rep_reply_is_invite(msg));
	ck_assert(rep_reply_dialog(msg, &dialog));
}
END_TEST

/* ---- the dialog ------------------------------------------------------ */

#define F "From: <sip:c@d>;tag=f1\r\n"

static const struct
{
	const char *headers;
	bool found;
} dialogs[] = {{"Call-ID: c1\r\nTo: <sip:a@b>;tag=t1\r\n" F, true},
		{"To: <sip:a@b>;tag=t1\r\n" F "Call-ID: c1\r\n", true},
		{"t: <sip:a@b>;x=y;tag=t1\r\n" F "i: c1\r\n", true},
		{"Call-ID: c1\r\nTo: <sip:a@b>\r\n", false},
		{"Call-ID: c1\r\nTo: <sip:a@b>;tag=\r\n", false},
		{"Call-ID: c1\r\n", false}, {"To: <sip:a@b>;tag=t1\r\n" F, false},
		{"Call-ID: c1\r\nTo: <sip:a@b>;tag=t1\r\n", false}, {"", false},
		{"Call-ID: c1\r\nbad\r\nTo: <sip:a@b>;tag=t1\r\n" F, false}};

START_TEST(dialog_of_a_2xx)
{
	rep_dialog_t d, wanted = rep_dialog_of(
							rep_span("c1"), rep_span("f1"), rep_span("t1"));
	char text[256];

	snprintf(text, sizeof(text),
			"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP h\r\n%s\r\n",
			dialogs[_i].headers);
	ck_assert_int_eq(rep_reply_dialog(message(text), &d), dialogs[_i].found);
	if(dialogs[_i].found) {
		ck_assert_uint_eq(d.a, wanted.a);
		ck_assert_uint_eq(d.b, wanted.b);
	}
}
END_TEST

/* ---- BYE ------------------------------------------------------------- */

#define CALLER_TAG "caller"
#define CALLEE_TAG "callee"
#define UNWANTED "Reason: SIP;cause=607;text=\"Unwanted\"\r\n"

static bool accepted; /* the other side knows the dialog */

static void make(void)
{
	setup();
	put_numbers(3);
	shim_now = NOW;
	shim_mono = MONO;
	shim_cookie = 0;
	shim_cookies_asked = 0;
	accepted = true;
	shim_share(registry);
	rep_shared->incarnation = 7;
	shim_mark = (rep_mark_t){.incarnation = 6, .picked = NOW / 1000};
	rep_shared->answered = rep_answered_create(10);
	ck_assert_ptr_nonnull(rep_shared->answered);
}

static void unmake(void)
{
	clean();
	rep_answered_destroy(rep_shared->answered);
	shim_share(NULL);
	teardown();
	ck_assert_int_eq(rep_alloc_live(), 0);
}

static uint32_t counted(rep_outcome_t outcome)
{
	rep_pool_view_t v;

	ck_assert(rep_view_pool(registry, pool, NOW, &v));
	return v.counts.n[outcome];
}

static uint32_t counted_at_all(void)
{
	uint32_t sum = 0;

	for(int o = 0; o < REP_OUTCOMES; o++)
		sum += counted((rep_outcome_t)o);
	return sum;
}

static unsigned in_flight(void)
{
	rep_pool_view_t v;

	ck_assert(rep_view_pool(registry, pool, NOW, &v));
	return v.in_flight;
}

/* The call of that Call-ID, from the first number, is answered. */
static void answer(const char *call_id)
{
	rep_ticket_t t;

	ck_assert(
			rep_pool_track(registry, pool, FIRST, rep_span(""), shim_now, &t));
	rep_answered_put(rep_shared->answered, registry,
			rep_dialog_of(rep_span(call_id), rep_span(CALLER_TAG),
					rep_span(CALLEE_TAG)),
			&t, REP_ANSWERED, SHORT, shim_now, shim_mono);
}

static void pass(rep_time_t ms)
{
	shim_now += ms;
	shim_mono += ms;
	rep_answered_tick(rep_shared->answered, registry, shim_now, shim_mono);
}

/* A BYE of the callee or the caller, to the other's URI. */
static void bye_to(
		const char *call_id, bool by_callee, const char *to, const char *more)
{
	char text[512];
	struct sip_msg *msg;

	snprintf(text, sizeof(text),
			"BYE sip:x@h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=" MAGIC "1\r\n"
			"From: <sip:f@h>;tag=%s\r\nTo: <%s>;tag=%s\r\n"
			"Call-ID: %s\r\nCSeq: 2 BYE\r\n%s\r\n",
			by_callee ? CALLEE_TAG : CALLER_TAG, to,
			by_callee ? CALLER_TAG : CALLEE_TAG, call_id, more);
	msg = message(text);
	if(rep_bye(msg) && accepted)
		rep_bye_late(msg);
	ck_assert_int_eq(rep_locks_held(), 0);
}

static void bye(const char *call_id, bool by_callee, const char *more)
{
	bye_to(call_id, by_callee,
			by_callee ? "sip:+15551230001@h" : "sip:callee@h", more);
}

START_TEST(bye_of_either_side)
{
	answer("c1");
	answer("c2");
	ck_assert_uint_eq(in_flight(), 2);
	bye("c1", true, "");
	ck_assert_uint_eq(counted(REP_SHORT), 1);
	bye("c2", false, "");
	ck_assert_uint_eq(counted(REP_SHORT), 2);
	bye("c1", true, ""); /* again: a retransmission */
	ck_assert_uint_eq(counted_at_all(), 2);
	ck_assert_uint_eq(in_flight(), 0);
	ck_assert_uint_eq(shim_cookies_asked, 0);
}
END_TEST

START_TEST(only_the_callee_says_unwanted)
{
	answer("c1");
	answer("c2");
	bye("c1", false, UNWANTED);
	ck_assert_uint_eq(counted(REP_UNWANTED), 0);
	ck_assert_uint_eq(counted(REP_SHORT), 1);
	bye("c2", true, UNWANTED);
	ck_assert_uint_eq(counted(REP_UNWANTED), 1);
	ck_assert_uint_eq(counted_at_all(), 2);
	ck_assert_uint_eq(in_flight(), 0);
	/* the call itself was known: no mark is needed */
	ck_assert_uint_eq(shim_cookies_asked, 0);
}
END_TEST

START_TEST(by_the_right_clocks)
{
	answer("c1");
	shim_now += HOUR; /* the wall clock is set */
	shim_mono += SHORT - 1;
	bye("c1", true, "");
	ck_assert_uint_eq(counted(REP_SHORT), 1);
	answer("c2");
	shim_now -= HOUR;
	shim_mono += SHORT;
	bye("c2", true, "");
	ck_assert_uint_eq(counted(REP_ANSWERED), 1);
	ck_assert_uint_eq(counted_at_all(), 2);
}
END_TEST

START_TEST(another_cause_is_not_unwanted)
{
	shim_cookie = FIRST;
	answer("c1");
	bye("c1", true, "Reason: SIP;cause=200\r\n");
	ck_assert_uint_eq(counted(REP_SHORT), 1);
	bye("c2", true, "Reason: Q.850;cause=16\r\n");
	ck_assert_uint_eq(counted_at_all(), 1);
	ck_assert_uint_eq(shim_cookies_asked, 0);
}
END_TEST

START_TEST(unwanted_late_is_of_the_call_itself)
{
	answer("c1");
	pass(SHORT);
	ck_assert_uint_eq(counted(REP_ANSWERED), 1);
	shim_cookie = FIRST + 1;
	bye("c1", true, UNWANTED);
	bye("c1", true, UNWANTED);
	ck_assert_uint_eq(view(FIRST, NOW).counts.n[REP_UNWANTED], 1);
	ck_assert_uint_eq(counted_at_all(), 2);
	ck_assert_uint_eq(shim_cookies_asked, 0);
}
END_TEST

/* This start would know the dialog: it was never answered, or is over. */
START_TEST(a_mark_of_this_start)
{
	shim_cookie = FIRST;
	shim_mark.incarnation = rep_shared->incarnation;
	bye("c1", true, UNWANTED);
	ck_assert_uint_eq(counted_at_all(), 0);
	/* not if it forgot one that was answered since */
	for(int i = 0; i < 11; i++) {
		char id[16];
		snprintf(id, sizeof(id), "x%d", i);
		answer(id);
	}
	bye("c1", true, UNWANTED);
	ck_assert_uint_eq(counted(REP_UNWANTED), 0); /* no room to remember it */
	pass(SHORT);
	bye("c1", true, UNWANTED);
	ck_assert_uint_eq(counted(REP_UNWANTED), 1);
	bye("c1", true, UNWANTED);
	ck_assert_uint_eq(counted(REP_UNWANTED), 1);
}
END_TEST

START_TEST(a_mark_of_another_start_and_once)
{
	shim_cookie = FIRST;
	accepted = false; /* 481 */
	bye("c1", true, UNWANTED);
	ck_assert_uint_eq(counted_at_all(), 0);
	accepted = true;
	bye("c1", true, UNWANTED);
	bye("c1", true, UNWANTED);
	ck_assert_uint_eq(view(FIRST, NOW).counts.n[REP_UNWANTED], 1);
	shim_mark.picked++;
	bye("c1", true, UNWANTED); /* another pick of the same Call-ID */
	bye("c2", true, UNWANTED);
	ck_assert_uint_eq(counted(REP_UNWANTED), 3);
	ck_assert_uint_eq(counted_at_all(), 3);
}
END_TEST

START_TEST(a_mark_that_is_too_old)
{
	shim_cookie = FIRST;
	pass(REP_ANSWERED_MS + S);
	bye("c1", true, UNWANTED);
	ck_assert_uint_eq(counted_at_all(), 0);
}
END_TEST

START_TEST(unwanted_late_without_a_mark)
{
	bye("c1", true, UNWANTED);
	ck_assert_uint_eq(shim_cookies_asked, 1);
	ck_assert_uint_eq(counted_at_all(), 0);
}
END_TEST

static const char *const incomplete[] = {
		"From: <sip:f@h>;tag=callee\r\nTo: <sip:t@h>;tag=caller\r\n",
		"Call-ID: c1\r\nTo: <sip:t@h>;tag=caller\r\n",
		"Call-ID: c1\r\nFrom: <sip:f@h>;tag=callee\r\n", "", "no header\r\n"};

START_TEST(a_bye_that_lacks_something)
{
	char text[512];

	answer("c1");
	shim_cookie = FIRST;
	snprintf(text, sizeof(text), "BYE sip:x@h SIP/2.0\r\n" UNWANTED "%s\r\n",
			incomplete[_i]);
	ck_assert(!rep_bye(message(text)));
	ck_assert_uint_eq(counted_at_all(), 0);
	ck_assert_uint_eq(in_flight(), 1);
}
END_TEST

/* What cannot be parsed does not hide what can. */
START_TEST(a_bye_with_a_line_that_is_no_header)
{

	answer("c1");
	ck_assert(!rep_bye(message("BYE sip:x@h SIP/2.0\r\nCall-ID: c1\r\n"
							   "From: <sip:f@h>;tag=callee\r\n"
							   "To: <sip:t@h>;tag=caller\r\n"
							   "no header\r\n" UNWANTED "\r\n")));
	ck_assert_uint_eq(counted(REP_UNWANTED), 1);
	ck_assert_uint_eq(in_flight(), 0);
}
END_TEST

/* Neither tag: nobody's call, even if both sides have an empty one. */
START_TEST(a_bye_without_tags)
{

	answer("c1");
	ck_assert(!rep_bye(message("BYE sip:x@h SIP/2.0\r\nCall-ID: c1\r\n"
							   "From: <sip:f@h>\r\nTo: <sip:t@h>\r\n\r\n")));
	ck_assert_uint_eq(counted_at_all(), 0);
	ck_assert_uint_eq(in_flight(), 1);
}
END_TEST

Suite *replies_suite(void)
{
	Suite *suite = suite_create("replies");
	TCase *reading = tcase_create("reading"), *byes = tcase_create("bye");

	tcase_add_checked_fixture(reading, NULL, clean);
	tcase_add_loop_test(reading, index_of_the_branch, 0, COUNT(branches));
	tcase_add_test(reading, without_via);
	tcase_add_loop_test(reading, is_it_invite, 0, COUNT(methods));
	tcase_add_test(reading, all_headers_are_taken_in);
	tcase_add_test(reading, the_contact_is_taken_in);
	tcase_add_loop_test(reading, any_of_them_alone, 0, COUNT(lone));
	tcase_add_loop_test(reading, behind_a_malformed_header, 0, COUNT(in_front));
	tcase_add_test(reading, the_body_says_nothing);
	tcase_add_loop_test(reading, parsed_or_not, 0, 5);
	tcase_add_test(reading, signs_add_up);
	tcase_add_test(reading, cut_anywhere);
	tcase_add_loop_test(reading, dialog_of_a_2xx, 0, COUNT(dialogs));
	suite_add_tcase(suite, reading);
	tcase_add_checked_fixture(byes, make, unmake);
	tcase_add_test(byes, bye_of_either_side);
	tcase_add_test(byes, only_the_callee_says_unwanted);
	tcase_add_test(byes, by_the_right_clocks);
	tcase_add_test(byes, another_cause_is_not_unwanted);
	tcase_add_test(byes, unwanted_late_is_of_the_call_itself);
	tcase_add_test(byes, a_mark_of_this_start);
	tcase_add_test(byes, a_mark_of_another_start_and_once);
	tcase_add_test(byes, a_mark_that_is_too_old);
	tcase_add_test(byes, unwanted_late_without_a_mark);
	tcase_add_loop_test(byes, a_bye_that_lacks_something, 0, COUNT(incomplete));
	tcase_add_test(byes, a_bye_with_a_line_that_is_no_header);
	tcase_add_test(byes, a_bye_without_tags);
	suite_add_tcase(suite, byes);
	return suite;
}
