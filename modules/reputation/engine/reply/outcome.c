/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Outcomes: their names, and what a final reply means. */

#include "outcome.h"

#include "../base/text.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char *const names[] = {
		[REP_ANSWERED] = "answered",
		[REP_SHORT] = "short",
		[REP_DECLINED] = "declined",
		[REP_UNWANTED] = "unwanted",
		[REP_BLOCKED] = "blocked",
		[REP_AMBIGUOUS] = "ambiguous",
		[REP_BUSY] = "busy",
		[REP_NOANSWER] = "noanswer",
		[REP_CANCELLED] = "cancelled",
		[REP_BADDEST] = "baddest",
		[REP_REFUSED] = "refused",
		[REP_FAILED] = "failed",
		[REP_OUTCOMES] = "none",
};

const char *rep_outcome_name(rep_outcome_t outcome)
{
	unsigned i = (unsigned)outcome;

	return names[i < REP_OUTCOMES ? i : REP_OUTCOMES];
}

rep_outcome_t rep_outcome_parse(rep_span_t name)
{
	unsigned i;

	for(i = 0; i < REP_OUTCOMES; i++) {
		if(rep_span_is(name, names[i]))
			break;
	}
	return (rep_outcome_t)i;
}

/* Evidence: what the status is, then what came with it. The first four say
 * how far a status may be doubted. */
enum
{
	IS_ERROR = 1 << 0,	/* 4xx, 5xx, 6xx that tells of the call itself */
	IS_MAPPED = 1 << 1, /* may be another element's translation */
	IS_VAGUE = 1 << 2,	/* says too little: a Reason cause says more */
	IS_POLICY = 1 << 3, /* its phrase may tell of a refused caller ID */
	IS_603 = 1 << 4,
	IS_403 = 1 << 5,
	PHRASE = 1 << 6,	/* Network Blocked */
	ANALYTICS = 1 << 7, /* v=analytics1 */
	LOOSE = 1 << 8,		/* the same, outside of `text` */
	TWILIO = 1 << 9,
	CALLER_ID = 1 << 10, /* the phrase names the caller ID */
	STIR = 1 << 11,
	JWSCARD = 1 << 12,
	Q850_21 = 1 << 13,
	SIP_603 = 1 << 14,
	SIP_607 = 1 << 15,
	SIP_608 = 1 << 16
};

#define PLAIN IS_ERROR				  /* only X-Twilio-Error outweighs it */
#define MAPPED (IS_ERROR | IS_MAPPED) /* and what says "machine" */
#define VAGUE (IS_ERROR | IS_MAPPED | IS_VAGUE)
#define POLICY (VAGUE | IS_POLICY)

/* What the status alone says. */
typedef struct row
{
	uint16_t first, last;
	uint8_t confidence;
	uint8_t is;
	rep_outcome_t outcome;
} row_t;

/* clang-format off */
/* First match. A status that is not listed by itself ends in the row of its
 * class, which is neutral for the number. */
static const row_t statuses[] = {
	{100, 199, 100, 0, REP_OUTCOMES},
	{200, 299, 100, 0, REP_ANSWERED},
	{300, 399, 50, 0, REP_FAILED}, /* not followed: the call went nowhere */
	{401, 401, 100, 0, REP_OUTCOMES}, /* a question: the retry is told */
	{402, 402, 90, 0, REP_FAILED},	  /* the account */
	{403, 403, 50, POLICY | IS_403, REP_FAILED},
	{404, 404, 90, MAPPED, REP_BADDEST},
	{407, 407, 100, 0, REP_OUTCOMES}, /* likewise */
	{408, 408, 100, 0, REP_NOANSWER},
	{410, 410, 100, MAPPED, REP_BADDEST},
	{415, 415, 90, MAPPED, REP_FAILED},
	{420, 421, 90, MAPPED, REP_FAILED},
	{428, 428, 100, PLAIN, REP_REFUSED}, /* RFC 8224 */
	{433, 433, 100, PLAIN, REP_REFUSED}, /* RFC 5079 */
	{436, 438, 100, PLAIN, REP_REFUSED}, /* RFC 8224 */
	{480, 480, 80, VAGUE, REP_BUSY},
	{484, 485, 90, MAPPED, REP_BADDEST},
	{486, 486, 100, MAPPED, REP_BUSY},
	{487, 487, 80, 0, REP_CANCELLED},
	{488, 488, 90, MAPPED, REP_FAILED},
	{494, 494, 90, MAPPED, REP_FAILED},
	{400, 499, 50, POLICY, REP_FAILED},
	{503, 503, 90, POLICY, REP_FAILED},
	{500, 599, 80, POLICY, REP_FAILED},
	{600, 600, 90, MAPPED, REP_BUSY},
	{603, 603, 90, MAPPED | IS_603, REP_DECLINED},
	{604, 604, 90, MAPPED, REP_BADDEST},
	{606, 606, 90, MAPPED, REP_FAILED},
	{607, 607, 100, PLAIN, REP_UNWANTED}, /* RFC 8197 */
	{608, 608, 100, PLAIN, REP_BLOCKED},  /* RFC 8688 */
	{600, 699, 50, VAGUE, REP_FAILED},
};

