/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "core/data_lump.h"
#include "core/mem/mem.h"

#include "lumps.h"
#include "../engine/base/text.h"

/* Added text hangs on a lump of a place in the buffer, in two lists: `before`
 * and `after`, each in the order in which it goes out. A copy that TM made
 * for a branch shares its text with the original: text is cut by length, and
 * never written to. */

static struct lump *next_of(const struct lump *l, bool after)
{
	return after ? l->after : l->before;
}

static bool is_place(const struct lump *l)
{
	return l->op == LUMP_DEL || l->op == LUMP_NOP;
}

/* ---- a part of the buffer --------------------------------------------- */

typedef struct rep_out
{
	char *s;
	int len, size;
} rep_out_t;

static void put(rep_out_t *out, const char *s, int len)
{
	if(len > 0 && out->len + len <= out->size)
		memcpy(out->s + out->len, s, len);
	if(len > 0)
		out->len += len;
}

static void put_added(rep_out_t *out, const struct lump *l, bool after)
{
	while((l = next_of(l, after)))
		if(l->op == LUMP_ADD)
			put(out, l->u.value, l->len);
}

int rep_lumps_text(
		const struct sip_msg *msg, const str *part, char *buf, int size)
{
	int at = part->s - msg->buf, end = at + part->len, from = at;
	rep_out_t out = {buf, 0, size};

	for(const struct lump *l = msg->add_rm; l; l = l->next) {
		if(!is_place(l) || l->u.offset > end)
			continue;
		if(l->u.offset < from) {
			if(l->op == LUMP_DEL && l->u.offset + l->len > from)
				return -1;
			continue;
		}
		if(l->u.offset > at) {
			put(&out, msg->buf + at, l->u.offset - at);
			at = l->u.offset;
		}
		put_added(&out, l, false);
		if(l->op == LUMP_DEL && l->u.offset + l->len > at)
			at = l->u.offset + l->len;
		put_added(&out, l, true);
	}
	put(&out, msg->buf + at, end - at);
	return out.len <= size ? out.len : -1;
}

bool rep_lumps_touch(const struct sip_msg *msg, const str *part)
{
	int from = part->s - msg->buf, to = from + part->len;

	for(const struct lump *l = msg->add_rm; l; l = l->next)
		if(is_place(l) && l->u.offset <= to
				&& (l->u.offset >= from
						|| (l->op == LUMP_DEL && l->u.offset + l->len > from)))
			return true;
	return false;
}

static void silence(struct lump *l, bool after)
{
	while((l = next_of(l, after)))
		l->len = 0;
}

static void silence_part(struct sip_msg *msg, int from, int to)
{
	for(struct lump *l = msg->add_rm; l; l = l->next) {
		if(!is_place(l) || l->u.offset < from || l->u.offset > to)
			continue;
		silence(l, false);
		silence(l, true);
	}
}

/* A copy of the text in a new lump, which follows `l` in its list. */
static int follow(struct lump *l, bool after, const char *s, int len, int type)
{
	char *copy = pkg_malloc(len);

	if(!copy)
		return -1;
	memcpy(copy, s, len);
	if(after ? insert_new_lump_after(l, copy, len, type)
			 : insert_new_lump_before(l, copy, len, type))
		return 0;
	pkg_free(copy);
	return -1;
}

int rep_lumps_replace(struct sip_msg *msg, const str *part, const str *text)
{
	int from = part->s - msg->buf;
	struct lump *l;

	silence_part(msg, from, from + part->len);
	if(!part->len && !text->len)
		return 0;
	l = part->len ? del_lump(msg, from, part->len, 0)
				  : anchor_lump(msg, from, 0, 0);
	if(!l)
		return -1;
	return text->len ? follow(l, true, text->s, text->len, 0) : 0;
}

/* ---- headers ----------------------------------------------------------- */

/* The header of this name that begins where the text does: its end, the folds
 * over lines included, and its value. */
static bool is_header(
		rep_span_t text, const char *name, size_t *end, rep_span_t *value)
{
	const char *colon, *lf;
	size_t n = strlen(name);

	if(text.len <= n || !rep_same((rep_span_t){text.s, n}, name))
		return false;
	colon = memchr(text.s + n, ':', text.len - n);
	if(!colon || rep_trim((rep_span_t){text.s + n, colon - text.s - n}).len)
		return false;
	*end = n;
	do {
		lf = memchr(text.s + *end, '\n', text.len - *end);
		*end = lf ? (size_t)(lf + 1 - text.s) : text.len;
	} while(*end < text.len && (text.s[*end] == ' ' || text.s[*end] == '\t'));
	*value = rep_trim((rep_span_t){colon + 1, text.s + *end - (colon + 1)});
	return true;
}

