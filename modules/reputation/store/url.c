/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where Redis is. */

#include "url.h"

#include "../engine/base/decimal.h"
#include "../engine/base/text.h"

/* Percent-decode into `out`; false when malformed, too long or a zero. */
static bool decode(rep_span_t in, char *out, size_t size)
{
	size_t n = 0;

	for(size_t i = 0; i < in.len; i++) {
		int c = (unsigned char)in.s[i];

		if(c == '%') {
			if(i + 2 >= in.len || rep_hex_digit(in.s[i + 1]) < 0
					|| rep_hex_digit(in.s[i + 2]) < 0)
				return false;
			c = rep_hex_digit(in.s[i + 1]) * 16 + rep_hex_digit(in.s[i + 2]);
			i += 2;
		}
		if(c == 0 || n + 1 >= size)
			return false;
		out[n++] = (char)c;
	}
	out[n] = '\0';
	return true;
}

static bool starts(rep_span_t in, const char *head)
{
	size_t n = strlen(head);

	return in.len >= n && memcmp(in.s, head, n) == 0;
}

static rep_span_t from(rep_span_t in, size_t at)
{
	return (rep_span_t){in.s + at, in.len - at};
}

/* Index of `c` in `in`, the last one with `last`; in.len when there is none. */
static size_t find(rep_span_t in, char c, bool last)
{
	size_t at = in.len;

	for(size_t i = 0; i < in.len; i++)
		if(in.s[i] == c) {
			at = i;
			if(!last)
				break;
		}
	return at;
}

static const char *parse_login(rep_span_t in, rep_url_t *out)
{
	size_t colon = find(in, ':', false);
	rep_span_t user = {in.s, colon};

	if(!decode(user, out->user, sizeof(out->user)))
		return "the user name is not valid percent-encoded text of up to "
			   "127 bytes";
	if(colon < in.len
			&& !decode(
					from(in, colon + 1), out->password, sizeof(out->password)))
		return "the password is not valid percent-encoded text of up to "
			   "255 bytes";
	return NULL;
}

static bool host_char(char c, bool literal)
{
	if(literal)
		return rep_hex_digit(c) >= 0 || c == ':' || c == '.' || c == '%';
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')
		   || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' || c == '_';
}

static const char *parse_host(rep_span_t in, uint32_t v, rep_host_t *out)
{
	bool literal = in.len > 0 && in.s[0] == '[';
	rep_span_t host = in, port = {NULL, 0};
	size_t at;

	if(literal) {
		at = find(in, ']', false);
		if(at == in.len)
			return "the bracket of the IPv6 address is not closed";
		host = (rep_span_t){in.s + 1, at - 1};
		in = from(in, at + 1);
		if(in.len > 0 && in.s[0] != ':')
			return "only a port may follow the IPv6 address";
		if(in.len > 0)
			port = from(in, 1);
	} else if((at = find(in, ':', false)) < in.len) {
		host.len = at;
		port = from(in, at + 1);
		if(find(port, ':', false) < port.len)
			return "an IPv6 address needs brackets: redis://[::1]:6379";
	}
	if(host.len == 0)
		return "the host is missing";
	if(host.len >= sizeof(out->name))
		return "the host is longer than 255 bytes";
	for(size_t i = 0; i < host.len; i++)
		if(!host_char(host.s[i], literal))
			return "the host holds a character that no host name has";
	if(literal && find(host, ':', false) == host.len)
		return "what stands in the brackets is no IPv6 address";
	if(port.s && (!rep_whole_parse(port, 0, 65535, &v) || v == 0))
		return "the port is not a number from 1 to 65535";
	memcpy(out->name, host.s, host.len);
	out->name[host.len] = '\0';
	out->port = (uint16_t)v;
	return NULL;
}

#define BAD_DB "the database is not a number from 0 to 65535"

/* The login, if there is one; `in` goes on behind it. */
static const char *parse_head(rep_span_t *in, rep_url_t *out)
{
	size_t at = find(*in, '@', true);
	const char *why = NULL;

	if(at < in->len) {
		why = parse_login((rep_span_t){in->s, at}, out);
		*in = from(*in, at + 1);
	}
	if(!why
			&& (find(*in, '?', false) < in->len
					|| find(*in, '#', false) < in->len))
		why = "options after ? or # are known for unix: only";
	return why;
}

