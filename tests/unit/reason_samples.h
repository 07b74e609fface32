/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Headers as they are seen on the wire. */

#ifndef REP_REASON_SAMPLES_H
#define REP_REASON_SAMPLES_H

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

#endif