/* The first header of this name in added text: from where to where it goes,
 * and its value. */
static bool find(rep_span_t text, const char *name, size_t *from, size_t *to,
		rep_span_t *value)
{
	for(const char *at = text.s, *end = text.s + text.len; at && at < end;) {
		size_t len;

		if(is_header((rep_span_t){at, end - at}, name, &len, value)) {
			*from = at - text.s;
			*to = *from + len;
			return true;
		}
		at = memchr(at, '\n', end - at);
		at = at ? at + 1 : NULL;
	}
	return false;
}

/* Cut the headers of this name out of what stands in a list. */
static int cut(struct lump *l, bool after, const char *name)
{
	while((l = next_of(l, after))) {
		rep_span_t value, text = {l->u.value, (size_t)l->len};
		size_t from, to;

		if(l->op != LUMP_ADD || !find(text, name, &from, &to, &value))
			continue;
		if(to < text.len
				&& follow(l, after, text.s + to, (int)(text.len - to), l->type)
						   < 0)
			return -1;
		l->len = (int)from;
	}
	return 0;
}

static int remove_received(struct sip_msg *msg, const struct hdr_field *h)
{
	int from = h->name.s - msg->buf;

	/* what was added at its ends is headers of its own */
	silence_part(msg, from + 1, from + h->len - 1);
	return del_lump(msg, from, h->len, h->type) ? 0 : -1;
}

int rep_lumps_remove_headers(
		struct sip_msg *msg, const rep_header_t *headers, size_t n)
{
	if(parse_headers(msg, HDR_EOH_F, 0) < 0)
		return -1;
	for(const struct hdr_field *h = msg->headers; h; h = h->next)
		for(size_t i = 0; i < n; i++)
			if(h->type == (hdr_types_t)headers[i].type
					&& remove_received(msg, h) < 0)
				return -1;
	for(struct lump *l = msg->add_rm; l; l = l->next)
		for(size_t i = 0; i < n; i++)
			if(cut(l, false, headers[i].name) < 0
					|| cut(l, true, headers[i].name) < 0)
				return -1;
	return 0;
}

int rep_lumps_add_header(struct sip_msg *msg, int type, const str *header)
{
	struct lump *anchor;

	if(parse_headers(msg, HDR_EOH_F, 0) < 0)
		return -1;
	anchor = anchor_lump(msg, msg->unparsed - msg->buf, 0, type);
	return anchor ? follow(anchor, false, header->s, header->len, type) : -1;
}

static bool is_deleted(const struct sip_msg *msg, const struct hdr_field *h)
{
	int at = h->name.s - msg->buf;

	for(const struct lump *l = msg->add_rm; l; l = l->next)
		if(l->op == LUMP_DEL && l->u.offset <= at
				&& l->u.offset + l->len >= at + h->len)
			return true;
	return false;
}

static bool any_added(const struct lump *l, bool after, rep_header_t header,
		bool own, bool (*yes)(rep_span_t value, void *ctx), void *ctx)
{
	while((l = next_of(l, after))) {
		rep_span_t value, rest = {l->u.value, (size_t)l->len};
		size_t from, to;

		if(l->op != LUMP_ADD
				|| (own && l->type != (enum _hdr_types_t)header.type))
			continue;
		while(find(rest, header.name, &from, &to, &value)) {
			if(yes(value, ctx))
				return true;
			rest = (rep_span_t){rest.s + to, rest.len - to};
		}
	}
	return false;
}

bool rep_lumps_any_header(struct sip_msg *msg, rep_header_t header, bool own,
		bool (*yes)(rep_span_t value, void *ctx), void *ctx)
{
	if(parse_headers(msg, HDR_EOH_F, 0) < 0)
		return false;
	for(const struct hdr_field *h = own ? NULL : msg->headers; h; h = h->next)
		if(h->type == (hdr_types_t)header.type && !is_deleted(msg, h)
				&& yes((rep_span_t){h->body.s, (size_t)h->body.len}, ctx))
			return true;
	for(const struct lump *l = msg->add_rm; l; l = l->next)
		if(any_added(l, false, header, own, yes, ctx)
				|| any_added(l, true, header, own, yes, ctx))
			return true;
	return false;
}
