/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How each country dials: engine/reply/plans.h says what is what.
 *
 * Written by `make zones`, not by hand: from python3-phonenumbers
 * 8.12.57-4 (libphonenumber 8.12.57, Apache-2.0). */

#include "plans.h"

#include <stddef.h>

/* a number may have from a to b digits */
#define L(a, b) ((1u << ((b) + 1)) - (1u << (a)))

/* clang-format off */
static const rep_plan_form_t of_1[] = {
	{"2 4 5 6 7 8 9", L(10, 10)},
	{"3", L(7, 7) | L(10, 10)},
	{NULL, 0}};
static const rep_plan_form_t of_7[] = {
	{"3 4 7 9", L(10, 10)},
	{"8", L(10, 10) | L(14, 14)},
	{NULL, 0}};
static const rep_plan_form_t of_20[] = {
	{"1", L(8, 10)},
	{"2 4 6", L(9, 9)},
	{"3", L(8, 8)},
	{"5", L(8, 9)},
	{"8 9", L(9, 10)},
	{NULL, 0}};
static const rep_plan_form_t of_27[] = {
	{"1 2 3 4 5 6 7 9", L(9, 9)},
	{"8", L(5, 10)},
	{NULL, 0}};
static const rep_plan_form_t of_30[] = {
	{"2 5005 6 70 9", L(10, 10)},
	{"8", L(10, 12)},
	{NULL, 0}};
static const rep_plan_form_t of_31[] = {
	{"1", L(5, 6) | L(9, 9)},
	{"2 30 310 311 312 313 314 315 316 317 318 32 33 34 35 36 37 38 39 4 5 "
		"6 7", L(9, 9)},
	{"8", L(7, 10)},
	{"9", L(7, 11)},
	{NULL, 0}};