/* What comes with the status and outweighs it. The order is the precedence:
 * the first rule whose evidence is all there decides. */
typedef struct rule {
	unsigned all;
	uint8_t confidence;
	rep_outcome_t outcome;
} rule_t;

static const rule_t rules[] = {
	/* 603+, ATIS-1000099: either sign may get lost on the way. */
	{IS_603 | PHRASE | ANALYTICS, 100, REP_BLOCKED},
	{IS_603 | PHRASE | LOOSE, 95, REP_BLOCKED},
	{IS_603 | ANALYTICS, 90, REP_BLOCKED},
	{IS_603 | PHRASE, 90, REP_BLOCKED},
	{IS_603 | LOOSE, 85, REP_BLOCKED},
	/* v=analytics1 with another status is not 603+ by the letter: a status
	 * with a meaning of its own keeps it. One without is the translation of
	 * something, and nobody but a blocker writes this: it weighs half. */
	{IS_VAGUE | ANALYTICS, 70, REP_AMBIGUOUS},
	{IS_VAGUE | LOOSE, 60, REP_AMBIGUOUS},
	/* A carrier's own policy, whatever status it wears. */
	{IS_ERROR | TWILIO, 90, REP_FAILED},
	/* Caller ID or signature refused by a trunk. STIR is asked only after
	 * the phrase, and only of 403: RFC 9410 lets a call go on with it. */
	{IS_POLICY | CALLER_ID, 90, REP_REFUSED},
	{IS_403 | STIR, 70, REP_REFUSED},
	/* 607 and 608, translated by an element that knows neither. */
	{IS_603 | SIP_608, 80, REP_BLOCKED},
	{IS_603 | SIP_607, 80, REP_UNWANTED},
	{IS_VAGUE | SIP_608, 80, REP_BLOCKED},
	{IS_VAGUE | SIP_607, 80, REP_UNWANTED},
	{IS_603 | JWSCARD, 70, REP_AMBIGUOUS},
	/* After a leg in ISUP a block and a human decline look alike. */
	{IS_603 | Q850_21, 50, REP_AMBIGUOUS},
	{IS_VAGUE | Q850_21, 50, REP_AMBIGUOUS},
	{IS_VAGUE | SIP_603, 70, REP_DECLINED},
};

/* Then, for a vague status, the Q.850 cause. One that is not here, such as 16
 * (normal clearing), says nothing. */
static const struct {
	uint8_t cause, confidence;
	rep_outcome_t outcome;
} causes[] = {
	{1, 90, REP_BADDEST},  /* unallocated number */
	{2, 80, REP_FAILED},   /* no route to transit network */
	{3, 80, REP_FAILED},   /* no route to destination */
	{17, 100, REP_BUSY},
	{18, 90, REP_BUSY},    /* no user responding */
	{19, 90, REP_BUSY},    /* no answer from user: unavailable by our row */
	{20, 90, REP_BUSY},    /* subscriber absent */
	{22, 90, REP_BADDEST}, /* number changed */
	{27, 80, REP_FAILED},  /* destination out of order */
	{28, 90, REP_BADDEST}, /* invalid number format */
	{31, 60, REP_BUSY},    /* unspecified; may hide a 607 or 608 */
	{34, 90, REP_FAILED},  /* no circuit */
	{38, 90, REP_FAILED},  /* network out of order */
	{41, 90, REP_FAILED},  /* temporary failure */
	{42, 90, REP_FAILED},  /* congestion */
	{47, 90, REP_FAILED},  /* resource unavailable */
};

/* Words that name the caller ID in a reason phrase, as plain_words() writes
 * it: letters and digits only, single spaces around each word. "from" alone
 * is no such word: "Calls from this address". */
static const char *const caller_id_words[] = {
	" stale date ", " caller id ", " callerid ", " caller ids ", " cli ",
	" clid ", " clip ", " ani ", " pai ", " p asserted identity ",
	" caller identity ", " caller identification ", " caller number ",
	" calling number ", " calling party ", " calling line ",
	" caller origination ", " origination number ", " originating number ",
	" origin number ", " source number ", " unverified ", " not verified ",
	" unregistered number ", " spoofed ", " spoofing ", " anonymous ",
	" anonymity ", " withheld ", " identity ", " stir ", " shaken ",
	" attestation ", " from header ", " from number ", " from address ",
	" from uri ", " from user ", " from field ", " from domain ",
	" from not ", " from is ", " from mismatch ", " invalid from ",
	" bad from ", " wrong from ", " unknown from ", " check from ",
	" missing from ",
};
/* clang-format on */

/* " Invalid  Caller-ID! " becomes " invalid caller id ". What is beyond the
 * room for it is left out. */