static bool parse_db(rep_span_t in, size_t slash, rep_url_t *out)
{
	return slash + 1 >= in.len
		   || rep_whole_parse(from(in, slash + 1), 0, 65535, &out->db);
}

static const char *parse_tcp(rep_span_t in, rep_url_t *out)
{
	const char *why = parse_head(&in, out);
	size_t slash = find(in, '/', false);

	if(why)
		return why;
	if(!parse_db(in, slash, out))
		return BAD_DB;
	return parse_host((rep_span_t){in.s, slash}, 6379, &out->at);
}

static const char *parse_hosts(rep_span_t in, uint32_t port, rep_url_t *out)
{
	for(;;) {
		size_t comma = find(in, ',', false);
		const char *why;

		if(out->n_hosts == REP_HOSTS_MAX)
			return "more than 9 hosts are named";
		why = parse_host(
				(rep_span_t){in.s, comma}, port, &out->hosts[out->n_hosts++]);
		if(why || comma == in.len)
			return why;
		in = from(in, comma + 1);
	}
}

static const char *parse_sentinel(rep_span_t in, rep_url_t *out)
{
	const char *why = parse_head(&in, out);
	size_t slash = find(in, '/', false);
	rep_span_t hosts = {in.s, slash}, master;

	if(why)
		return why;
	if(slash + 1 >= in.len)
		return "the master's name is missing: sentinel://host:port/name";
	in = from(in, slash + 1);
	slash = find(in, '/', false);
	master = (rep_span_t){in.s, slash};
	if(master.len == 0 || !decode(master, out->master, sizeof(out->master)))
		return "the master's name is not valid percent-encoded text of 1 to "
			   "127 bytes";
	if(!parse_db(in, slash, out))
		return BAD_DB;
	return parse_hosts(hosts, 26379, out);
}

static const char *parse_cluster(rep_span_t in, rep_url_t *out)
{
	const char *why = parse_head(&in, out);
	size_t slash = find(in, '/', false);

	out->cluster = true;
	if(why)
		return why;
	if(!parse_db(in, slash, out) || out->db != 0)
		return "a cluster has no databases but 0: cluster://host:port,…";
	return parse_hosts((rep_span_t){in.s, slash}, 6379, out);
}

static const char *parse_unix(rep_span_t in, rep_url_t *out)
{
	size_t q = find(in, '?', false);
	rep_span_t path = {in.s, q};

	out->is_unix = true;
	if(starts(path, "//"))
		path = from(path, 2);
	if(path.len == 0 || path.s[0] != '/')
		return "the path of the Unix socket must be absolute: unix:/path";
	if(path.len >= sizeof(out->path))
		return "the path of the Unix socket is longer than 107 bytes";
	if(memchr(path.s, 0, path.len))
		return "the path of the Unix socket holds a zero byte";
	memcpy(out->path, path.s, path.len);
	out->path[path.len] = '\0';
	if(q == in.len)
		return NULL;
	in = from(in, q + 1);
	if(!starts(in, "db="))
		return "the only option of unix:/path is ?db=n";
	return rep_whole_parse(from(in, 3), 0, 65535, &out->db) ? NULL : BAD_DB;
}

const char *rep_url_parse(rep_span_t text, rep_url_t *out)
{
	rep_url_t url = {0};
	const char *why;

	if(starts(text, "redis://"))
		why = parse_tcp(from(text, 8), &url);
	else if(starts(text, "unix:"))
		why = parse_unix(from(text, 5), &url);
	else if(starts(text, "rediss://"))
		why = parse_tcp(from(text, 9), &url);
	else if(starts(text, "sentinel://"))
		why = parse_sentinel(from(text, 11), &url);
	else if(starts(text, "cluster://"))
		why = parse_cluster(from(text, 10), &url);
	else
		why = "it starts with neither redis:// nor rediss:// nor sentinel:// "
			  "nor cluster:// nor unix:";
	url.tls = starts(text, "rediss://");
	if(!why)
		*out = url;
	return why;
}