static const rep_plan_form_t of_32[] = {
	{"1 2 3 5 6 7 8 9", L(8, 8)},
	{"4", L(8, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_33[] = {
	{"1 2 3 4 5 6 7 8 9", L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_34[] = {
	{"5 6 7 8 9", L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_36[] = {
	{"1 4 8 9", L(8, 8)},
	{"2 3 5 6 7", L(8, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_39[] = {
	{"0", L(6, 11)},
	{"1", L(9, 11)},
	{"30 31 32 33 34 35 36 37 38", L(9, 12)},
	{"39", L(9, 10)},
	{"55 70", L(10, 10)},
	{"8", L(6, 6) | L(8, 10)},
	{NULL, 0}};
static const rep_plan_form_t of_40[] = {
	{"2 3", L(6, 6) | L(9, 9)},
	{"7 8 90", L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_41[] = {
	{"2 3 4 5 6 7 9", L(9, 9)},
	{"8", L(9, 9) | L(12, 12)},
	{NULL, 0}};
static const rep_plan_form_t of_43[] = {
	{"1", L(4, 13)},
	{"2 430 4350 4352 4353 4354 4355 4356 4357 4358 4359", L(7, 13)},
	{"3 40 41 42 44 45 46 47 48 49 6 7", L(6, 13)},
	{"432", L(7, 8)},
	{"433 434 436 437", L(7, 7)},
	{"438", L(7, 9)},
	{"439", L(7, 10)},
	{"5", L(5, 13)},
	{"8", L(8, 13)},
	{"9", L(9, 13)},
	{NULL, 0}};
static const rep_plan_form_t of_44[] = {
	{"1", L(9, 10)},
	{"2 3 5 7 9", L(10, 10)},
	{"8", L(7, 7) | L(9, 10)},
	{NULL, 0}};
static const rep_plan_form_t of_45[] = {
	{"2 3 4 5 6 7 8 9", L(8, 8)},
	{NULL, 0}};
static const rep_plan_form_t of_46[] = {
	{"1 3 4 8", L(7, 9)},
	{"2", L(6, 9) | L(12, 12)},
	{"5", L(8, 9)},
	{"6", L(7, 9) | L(12, 12)},
	{"7", L(9, 9)},
	{"9", L(7, 10)},
	{NULL, 0}};
static const rep_plan_form_t of_47[] = {
	{"0", L(5, 5)},
	{"2 3 4 5 6 7 8 9", L(8, 8)},
	{NULL, 0}};
static const rep_plan_form_t of_48[] = {
	{"1 3 4 5 7 9", L(7, 7) | L(9, 9)},
	{"2", L(6, 7) | L(9, 9)},
	{"6", L(6, 9)},
	{"8", L(7, 7) | L(9, 10)},
	{NULL, 0}};
static const rep_plan_form_t of_49[] = {
	{"1", L(4, 13)},
	{"2 5 7 9", L(6, 13)},
	{"3 40 41 42 43 44 45 46 47 48 490 491 4921 4923 4931 4941 4942 4943 "
		"4944 4945 4946 4947 4948 495 4961 4962 4963 4964 4965 4966 4967 4968 "
		"6 8", L(5, 13)},
	{"4920 4922 4924 4925 4926 4927 4928 4929 4932 4933 4934 4935 4936 "
		"4938 4939 4971 4972 4973 4974 4975 4976 4977", L(5, 12)},
	{"4930 4940 4969 498", L(5, 6)},
	{"4937 4949 4960 4970 4978 4979 499", L(5, 7)},
	{NULL, 0}};
static const rep_plan_form_t of_51[] = {
	{"1 4 5 6 7 8", L(8, 8)},
	{"9", L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_52[] = {
	{"10 11 121 122 123 124 125 126 127 128 129 131 132 133 134 135 136 "
		"137 138 139 140 141 142 143 1441 1442 1443 1444 1445 1446 1447 1448 "
		"1449 145 146 147 148 149 151 152 153 154 155 156 157 158 159 160 161 "
		"162 163 164 1650 1651 1652 1653 1654 1655 1656 1658 1659 166 167 168 "
		"169 17 181 182 183 184 185 186 187 189 191 192 193 194 195 196 197 "
		"198 1991 1992 1993 1994 1995 1996 1997 1998 1999", L(11, 11)},
	{"2 3 4 5 6 7 8 9", L(10, 10)},
	{NULL, 0}};
static const rep_plan_form_t of_53[] = {
	{"2 7", L(7, 8)},
	{"3 4", L(6, 8)},
	{"5", L(8, 8)},
	{"8", L(10, 10)},
	{NULL, 0}};
static const rep_plan_form_t of_54[] = {
	{"11 2 3 6", L(10, 10)},
	{"8", L(10, 11)},
	{"9", L(11, 11)},
	{NULL, 0}};
static const rep_plan_form_t of_55[] = {
	{"1 2 6 7", L(10, 11)},
	{"3", L(8, 11)},
	{"4", L(8, 8) | L(10, 11)},
	{"50 51 52 53 54 550 551 552 553 554 556 557 558 559 56 57 58 59 8 9",
		L(9, 11)},
	{"555", L(9, 10)},
	{NULL, 0}};
static const rep_plan_form_t of_56[] = {
	{"1230", L(11, 11)},
	{"2 3 4 5 7 8 9", L(9, 9)},
	{"6", L(9, 11)},
	{NULL, 0}};
static const rep_plan_form_t of_57[] = {
	{"1", L(11, 11)},
	{"3 60 9101", L(10, 10)},
	{NULL, 0}};
static const rep_plan_form_t of_58[] = {
	{"2 4 50 600 800 90", L(10, 10)},
	{NULL, 0}};
static const rep_plan_form_t of_60[] = {
	{"1", L(9, 10)},
	{"3", L(9, 9)},
	{"4 5 6 7 8 9", L(8, 8)},
	{NULL, 0}};
static const rep_plan_form_t of_61[] = {
	{"10 11 12 13 14 15 16 17 19", L(5, 10) | L(12, 12)},
	{"180 181 182 184 185 186 187 188 189", L(5, 10)},
	{"183", L(5, 9)},
	{"2 3 4 7 8", L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_62[] = {
	{"000", L(12, 12)},
	{"001 002 003 004 005 006 007 008 009", L(12, 13)},
	{"1", L(7, 7) | L(9, 11)},
	{"2 3 6", L(7, 11)},
	{"4 5 7 9", L(8, 11)},
	{"8", L(8, 12)},
	{NULL, 0}};
static const rep_plan_form_t of_63[] = {
	{"1800", L(11, 13)},
	{"2", L(6, 6) | L(9, 9)},
	{"3 4 5 6 7", L(9, 9)},
	{"8", L(8, 10)},
	{"9", L(10, 10)},
	{NULL, 0}};
static const rep_plan_form_t of_64[] = {
	{"11", L(10, 10)},
	{"2 9", L(8, 10)},
	{"3 4 60 61 62 63 65 66 67 68 69", L(8, 8)},
	{"50", L(7, 7) | L(9, 10)},
	{"7", L(8, 9)},
	{"8", L(5, 10)},
	{NULL, 0}};
static const rep_plan_form_t of_65[] = {
	{"1 7000", L(11, 11)},
	{"3 6 9", L(8, 8)},
	{"8", L(8, 8) | L(10, 10)},
	{NULL, 0}};
static const rep_plan_form_t of_66[] = {
	{"0018", L(13, 13)},
	{"1", L(8, 10)},
	{"2 3 4 5 7", L(8, 8)},
	{"6 8 9", L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_81[] = {
	{"000", L(8, 8)},
	{"001 002 003 004 005 006 007 008 009", L(8, 13)},
	{"1 3 4 6", L(9, 9)},
	{"2 5 7 8 9", L(9, 10)},
	{NULL, 0}};
static const rep_plan_form_t of_82[] = {
	{"000", L(11, 11)},
	{"001 002 003 004 005 006 007 008 009", L(11, 13)},
	{"1", L(8, 10)},
	{"2", L(8, 9)},
	{"3 4 6", L(5, 6) | L(9, 10)},
	{"5", L(5, 6) | L(9, 11)},
	{"70", L(10, 10)},
	{"80", L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_84[] = {
	{"1", L(7, 10)},
	{"2", L(10, 10)},
	{"3 5 9", L(9, 9)},
	{"6", L(7, 9)},
	{"7 8", L(7, 7) | L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_86[] = {
	{"10 13 14 15 16 18 19", L(7, 8) | L(10, 12)},
	{"11 12 17", L(7, 8) | L(10, 11)},
	{"2", L(7, 8) | L(10, 10) | L(12, 12)},
	{"3 4 5 7 80 81 82 83 84 85 87 88 89 9", L(8, 11)},
	{"6", L(8, 10)},
	{"86", L(8, 8)},
	{NULL, 0}};
static const rep_plan_form_t of_90[] = {
	{"2 3 5 900", L(10, 10)},
	{"4", L(7, 7) | L(10, 10)},
	{"8", L(10, 10) | L(12, 13)},
	{NULL, 0}};
static const rep_plan_form_t of_91[] = {
	{"0008", L(13, 13)},
	{"1", L(8, 13)},
	{"2 3 4 5 6 7 8 9", L(10, 10)},
	{NULL, 0}};
static const rep_plan_form_t of_92[] = {
	{"122", L(9, 9)},
	{"2 4 5 6 7", L(9, 12)},
	{"3", L(10, 10)},
	{"8 90 91 93 94 95 96 97 98 99", L(8, 12)},
	{"920 921 9220 9221 9226 9227 9228", L(8, 10) | L(12, 12)},
	{"9222 9223 9224 9225 9229 923 924 925 926 927 9281 9282 9283 9284 "
		"9285 9286 9287 9288 9289", L(8, 10)},
	{"9280 929", L(8, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_93[] = {
	{"2 3 4 5 6 7", L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_94[] = {
	{"1 2 3 4 5 6 7 8 9", L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_95[] = {
	{"1", L(6, 8)},
	{"2", L(6, 9)},
	{"4 5 6 7", L(7, 9)},
	{"8", L(7, 10)},
	{"90 91 92 93 94 96 97 98 99", L(8, 10)},
	{"95", L(8, 8)},
	{NULL, 0}};
static const rep_plan_form_t of_98[] = {
	{"1 2 3 4 5 6 7 8", L(6, 7) | L(10, 10)},
	{"9", L(4, 5) | L(10, 10)},
	{NULL, 0}};
static const rep_plan_form_t of_211[] = {
	{"1 9", L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_212[] = {
	{"5 6 7 8", L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_213[] = {
	{"1 2 3 4", L(8, 8)},
	{"5 6 7 80 9", L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_216[] = {
	{"2 3 4 5 7 8 9", L(8, 8)},
	{NULL, 0}};
static const rep_plan_form_t of_218[] = {
	{"2 3 4 5 6 7 8 9", L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_220[] = {
	{"2 3 4 5 6 7 8 9", L(7, 7)},
	{NULL, 0}};
static const rep_plan_form_t of_221[] = {
	{"3 7 8 93", L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_222[] = {
	{"2 3 4 800", L(8, 8)},
	{NULL, 0}};
static const rep_plan_form_t of_223[] = {
	{"2 4 5 6 7 8 9", L(8, 8)},
	{NULL, 0}};
static const rep_plan_form_t of_224[] = {
	{"3", L(8, 8)},
	{"6 722", L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_225[] = {
	{"0 2", L(10, 10)},
	{NULL, 0}};
static const rep_plan_form_t of_226[] = {
	{"0 2 5 6 7", L(8, 8)},
	{NULL, 0}};
static const rep_plan_form_t of_227[] = {
	{"0 2 7 8 9", L(8, 8)},
	{NULL, 0}};
static const rep_plan_form_t of_228[] = {
	{"2 7 9", L(8, 8)},
	{NULL, 0}};
static const rep_plan_form_t of_229[] = {
	{"2 40 5 6 8 9", L(8, 8)},
	{NULL, 0}};
static const rep_plan_form_t of_230[] = {
	{"2 3 4 6", L(7, 7)},
	{"5", L(8, 8)},
	{"8", L(7, 7) | L(10, 10)},
	{NULL, 0}};
static const rep_plan_form_t of_231[] = {
	{"2", L(8, 8)},
	{"33 77 88", L(9, 9)},
	{"4 6", L(7, 7)},
	{"5", L(7, 7) | L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_232[] = {
	{"2 3 66 7 8 9", L(8, 8)},
	{NULL, 0}};
static const rep_plan_form_t of_233[] = {
	{"2 3 5", L(9, 9)},
	{"800", L(8, 8)},
	{NULL, 0}};
static const rep_plan_form_t of_234[] = {
	{"1 2 4 5 6", L(7, 8)},
	{"3", L(8, 8)},
	{"7", L(7, 8) | L(10, 12)},
	{"8", L(8, 8) | L(10, 12)},
	{"9", L(8, 8) | L(10, 10)},
	{NULL, 0}};
static const rep_plan_form_t of_235[] = {
	{"22 6 77 9", L(8, 8)},
	{NULL, 0}};
static const rep_plan_form_t of_236[] = {
	{"2 7 8776", L(8, 8)},
	{NULL, 0}};
static const rep_plan_form_t of_237[] = {
	{"2 6", L(9, 9)},
	{"88", L(8, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_238[] = {
	{"2 3 4 5 800 9", L(7, 7)},
	{NULL, 0}};
static const rep_plan_form_t of_239[] = {
	{"22 9", L(7, 7)},
	{NULL, 0}};
static const rep_plan_form_t of_240[] = {
	{"222 3 55 80 90", L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_241[] = {
	{"0 11", L(8, 8)},
	{"2 3 4 5", L(7, 7)},
	{"6 7", L(7, 8)},
	{NULL, 0}};
static const rep_plan_form_t of_242[] = {
	{"0 222 80", L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_243[] = {
	{"1 8", L(7, 7) | L(9, 9)},
	{"2 3 4 5 6", L(7, 7)},
	{"9", L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_244[] = {
	{"2 9", L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_245[] = {
	{"4", L(7, 7) | L(9, 9)},
	{"9", L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_246[] = {
	{"3", L(7, 7)},
	{NULL, 0}};
static const rep_plan_form_t of_247[] = {
	{"0 1 5 8 9", L(6, 6)},
	{"4 6", L(5, 5)},
	{NULL, 0}};
static const rep_plan_form_t of_248[] = {
	{"2 4 64 800 9", L(7, 7)},
	{NULL, 0}};
static const rep_plan_form_t of_249[] = {
	{"1 9", L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_250[] = {
	{"06", L(8, 8)},
	{"2 7 800 900", L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_251[] = {
	{"11 2 3 4 5 7 9", L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_252[] = {
	{"1", L(6, 8)},
	{"2", L(7, 8)},
	{"3 4", L(6, 7) | L(9, 9)},
	{"5", L(7, 7)},
	{"6 7 9", L(8, 9)},
	{"8", L(6, 6) | L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_253[] = {
	{"2 77", L(8, 8)},
	{NULL, 0}};
static const rep_plan_form_t of_254[] = {
	{"1 7 900", L(9, 9)},
	{"20", L(8, 9)},
	{"4 5 6", L(7, 9)},
	{"800", L(9, 10)},
	{NULL, 0}};
static const rep_plan_form_t of_255[] = {
	{"2 41 5 6 7 8 90", L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_256[] = {
	{"20 3 4 7 800 90", L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_257[] = {
	{"2 31 6 7", L(8, 8)},
	{NULL, 0}};
static const rep_plan_form_t of_258[] = {
	{"2", L(8, 8)},
	{"8", L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_260[] = {
	{"21 63 7 800 9", L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_261[] = {
	{"2 3", L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_262[] = {
	{"26 6 8 976", L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_263[] = {
	{"1", L(5, 7)},
	{"20 21 22 23 24 25 27 28 29", L(6, 10)},
	{"260 261 262 264 265 266 267 268 269", L(6, 7) | L(9, 10)},
	{"263 9", L(6, 7)},
	{"3", L(5, 10)},
	{"4", L(7, 8)},
	{"5 6", L(5, 9)},
	{"7", L(9, 9)},
	{"8", L(7, 7) | L(9, 10)},
	{NULL, 0}};
static const rep_plan_form_t of_264[] = {
	{"6 8", L(8, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_265[] = {
	{"1", L(7, 7) | L(9, 9)},
	{"2 31 77 8 9", L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_266[] = {
	{"2 5 6 800", L(8, 8)},
	{NULL, 0}};
static const rep_plan_form_t of_267[] = {
	{"0800 800", L(10, 10)},
	{"2 4 5 6 90", L(7, 7)},
	{"3", L(7, 8)},
	{"7", L(8, 8)},
	{NULL, 0}};
static const rep_plan_form_t of_268[] = {
	{"0800 2 3 7", L(8, 8)},
	{"900", L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_269[] = {
	{"3 4 7 8", L(7, 7)},
	{NULL, 0}};
static const rep_plan_form_t of_290[] = {
	{"2 5 6", L(5, 5)},
	{"8", L(4, 4)},
	{NULL, 0}};
static const rep_plan_form_t of_291[] = {
	{"1 7 8", L(7, 7)},
	{NULL, 0}};
static const rep_plan_form_t of_297[] = {
	{"2 5 6 7 800 9", L(7, 7)},
	{NULL, 0}};
static const rep_plan_form_t of_298[] = {
	{"2 3 4 5 6 7 8 9", L(6, 6)},
	{NULL, 0}};
static const rep_plan_form_t of_299[] = {
	{"19 2 3 4 5 6 70 8 9", L(6, 6)},
	{NULL, 0}};
static const rep_plan_form_t of_350[] = {
	{"2 5 606", L(8, 8)},
	{NULL, 0}};
static const rep_plan_form_t of_351[] = {
	{"1693 2 30 6 7 8 9", L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_352[] = {
	{"2 30 31 32 33 34 350 351 353 354 355 356 357 358 359 36 37 38 39 4 5 "
		"7 8 9", L(4, 11)},
	{"352", L(4, 6)},
	{"6", L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_353[] = {
	{"1", L(8, 10)},
	{"2 5 6 9", L(7, 9)},
	{"4", L(7, 10)},
	{"7", L(9, 9)},
	{"8", L(9, 10)},
	{NULL, 0}};
static const rep_plan_form_t of_354[] = {
	{"38", L(9, 9)},
	{"4 5 6 7 8 9", L(7, 7)},
	{NULL, 0}};
static const rep_plan_form_t of_355[] = {
	{"2 3 4 5 700", L(8, 8)},
	{"6", L(9, 9)},
	{"8", L(6, 8)},
	{"900", L(6, 6)},
	{NULL, 0}};
static const rep_plan_form_t of_356[] = {
	{"2 3550 5 7 800 9", L(8, 8)},
	{NULL, 0}};
static const rep_plan_form_t of_357[] = {
	{"2 50 7 80 9", L(8, 8)},
	{NULL, 0}};
static const rep_plan_form_t of_358[] = {
	{"1 2 30 31 32 33 34 36 37 38 39 5 6", L(5, 10)},
	{"35 8 9", L(5, 9)},
	{"4", L(6, 10)},
	{"7", L(6, 12)},
	{NULL, 0}};
static const rep_plan_form_t of_359[] = {
	{"2", L(6, 8)},
	{"3 4 5 6 7", L(7, 8)},
	{"8 9", L(7, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_370[] = {
	{"3 4 52 6 70 80 9", L(8, 8)},
	{NULL, 0}};
static const rep_plan_form_t of_371[] = {
	{"2 6 8 90", L(8, 8)},
	{NULL, 0}};
static const rep_plan_form_t of_372[] = {
	{"3 6 90", L(7, 7)},
	{"4 5 7", L(7, 8)},
	{"8", L(7, 8) | L(10, 10)},
	{NULL, 0}};
static const rep_plan_form_t of_373[] = {
	{"2 3 5 6 7 80 90", L(8, 8)},
	{NULL, 0}};
static const rep_plan_form_t of_374[] = {
	{"1 2 3 4 55 60 77 8 9", L(8, 8)},
	{NULL, 0}};
static const rep_plan_form_t of_375[] = {
	{"1 2 33 44", L(9, 9)},
	{"800 801 802 803 804 805 806 807 809 89", L(6, 10)},
	{"808", L(6, 7)},
	{"810 811 812 813 814 818 819 85 86 87", L(6, 11)},
	{"815 816 817 82 83 84", L(6, 9) | L(11, 11)},
	{"88", L(6, 6)},
	{"902", L(10, 10)},
	{NULL, 0}};
static const rep_plan_form_t of_376[] = {
	{"1", L(6, 6) | L(8, 8)},
	{"3 5 7 8 9", L(6, 6)},
	{"6", L(6, 6) | L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_377[] = {
	{"3 4 8 9", L(8, 8)},
	{"6", L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_378[] = {
	{"0549", L(10, 10)},
	{"5 6 7", L(8, 8)},
	{NULL, 0}};
static const rep_plan_form_t of_380[] = {
	{"3 4 5 6 7", L(9, 9)},
	{"8 9", L(9, 10)},
	{NULL, 0}};
static const rep_plan_form_t of_381[] = {
	{"1 2 30 31 32 33 34 35 36 37 380 382 383 384 385 386 387 388 389 39",
		L(7, 12)},
	{"381", L(7, 8)},
	{"6", L(8, 10)},
	{"7 800", L(6, 12)},
	{"90", L(6, 10)},
	{NULL, 0}};
static const rep_plan_form_t of_382[] = {
	{"20 3 4 5 6 7 9", L(8, 8)},
	{"80", L(8, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_383[] = {
	{"2 3", L(8, 9)},
	{"4 800 900", L(8, 8)},
	{NULL, 0}};
static const rep_plan_form_t of_385[] = {
	{"1 38 7", L(8, 8)},
	{"2 30 31 32 33 34 35 36 37 39 4 5 9", L(8, 9)},
	{"6", L(6, 9)},
	{"80", L(7, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_386[] = {
	{"1 2 3 4 5 6 7", L(8, 8)},
	{"8", L(5, 8)},
	{"90", L(6, 8)},
	{NULL, 0}};
static const rep_plan_form_t of_387[] = {
	{"3 49 5 70 8 9", L(8, 8)},
	{"6", L(8, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_389[] = {
	{"2 3 4 5 7 8", L(8, 8)},
	{NULL, 0}};
static const rep_plan_form_t of_420[] = {
	{"2 3 4 5 60 7 8", L(9, 9)},
	{"9", L(9, 12)},
	{NULL, 0}};
static const rep_plan_form_t of_421[] = {
	{"2 3 4 5", L(6, 7) | L(9, 9)},
	{"6 8", L(9, 9)},
	{"9", L(7, 7) | L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_423[] = {
	{"2 3 7 90", L(7, 7)},
	{"6", L(9, 9)},
	{"8", L(7, 7) | L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_500[] = {
	{"2 3 4 5 6 7", L(5, 5)},
	{NULL, 0}};
static const rep_plan_form_t of_501[] = {
	{"0800", L(11, 11)},
	{"2 3 4 5 6 7 8", L(7, 7)},
	{NULL, 0}};
static const rep_plan_form_t of_502[] = {
	{"1", L(11, 11)},
	{"2 3 4 5 6 7", L(8, 8)},
	{NULL, 0}};
static const rep_plan_form_t of_503[] = {
	{"2 6 7", L(8, 8)},
	{"800 900", L(7, 7) | L(11, 11)},
	{NULL, 0}};
static const rep_plan_form_t of_504[] = {
	{"2 3 7 9", L(8, 8)},
	{"8", L(8, 8) | L(11, 11)},
	{NULL, 0}};
static const rep_plan_form_t of_505[] = {
	{"1800 2 5 6 7 8", L(8, 8)},
	{NULL, 0}};
static const rep_plan_form_t of_506[] = {
	{"2 3005 4 5 6 7", L(8, 8)},
	{"8", L(8, 8) | L(10, 10)},
	{"90", L(10, 10)},
	{NULL, 0}};
static const rep_plan_form_t of_507[] = {
	{"0080", L(11, 11)},
	{"1 2 3 4 5 7 9", L(7, 7)},
	{"6", L(8, 8)},
	{"8", L(7, 8) | L(10, 10)},
	{NULL, 0}};
static const rep_plan_form_t of_508[] = {
	{"4 5", L(6, 6)},
	{"80", L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_509[] = {
	{"2 3 4 8 9", L(8, 8)},
	{NULL, 0}};
static const rep_plan_form_t of_590[] = {
	{"590 69 80 976", L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_591[] = {
	{"2 3 4 6 7", L(8, 8)},
	{"8001", L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_592[] = {
	{"2 3 4 6 7 862 9008", L(7, 7)},
	{NULL, 0}};
static const rep_plan_form_t of_593[] = {
	{"1", L(10, 11)},
	{"2 3 4 5 6 7", L(8, 8)},
	{"9", L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_594[] = {
	{"594 694 80 976", L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_595[] = {
	{"2 3 4 50 51 52 53 54 55 56 57 58 6 7 8", L(6, 9)},
	{"59", L(6, 8)},
	{"9", L(6, 11)},
	{NULL, 0}};
static const rep_plan_form_t of_596[] = {
	{"596 69 80 976", L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_597[] = {
	{"2 3 4 5", L(6, 6)},
	{"68 7 8", L(7, 7)},
	{NULL, 0}};
static const rep_plan_form_t of_598[] = {
	{"1 2", L(8, 8)},
	{"4", L(7, 8) | L(10, 10)},
	{"80", L(7, 7)},
	{"9", L(7, 8)},
	{NULL, 0}};
static const rep_plan_form_t of_599[] = {
	{"31 41 60 7", L(7, 7)},
	{"9", L(8, 8)},
	{NULL, 0}};
static const rep_plan_form_t of_670[] = {
	{"2 3 4 80 90", L(7, 7)},
	{"7", L(7, 8)},
	{NULL, 0}};
static const rep_plan_form_t of_672[] = {
	{"1 3", L(6, 6)},
	{NULL, 0}};
static const rep_plan_form_t of_673[] = {
	{"2 3 4 5 7 8", L(7, 7)},
	{NULL, 0}};
static const rep_plan_form_t of_674[] = {
	{"444 55 666 8", L(7, 7)},
	{NULL, 0}};
static const rep_plan_form_t of_675[] = {
	{"180 2 3 4 5 64 9", L(7, 7)},
	{"7", L(8, 8)},
	{"8", L(7, 8)},
	{NULL, 0}};
static const rep_plan_form_t of_676[] = {
	{"0800 999", L(7, 7)},
	{"2 3 4", L(5, 5)},
	{"5 6 7 8", L(5, 5) | L(7, 7)},
	{NULL, 0}};
static const rep_plan_form_t of_677[] = {
	{"1 2 3 4 5 6", L(5, 5)},
	{"7 8 9", L(7, 7)},
	{NULL, 0}};
static const rep_plan_form_t of_678[] = {
	{"2 3 48", L(5, 5)},
	{"5 7 9", L(7, 7)},
	{"8", L(5, 5) | L(7, 7)},
	{NULL, 0}};
static const rep_plan_form_t of_679[] = {
	{"0800", L(11, 11)},
	{"2 3 45 5 6 7 8 9", L(7, 7)},
	{NULL, 0}};
static const rep_plan_form_t of_680[] = {
	{"2 345 4 5 6 7 8 900", L(7, 7)},
	{NULL, 0}};
static const rep_plan_form_t of_681[] = {
	{"40 72", L(6, 6)},
	{"8", L(6, 6) | L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_682[] = {
	{"2 3 4 5 7 8", L(5, 5)},
	{NULL, 0}};
static const rep_plan_form_t of_683[] = {
	{"4 7", L(4, 4)},
	{"888", L(7, 7)},
	{NULL, 0}};
static const rep_plan_form_t of_685[] = {
	{"2 3 4 5", L(5, 5)},
	{"6", L(5, 6)},
	{"7", L(7, 7)},
	{"8", L(6, 7) | L(10, 10)},
	{NULL, 0}};
static const rep_plan_form_t of_686[] = {
	{"2 4 50 8", L(5, 5)},
	{"3", L(5, 5) | L(8, 8)},
	{"60 61 62 63 64 65 66 67 69 7", L(8, 8)},
	{NULL, 0}};
static const rep_plan_form_t of_687[] = {
	{"050 2 3 4 5 7 8 9", L(6, 6)},
	{NULL, 0}};
static const rep_plan_form_t of_688[] = {
	{"2", L(5, 5)},
	{"7", L(7, 7)},
	{"90", L(6, 6)},
	{NULL, 0}};
static const rep_plan_form_t of_689[] = {
	{"4", L(6, 6) | L(8, 8)},
	{"8", L(8, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_690[] = {
	{"2 3 4 7", L(4, 7)},
	{NULL, 0}};
static const rep_plan_form_t of_691[] = {
	{"3 820 9", L(7, 7)},
	{NULL, 0}};
static const rep_plan_form_t of_692[] = {
	{"2 329 45 5 6", L(7, 7)},
	{NULL, 0}};
static const rep_plan_form_t of_850[] = {
	{"19", L(10, 10)},
	{"2 3 4 5 6 7 85", L(8, 8)},
	{NULL, 0}};
static const rep_plan_form_t of_852[] = {
	{"2 3 4 5 6 7", L(8, 8)},
	{"80 81 82 83 84 86 87 88 89", L(8, 9)},
	{"9", L(5, 8) | L(11, 11)},
	{NULL, 0}};
static const rep_plan_form_t of_853[] = {
	{"0800", L(7, 7)},
	{"28 6 8", L(8, 8)},
	{NULL, 0}};
static const rep_plan_form_t of_855[] = {
	{"1", L(8, 10)},
	{"2 3 4 5 6 7 8 9", L(8, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_856[] = {
	{"2", L(8, 8) | L(10, 10)},
	{"3", L(8, 10)},
	{"41 5 6 7 8", L(8, 8)},
	{NULL, 0}};
static const rep_plan_form_t of_880[] = {
	{"1", L(10, 10)},
	{"2", L(8, 10)},
	{"3 4 6", L(7, 10)},
	{"5 7", L(6, 9)},
	{"80 81 82 83 84 85 86 87 89 9", L(6, 10)},
	{"88", L(6, 8)},
	{NULL, 0}};
static const rep_plan_form_t of_886[] = {
	{"2", L(7, 9)},
	{"3 4 5 6 8", L(8, 9)},
	{"7", L(8, 8) | L(10, 11)},
	{"9", L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_960[] = {
	{"3 4 6 7 96", L(7, 7)},
	{"800", L(10, 10)},
	{"90 91 92 93 94 95 97 98 99", L(7, 7) | L(10, 10)},
	{NULL, 0}};
static const rep_plan_form_t of_961[] = {
	{"1 3 4 5 6", L(7, 7)},
	{"2", L(8, 8)},
	{"7 8 9", L(7, 8)},
	{NULL, 0}};
static const rep_plan_form_t of_962[] = {
	{"2 32 53 6 8 9", L(8, 8)},
	{"7", L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_963[] = {
	{"1 2 3", L(8, 9)},
	{"4 5", L(8, 8)},
	{"9", L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_964[] = {
	{"1", L(8, 8)},
	{"2 3 4 5 6", L(8, 9)},
	{"7", L(10, 10)},
	{NULL, 0}};
static const rep_plan_form_t of_965[] = {
	{"18", L(7, 7)},
	{"2 41 5 6 9", L(8, 8)},
	{NULL, 0}};
static const rep_plan_form_t of_966[] = {
	{"1 5 92", L(9, 9)},
	{"8", L(10, 10)},
	{NULL, 0}};
static const rep_plan_form_t of_967[] = {
	{"1", L(7, 8)},
	{"2 3 4 5 6", L(7, 7)},
	{"7", L(7, 7) | L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_968[] = {
	{"1505 2 7 9", L(8, 8)},
	{"500", L(7, 7)},
	{"800", L(8, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_970[] = {
	{"1", L(10, 10)},
	{"22 42 82 92", L(8, 8)},
	{"5", L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_971[] = {
	{"2 3 97", L(8, 8)},
	{"4 6 7 90 91 92 93 94 95 96 98 99", L(8, 9)},
	{"5", L(9, 9)},
	{"800", L(5, 12)},
	{NULL, 0}};
static const rep_plan_form_t of_972[] = {
	{"1", L(7, 8) | L(10, 12)},
	{"2 3 4 8 9", L(8, 8)},
	{"5 7", L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_973[] = {
	{"1 3 6 7 8 9", L(8, 8)},
	{NULL, 0}};
static const rep_plan_form_t of_974[] = {
	{"2", L(7, 8)},
	{"3 4 5 6 7", L(8, 8)},
	{"800", L(7, 7) | L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_975[] = {
	{"1", L(8, 8)},
	{"2 3 4 5 6 8", L(7, 7)},
	{"7", L(7, 8)},
	{NULL, 0}};
static const rep_plan_form_t of_976[] = {
	{"1 2", L(8, 10)},
	{"5 6 7 8 9", L(8, 8)},
	{NULL, 0}};
static const rep_plan_form_t of_977[] = {
	{"1", L(8, 8) | L(11, 11)},
	{"2 3 4 5 6 7 8", L(8, 8)},
	{"9", L(8, 8) | L(10, 10)},
	{NULL, 0}};
static const rep_plan_form_t of_992[] = {
	{"00 1 2 3 4 5 7 8 9", L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_993[] = {
	{"1 2 3 4 5 6", L(8, 8)},
	{NULL, 0}};
static const rep_plan_form_t of_994[] = {
	{"1 2 365 4 5 60 7 88 9", L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_995[] = {
	{"3 4 5 7 800", L(9, 9)},
	{NULL, 0}};
static const rep_plan_form_t of_996[] = {
	{"2 3 5 6 7 99", L(9, 9)},
	{"8", L(9, 10)},
	{NULL, 0}};
static const rep_plan_form_t of_998[] = {
	{"33 55 6 7 88 9", L(9, 9)},
	{NULL, 0}};

static const rep_plan_rule_t rule_AG = {
	"4 5 7",
	7, 0, "268"};
static const rep_plan_rule_t rule_AI = {
	"2 4 5 7",
	7, 0, "264"};
static const rep_plan_rule_t rule_AR = {
	"220215 222115 222315 222415 222515 222615 222715 222915 224115 224215 "
	"224315 224415 224515 224615 225215 225415 225515 225715 226115 226215 "
	"226415 226515 226615 226715 226815 227115 227215 227315 227415 228115 "
	"228315 228415 228515 228615 229115 229215 229615 229715 230215 231415 "
	"231615 231715 232015 232315 232415 232515 232615 233115 233315 233415 "
	"233515 233615 233715 233815 234215 234315 234415 234515 234615 235215 "
	"235315 235415 235515 235615 235715 235815 239215 239315 239415 239515 "
	"239615 247315 247415 247515 247715 247815 262215 262415 262515 262615 "
	"264615 264715 264815 265115 265515 265615 265715 265815 290115 290215 "
	"290315 292x15 293115 293215 293315 293415 293515 293615 294015 294215 "
	"294515 294615 294815 295215 295315 295415 296215 296315 296415 296615 "
	"297215 298215 298315 332715 332915 338215 338515 338715 338815 340015 "
	"340115 340215 340415 340515 340615 340715 340815 340915 343515 343615 "
	"343715 343815 344215 344415 344515 344615 344715 345415 345515 345615 "
	"345815 346015 346215 346315 346415 346515 346615 346715 346815 346915 "
	"347115 347215 347615 348215 348315 348715 348915 349115 349215 349315 "
	"349615 349715 349815 352115 352215 352415 352515 353215 353315 353715 "
	"354115 354215 354315 354415 354615 354715 354815 354915 356215 356315 "
	"356415 357115 357215 357315 357415 357515 357615 358215 358315 358415 "
	"358515 371115 371515 371615 371815 372115 372515 373115 373415 373515 "
	"374115 374315 375115 375415 375515 375615 375715 375815 377215 377315 "
	"377415 377515 377715 378115 378215 378615 382115 382515 382615 382715 "
	"383215 383515 383715 383815 384115 384315 384415 384515 384615 385415 "
	"385515 385615 385715 385815 386115 386215 386315 386515 386715 386815 "
	"386915 387315 387615 387715 387815 388515 388615 388715 388815 389115 "
	"389215 389415 22015 22115 22315 23015 23615 23715 24915 26015 26115 "
	"26315 26415 26615 28015 29115 29415 29715 29815 29915 33615 34115 34215 "
	"34315 34515 34815 35115 35315 35815 36215 36415 37015 37615 37915 38015 "
	"38115 38315 38515 38715 38815 1115",
	12, 2, "9"};
static const rep_plan_rule_t rule_AS = {
	"2 6 7",
	7, 0, "684"};
static const rep_plan_rule_t rule_BB = {
	"2 3 4 5 6 7 8 9",
	7, 0, "246"};
static const rep_plan_rule_t rule_BM = {
	"2 3 4 5 6 7 8",
	7, 0, "441"};
static const rep_plan_rule_t rule_BS = {
	"3 4 5 6 7 8",
	7, 0, "242"};
static const rep_plan_rule_t rule_CC = {
	"5 9",
	8, 0, "8"};
static const rep_plan_rule_t rule_CX = {
	"5 9",
	8, 0, "8"};
static const rep_plan_rule_t rule_DM = {
	"2 3 4 5 6 7",
	7, 0, "767"};
static const rep_plan_rule_t rule_GA = {
	"0",
	9, 1, ""};
static const rep_plan_rule_t rule_GD = {
	"2 3 4 5 6 7 8 9",
	7, 0, "473"};
static const rep_plan_rule_t rule_GG = {
	"2 5 6 7 8 9",
	6, 0, "1481"};
static const rep_plan_rule_t rule_GU = {
	"3 4 5 6 7 8 9",
	7, 0, "671"};
static const rep_plan_rule_t rule_IM = {
	"2 5 6 7 8",
	6, 0, "1624"};
static const rep_plan_rule_t rule_JE = {
	"0 1 2 4 5 6 7 8",
	6, 0, "1534"};
static const rep_plan_rule_t rule_KN = {
	"2 3 4 5 6 7",
	7, 0, "869"};
static const rep_plan_rule_t rule_KY = {
	"2 3 4 5 6 7 8 9",
	7, 0, "345"};
static const rep_plan_rule_t rule_LC = {
	"2 3 4 5 6 7 8",
	7, 0, "758"};
static const rep_plan_rule_t rule_MG = {
	"2 4 5 6 7 8 9",
	7, 0, "20"};
static const rep_plan_rule_t rule_MP = {
	"2 3 4 5 6 7 8 9",
	7, 0, "670"};
static const rep_plan_rule_t rule_MS = {
	"3 4",
	7, 0, "664"};
static const rep_plan_rule_t rule_NF = {
	"0 1 2 5 8",
	5, 0, "3"};
static const rep_plan_rule_t rule_SM = {
	"8 9",
	6, 0, "0549"};
static const rep_plan_rule_t rule_SX = {
	"5",
	7, 0, "721"};
static const rep_plan_rule_t rule_TC = {
	"2 3 4 7 9",
	7, 0, "649"};
static const rep_plan_rule_t rule_TT = {
	"2 3 4 6 7 8",
	7, 0, "868"};
static const rep_plan_rule_t rule_VC = {
	"2 3 4 5 6 7",
	7, 0, "784"};
static const rep_plan_rule_t rule_VG = {
	"2 3 4 5 7 8",
	7, 0, "284"};
static const rep_plan_rule_t rule_VI = {
	"2 3 4 5 6 7 8 9",
	7, 0, "340"};

const rep_plan_t rep_plans[] = {
	{"AC", 247, "00", "", NULL, of_247},
	{"AD", 376, "00", "", NULL, of_376},
	{"AE", 971, "00", "0", NULL, of_971},
	{"AF", 93, "00", "0", NULL, of_93},
	{"AG", 1, "011", "1", &rule_AG, of_1},
	{"AI", 1, "011", "1", &rule_AI, of_1},
	{"AL", 355, "00", "0", NULL, of_355},
	{"AM", 374, "00", "0", NULL, of_374},
	{"AO", 244, "00", "", NULL, of_244},
	{"AR", 54, "00", "0", &rule_AR, of_54},
	{"AS", 1, "011", "1", &rule_AS, of_1},
	{"AT", 43, "00", "0", NULL, of_43},
	{"AU", 61,
		"14110011 14140011 14340011 14410011 14470011 14560011 14660011 "
		"14740011 14770011 14880011 0011 0014 0015 0016 0018 0019",
		"1831 1832 0", NULL, of_61},
	{"AW", 297, "00", "", NULL, of_297},
	{"AX", 358,
		"99511 99532 99533 99541 99555 99559 99577 99588 99590 99599 990 991 "
		"994 996 999 00", "0", NULL, of_358},
	{"AZ", 994, "00", "0", NULL, of_994},
	{"BA", 387, "00", "0", NULL, of_387},
	{"BB", 1, "011", "1", &rule_BB, of_1},
	{"BD", 880, "00", "0", NULL, of_880},
	{"BE", 32, "00", "0", NULL, of_32},
	{"BF", 226, "00", "", NULL, of_226},
	{"BG", 359, "00", "0", NULL, of_359},
	{"BH", 973, "00", "", NULL, of_973},
	{"BI", 257, "00", "", NULL, of_257},
	{"BJ", 229, "00", "", NULL, of_229},
	{"BL", 590, "00", "0", NULL, of_590},
	{"BM", 1, "011", "1", &rule_BM, of_1},
	{"BN", 673, "00", "", NULL, of_673},
	{"BO", 591, "001x 00", "01x 0", NULL, of_591},
	{"BQ", 599, "00", "", NULL, of_599},
	{"BR", 55,
		"0012 0014 0015 0021 0022 0023 0025 0031 0041 0043 0055 0065 0099",
		"9012 9014 9015 9021 9022 9023 9025 9031 9041 9043 9055 9065 9099 012 "
		"014 015 021 022 023 025 031 041 043 055 065 099 90 0", NULL, of_55},
	{"BS", 1, "011", "1", &rule_BS, of_1},
	{"BT", 975, "00", "", NULL, of_975},
	{"BW", 267, "00", "", NULL, of_267},
	{"BY", 375, "810", "80 0 8", NULL, of_375},
	{"BZ", 501, "00", "", NULL, of_501},
	{"CA", 1, "011", "1", NULL, of_1},
	{"CC", 61,
		"14110011 14140011 14340011 14410011 14470011 14560011 14660011 "
		"14740011 14770011 14880011 0011 0014 0015 0016 0018 0019", "0",
		&rule_CC, of_61},
	{"CD", 243, "00", "0", NULL, of_243},
	{"CF", 236, "00", "", NULL, of_236},
	{"CG", 242, "00", "", NULL, of_242},
	{"CH", 41, "00", "0", NULL, of_41},
	{"CI", 225, "00", "", NULL, of_225},
	{"CK", 682, "00", "", NULL, of_682},
	{"CL", 56,
		"1100 1110 1120 1130 1140 1150 1160 1190 1200 1220 1230 1240 1250 "
		"1510 1530 1540 1550 1580 1690 1700 1710 1760 1770 1800 1810 1880 00",
		"", NULL, of_56},
	{"CM", 237, "00", "", NULL, of_237},
	{"CN", 86, "11xxx00 12xxx00 179xx00 00", "11xxx 12xxx 179xx 0", NULL,
		of_86},
	{"CO", 57, "00414 00444 00456 005 007 009",
		"0414 0444 0456 03 05 07 09 0", NULL, of_57},
	{"CR", 506, "00",
		"1900 1901 1902 1904 1906 1908 1910 1919 1920 1966 1977 1999", NULL,
		of_506},
	{"CU", 53, "119", "0", NULL, of_53},
	{"CV", 238, "0", "", NULL, of_238},
	{"CW", 599, "00", "", NULL, of_599},
	{"CX", 61,
		"14110011 14140011 14340011 14410011 14470011 14560011 14660011 "
		"14740011 14770011 14880011 0011 0014 0015 0016 0018 0019", "0",
		&rule_CX, of_61},
	{"CY", 357, "00", "", NULL, of_357},
	{"CZ", 420, "00", "", NULL, of_420},
	{"DE", 49, "00", "0", NULL, of_49},
	{"DJ", 253, "00", "", NULL, of_253},
	{"DK", 45, "00", "", NULL, of_45},
	{"DM", 1, "011", "1", &rule_DM, of_1},
	{"DO", 1, "011", "1", NULL, of_1},
	{"DZ", 213, "00", "0", NULL, of_213},
	{"EC", 593, "00", "0", NULL, of_593},
	{"EE", 372, "00", "", NULL, of_372},
	{"EG", 20, "00", "0", NULL, of_20},
	{"EH", 212, "00", "0", NULL, of_212},
	{"ER", 291, "00", "0", NULL, of_291},
	{"ES", 34, "00", "", NULL, of_34},
	{"ET", 251, "00", "0", NULL, of_251},
	{"FI", 358,
		"99511 99532 99533 99541 99555 99559 99577 99588 99590 99599 990 991 "
		"994 996 999 00", "0", NULL, of_358},
	{"FJ", 679, "052 00", "", NULL, of_679},
	{"FK", 500, "00", "", NULL, of_500},
	{"FM", 691, "00", "", NULL, of_691},
	{"FO", 298, "00", "1001 1010 1020 1088", NULL, of_298},
	{"FR", 33, "00", "0", NULL, of_33},
	{"GA", 241, "00", "", &rule_GA, of_241},
	{"GB", 44, "00", "0", NULL, of_44},
	{"GD", 1, "011", "1", &rule_GD, of_1},
	{"GE", 995, "00", "0", NULL, of_995},
	{"GF", 594, "00", "0", NULL, of_594},
	{"GG", 44, "00", "0", &rule_GG, of_44},
	{"GH", 233, "00", "0", NULL, of_233},
	{"GI", 350, "00", "", NULL, of_350},
	{"GL", 299, "00", "", NULL, of_299},
	{"GM", 220, "00", "", NULL, of_220},
	{"GN", 224, "00", "", NULL, of_224},
	{"GP", 590, "00", "0", NULL, of_590},
	{"GQ", 240, "00", "", NULL, of_240},
	{"GR", 30, "00", "", NULL, of_30},
	{"GT", 502, "00", "", NULL, of_502},
	{"GU", 1, "011", "1", &rule_GU, of_1},
	{"GW", 245, "00", "", NULL, of_245},
	{"GY", 592, "001", "", NULL, of_592},
	{"HK", 852, "0030 0050 0059 001 002 006 007 008 009 00", "", NULL, of_852},
	{"HN", 504, "00", "", NULL, of_504},
	{"HR", 385, "00", "0", NULL, of_385},
	{"HT", 509, "00", "", NULL, of_509},
	{"HU", 36, "00", "06", NULL, of_36},
	{"ID", 62, "008 009", "0", NULL, of_62},
	{"IE", 353, "00", "0", NULL, of_353},
	{"IL", 972, "012 013 014 015 016 017 018 019 00", "0", NULL, of_972},
	{"IM", 44, "00", "0", &rule_IM, of_44},
	{"IN", 91, "00", "0", NULL, of_91},
	{"IO", 246, "00", "", NULL, of_246},
	{"IQ", 964, "00", "0", NULL, of_964},
	{"IR", 98, "00", "0", NULL, of_98},
	{"IS", 354, "1001 1010 1020 1100 00", "", NULL, of_354},
	{"IT", 39, "00", "", NULL, of_39},
	{"JE", 44, "00", "0", &rule_JE, of_44},
	{"JM", 1, "011", "1", NULL, of_1},
	{"JO", 962, "00", "0", NULL, of_962},
	{"JP", 81, "010", "0", NULL, of_81},
	{"KE", 254, "000", "0", NULL, of_254},
	{"KG", 996, "00", "0", NULL, of_996},
	{"KH", 855, "001 004 005 006 007 008 009", "0", NULL, of_855},
	{"KI", 686, "00", "0", NULL, of_686},
	{"KM", 269, "00", "", NULL, of_269},
	{"KN", 1, "011", "1", &rule_KN, of_1},
	{"KP", 850, "00 99", "0", NULL, of_850},
	{"KR", 82,
		"00345 00365 00391 00700 00727 00755 00761 00762 00766 0073 001 002 "
		"005 006 008 009", "085xx 081 082 083 084 086 087 088 0", NULL, of_82},
	{"KW", 965, "00", "", NULL, of_965},
	{"KY", 1, "011", "1", &rule_KY, of_1},
	{"KZ", 7, "810", "8", NULL, of_7},
	{"LA", 856, "00", "0", NULL, of_856},
	{"LB", 961, "00", "0", NULL, of_961},
	{"LC", 1, "011", "1", &rule_LC, of_1},
	{"LI", 423, "00", "1001 0", NULL, of_423},
	{"LK", 94, "00", "0", NULL, of_94},
	{"LR", 231, "00", "0", NULL, of_231},
	{"LS", 266, "00", "", NULL, of_266},
	{"LT", 370, "00", "0 8", NULL, of_370},
	{"LU", 352, "00",
		"1500x 1506x 1511x 1512x 1535x 1540x 1544x 1555x 1562x 1566x 1577x "
		"1588x 1599x", NULL, of_352},
	{"LV", 371, "00", "", NULL, of_371},
	{"LY", 218, "00", "0", NULL, of_218},
	{"MA", 212, "00", "0", NULL, of_212},
	{"MC", 377, "00", "0", NULL, of_377},
	{"MD", 373, "00", "0", NULL, of_373},
	{"ME", 382, "00", "0", NULL, of_382},
	{"MF", 590, "00", "0", NULL, of_590},
	{"MG", 261, "00", "0", &rule_MG, of_261},
	{"MH", 692, "011", "1", NULL, of_692},
	{"MK", 389, "00", "0", NULL, of_389},
	{"ML", 223, "00", "", NULL, of_223},
	{"MM", 95, "00", "0", NULL, of_95},
	{"MN", 976, "001", "0", NULL, of_976},
	{"MO", 853, "00", "", NULL, of_853},
	{"MP", 1, "011", "1", &rule_MP, of_1},
	{"MQ", 596, "00", "0", NULL, of_596},
	{"MR", 222, "00", "", NULL, of_222},
	{"MS", 1, "011", "1", &rule_MS, of_1},
	{"MT", 356, "00", "", NULL, of_356},
	{"MU", 230, "020 030 033 040 050 060 070 00", "", NULL, of_230},
	{"MV", 960, "019 00", "", NULL, of_960},
	{"MW", 265, "00", "0", NULL, of_265},
	{"MX", 52, "00 09", "044 045 01 02 1", NULL, of_52},
	{"MY", 60, "00", "0", NULL, of_60},
	{"MZ", 258, "00", "", NULL, of_258},
	{"NA", 264, "00", "0", NULL, of_264},
	{"NC", 687, "00", "", NULL, of_687},
	{"NE", 227, "00", "", NULL, of_227},
	{"NF", 672, "00", "", &rule_NF, of_672},
	{"NG", 234, "009", "0", NULL, of_234},
	{"NI", 505, "00", "", NULL, of_505},
	{"NL", 31, "00", "0", NULL, of_31},
	{"NO", 47, "00", "", NULL, of_47},
	{"NP", 977, "00", "0", NULL, of_977},
	{"NR", 674, "00", "", NULL, of_674},
	{"NU", 683, "00", "", NULL, of_683},
	{"NZ", 64, "0161 00", "0", NULL, of_64},
	{"OM", 968, "00", "", NULL, of_968},
	{"PA", 507, "00", "", NULL, of_507},
	{"PE", 51, "191100 191200 191400 197700 199000 00", "0", NULL, of_51},
	{"PF", 689, "00", "", NULL, of_689},
	{"PG", 675, "1401 1402 1403 00", "", NULL, of_675},
	{"PH", 63, "00", "0", NULL, of_63},
	{"PK", 92, "00", "0", NULL, of_92},
	{"PL", 48, "00", "", NULL, of_48},
	{"PM", 508, "00", "0", NULL, of_508},
	{"PR", 1, "011", "1", NULL, of_1},
	{"PS", 970, "00", "0", NULL, of_970},
	{"PT", 351, "00", "", NULL, of_351},
	{"PW", 680, "011 012", "", NULL, of_680},
	{"PY", 595, "00", "0", NULL, of_595},
	{"QA", 974, "00", "", NULL, of_974},
	{"RE", 262, "00", "0", NULL, of_262},
	{"RO", 40, "00", "0", NULL, of_40},
	{"RS", 381, "00", "0", NULL, of_381},
	{"RU", 7, "810", "8", NULL, of_7},
	{"RW", 250, "00", "0", NULL, of_250},
	{"SA", 966, "00", "0", NULL, of_966},
	{"SB", 677, "00 01", "", NULL, of_677},
	{"SC", 248, "010 00 01 02", "", NULL, of_248},
	{"SD", 249, "00", "0", NULL, of_249},
	{"SE", 46, "00", "0", NULL, of_46},
	{"SG", 65, "00x 01x 02x 03x", "", NULL, of_65},
	{"SH", 290, "00", "", NULL, of_290},
	{"SI", 386, "1022 1066 1088 1099 00", "0", NULL, of_386},
	{"SJ", 47, "00", "", NULL, of_47},
	{"SK", 421, "00", "0", NULL, of_421},
	{"SL", 232, "00", "0", NULL, of_232},
	{"SM", 378, "00", "", &rule_SM, of_378},
	{"SN", 221, "00", "", NULL, of_221},
	{"SO", 252, "00", "0", NULL, of_252},
	{"SR", 597, "00", "", NULL, of_597},
	{"SS", 211, "00", "0", NULL, of_211},
	{"ST", 239, "00", "", NULL, of_239},
	{"SV", 503, "00", "", NULL, of_503},
	{"SX", 1, "011", "1", &rule_SX, of_1},
	{"SY", 963, "00", "0", NULL, of_963},
	{"SZ", 268, "00", "", NULL, of_268},
	{"TA", 290, "00", "", NULL, of_290},
	{"TC", 1, "011", "1", &rule_TC, of_1},
	{"TD", 235, "00 16", "", NULL, of_235},
	{"TG", 228, "00", "", NULL, of_228},
	{"TH", 66, "001 002 003 004 005 006 007 008 009", "0", NULL, of_66},
	{"TJ", 992, "810", "", NULL, of_992},
	{"TK", 690, "00", "", NULL, of_690},
	{"TL", 670, "00", "", NULL, of_670},
	{"TM", 993, "810", "8", NULL, of_993},
	{"TN", 216, "00", "", NULL, of_216},
	{"TO", 676, "00", "", NULL, of_676},
	{"TR", 90, "00", "0", NULL, of_90},
	{"TT", 1, "011", "1", &rule_TT, of_1},
	{"TV", 688, "00", "", NULL, of_688},
	{"TW", 886, "002 005 006 007 009 019", "0", NULL, of_886},
	{"TZ", 255, "000 005 006", "0", NULL, of_255},
	{"UA", 380, "00", "0", NULL, of_380},
	{"UG", 256, "000 005 007", "0", NULL, of_256},
	{"US", 1, "011", "1", NULL, of_1},
	{"UY", 598, "013x 014x 015x 016x 017x 018x 019x 00", "0", NULL, of_598},
	{"UZ", 998, "810", "8", NULL, of_998},
	{"VA", 39, "00", "", NULL, of_39},
	{"VC", 1, "011", "1", &rule_VC, of_1},
	{"VE", 58, "00", "0", NULL, of_58},
	{"VG", 1, "011", "1", &rule_VG, of_1},
	{"VI", 1, "011", "1", &rule_VI, of_1},
	{"VN", 84, "00", "0", NULL, of_84},
	{"VU", 678, "00", "", NULL, of_678},
	{"WF", 681, "00", "", NULL, of_681},
	{"WS", 685, "0", "", NULL, of_685},
	{"XK", 383, "00", "0", NULL, of_383},
	{"YE", 967, "00", "0", NULL, of_967},
	{"YT", 262, "00", "0", NULL, of_262},
	{"ZA", 27, "00", "0", NULL, of_27},
	{"ZM", 260, "00", "0", NULL, of_260},
	{"ZW", 263, "00", "0", NULL, of_263},
};
/* clang-format on */

const unsigned rep_plan_count = sizeof(rep_plans) / sizeof(rep_plans[0]);