static void plain_words(rep_span_t phrase, char *out, size_t size)
{
	size_t i, n = 0;

	out[n++] = ' ';
	for(i = 0; i < phrase.len && n + 2 < size; i++) {
		char c = phrase.s[i];

		if(c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			out[n++] = c;
		else if(out[n - 1] != ' ')
			out[n++] = ' ';
	}
	if(out[n - 1] != ' ')
		out[n++] = ' ';
	out[n] = '\0';
}

/* Does one of them stand here, where a word begins? */
static bool is_caller_id(const char *words)
{
	size_t i;

	for(i = 0; i < COUNT(caller_id_words); i++) {
		const char *one = caller_id_words[i];
		if(one[1] == words[1] && strncmp(words, one, strlen(one)) == 0)
			return true;
	}
	return false;
}

static bool names_caller_id(rep_span_t phrase)
{
	char words[128];
	const char *at;

	plain_words(phrase, words, sizeof(words));
	for(at = words; at && at[1]; at = strchr(at + 1, ' ')) {
		if(is_caller_id(at))
			return true;
	}
	return false;
}

/* "Network Blocked", whatever the case and the spaces. */
static bool is_network_blocked(rep_span_t phrase)
{
	static const char wanted[] = "networkblocked";
	size_t i, n = 0;

	for(i = 0; i < phrase.len; i++) {
		rep_span_t one = {phrase.s + i, 1};
		char next[2] = {wanted[n], '\0'};

		if(rep_is_space(phrase.s[i]))
			continue;
		if(wanted[n] == '\0' || !rep_same(one, next))
			return false;
		n++;
	}
	return wanted[n] == '\0';
}

/* What is not asked of such a status is not looked for: `is`. */
static unsigned evidence_of(
		const rep_signs_t *signs, rep_span_t phrase, unsigned is)
{
	static const struct
	{
		unsigned flag, evidence;
	} flags[] = {{REP_SIGN_ANALYTICS, ANALYTICS}, {REP_SIGN_LOOSE, LOOSE},
			{REP_SIGN_JWSCARD, JWSCARD}, {REP_SIGN_TWILIO, TWILIO}};
	unsigned evidence = 0;
	size_t i;

	for(i = 0; i < COUNT(flags); i++) {
		if(signs->flags & flags[i].flag)
			evidence |= flags[i].evidence;
	}
	if(is & IS_603 && is_network_blocked(phrase))
		evidence |= PHRASE;
	if(is & IS_POLICY && names_caller_id(phrase))
		evidence |= CALLER_ID;
	if(signs->stir)
		evidence |= STIR;
	if(signs->q850 == 21)
		evidence |= Q850_21;
	if(signs->sip == 603)
		evidence |= SIP_603;
	if(signs->sip == 607)
		evidence |= SIP_607;
	if(signs->sip == 608)
		evidence |= SIP_608;
	return evidence;
}

/* The row of a status; of 699 for what is none. */
static const row_t *row_of(int status)
{
	const row_t *row = statuses;

	while(row < &statuses[COUNT(statuses) - 1]
			&& (status < row->first || status > row->last))
		row++;
	return row;
}

static bool by_rules(unsigned evidence, rep_class_t *class)
{
	size_t i;

	for(i = 0; i < COUNT(rules); i++) {
		if((evidence & rules[i].all) == rules[i].all) {
			*class = (rep_class_t){rules[i].outcome, rules[i].confidence};
			return true;
		}
	}
	return false;
}

static bool by_q850(uint8_t cause, rep_class_t *class)
{
	size_t i;

	for(i = 0; i < COUNT(causes); i++) {
		if(causes[i].cause == cause) {
			*class = (rep_class_t){causes[i].outcome, causes[i].confidence};
			return true;
		}
	}
	return false;
}

/* RFC 3326: the status that another element replaced by this one. */
static bool by_sip(uint16_t cause, rep_class_t *class)
{
	const row_t *row = row_of(cause);

	if(cause < 400 || row->is & IS_VAGUE || row->outcome == REP_OUTCOMES)
		return false;
	*class = (rep_class_t){row->outcome, (uint8_t)(row->confidence * 8 / 10)};
	return true;
}

/* Precedence: the rules; for a vague status the Q.850 cause, then the SIP
 * cause; the status. Of a reply made here only the status counts: what came
 * before it on the branch did not end the call. */
rep_class_t rep_classify(
		const rep_signs_t *signs, int status, rep_span_t phrase, unsigned how)
{
	const row_t *row = row_of(status);
	rep_class_t class = {row->outcome, row->confidence};

	if(status == 487 && how & REP_REPLY_CANCELLED)
		class.confidence = 100;
	if(how & REP_REPLY_LOCAL || !(row->is & IS_ERROR))
		return class;
	if(by_rules(row->is | evidence_of(signs, phrase, row->is), &class)
			|| !(row->is & IS_VAGUE))
		return class;
	if(!by_q850(signs->q850, &class))
		by_sip(signs->sip, &class);
	return class;
}

rep_outcome_t rep_classify_bye(const rep_signs_t *signs)
{
	return signs->sip == 607 ? REP_UNWANTED : REP_OUTCOMES;
}
