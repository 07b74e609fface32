/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the store has Redis do atomically. Each script touches the keys of one
 * pool (one slot), reads before it writes, and does no harm when it is sent
 * again after a reply was lost. */

#ifndef REP_SCRIPT_TEXT_H
#define REP_SCRIPT_TEXT_H

/* Write own counts, keep the totals, tell the others.
 * KEYS feed, seq, index, bucket…
 * ARGV writer, seconds to live, feed length, callees for the feed or "", then
 *      for each bucket key: bucket, cells, and for each cell: own field, total
 *      field, counts
 * Returns {error of the feed or "", positions (from 1) of bucket keys that
 *          hold another type}.
 * Which buckets are forgotten is by Redis' clock: a proxy's may be wrong.
 * Own counts that are less than what stands were begun anew after the number
 * had been removed: what stands is kept under the writer's name with "~". */
#define REP_SCRIPT_PUSH                                                   \
	"local writer, ttl, keep = ARGV[1], tonumber(ARGV[2]), ARGV[3]\n"     \
	"local a = 5\n"                                                       \
	"local news, bad, begun = {}, {}, false\n"                            \
	"local function split(text)\n"                                        \
	"  local t = {}\n"                                                    \
	"  if text then\n"                                                    \
	"    for n in string.gmatch(text, '%d+') do t[#t + 1] = tonumber(n) " \
	"end\n"                                                               \
	"  end\n"                                                             \
	"  return t\n"                                                        \
	"end\n"                                                               \
	"for k = 4, #KEYS do\n"                                               \
	"  local bucket, n = ARGV[a], tonumber(ARGV[a + 1])\n"                \
	"  local ask, sums, set, fresh = {}, {}, {}, true\n"                  \
	"  a = a + 2\n"                                                       \
	"  for i = 0, n - 1 do\n"                                             \
	"    ask[#ask + 1] = ARGV[a + 3 * i]\n"                               \
	"    ask[#ask + 1] = ARGV[a + 3 * i + 1]\n"                           \
	"  end\n"                                                             \
	"  local have = redis.pcall('HMGET', KEYS[k], unpack(ask))\n"         \
	"  if have.err then\n"                                                \
	"    if not string.find(have.err, 'WRONGTYPE', 1, true) then\n"       \
	"      return have\n"                                                 \
	"    end\n"                                                           \
	"    bad[#bad + 1] = k - 3\n"                                         \
	"  else\n"                                                            \
	"    for i = 0, n - 1 do\n"                                           \
	"      local own, total = ARGV[a + 3 * i], ARGV[a + 3 * i + 1]\n"     \
	"      local text = ARGV[a + 3 * i + 2]\n"                            \
	"      local old, before = have[2 * i + 1], have[2 * i + 2]\n"        \
	"      if old or before then fresh = false end\n"                     \
	"      if old ~= text then\n"                                         \
	"        local was, is, less = split(old), split(text), false\n"      \
	"        for j = 1, #is do\n"                                         \
	"          if is[j] < (was[j] or 0) then less = true end\n"           \
	"        end\n"                                                       \
	"        if less then\n"                                              \
	"          local head, who, tail = string.match(own, "                \
	"'^([^|]*|[^|]*|)([^|]*)(|.*)$')\n"                                   \
	"          local past = head .. who .. '~' .. tail\n"                 \
	"          local ago = split(redis.call('HGET', KEYS[k], past))\n"    \
	"          for j = 1, #was do ago[j] = (ago[j] or 0) + was[j] end\n"  \
	"          set[#set + 1] = past\n"                                    \
	"          set[#set + 1] = table.concat(ago, ',')\n"                  \
	"          was = {}\n"                                                \
	"        end\n"                                                       \
	"        local sum = sums[total] or split(before)\n"                  \
	"        for j = 1, #is do\n"                                         \
	"          sum[j] = (sum[j] or 0) + is[j] - (was[j] or 0)\n"          \
	"        end\n"                                                       \
	"        sums[total] = sum\n"                                         \
	"        set[#set + 1] = own\n"                                       \
	"        set[#set + 1] = text\n"                                      \
	"        news[#news + 1] = bucket\n"                                  \
	"        news[#news + 1] = string.gsub(total, '|%*|', '|', 1)\n"      \
	"      end\n"                                                         \
	"    end\n"                                                           \
	"    for total, sum in pairs(sums) do\n"                              \
	"      set[#set + 1] = total\n"                                       \
	"      set[#set + 1] = table.concat(sum, ',')\n"                      \
	"    end\n"                                                           \
	"    if #set > 0 then\n"                                              \
	"      redis.call('HSET', KEYS[k], unpack(set))\n"                    \
	"      if fresh then\n"                                               \
	"        redis.call('EXPIRE', KEYS[k], ttl)\n"                        \
	"        redis.pcall('ZADD', KEYS[3], bucket, bucket)\n"              \
	"        redis.pcall('EXPIRE', KEYS[3], ttl)\n"                       \
	"        begun = true\n"                                              \
	"      end\n"                                                         \
	"    end\n"                                                           \
	"  end\n"                                                             \
	"  a = a + 3 * n\n"                                                   \
	"end\n"                                                               \
	"if ARGV[4] ~= '' then\n"                                             \
	"  news[#news + 1] = 'c'\n"                                           \
	"  news[#news + 1] = ARGV[4]\n"                                       \
	"end\n" REP_SCRIPT_TELL "local seq, wrong, at = tell(news)\n"         \
	"if begun and at then\n"                                              \
	"  redis.pcall('ZREMRANGEBYSCORE', KEYS[3], '-inf', '(' .. "          \
	"(at / 60000 - ttl / 60))\n"                                          \
	"end\n"                                                               \
	"return {wrong, bad}\n"

/* tell(news): one entry of the feed, numbered without gaps, so that a reader
 * sees when it missed one. Its number, what is wrong or "", and the time by
 * Redis' own clock, in ms. */
#define REP_SCRIPT_TELL                                                   \
	"local function tell(news)\n"                                         \
	"  if #news == 0 then return 0, '' end\n"                             \
	"  local s = redis.pcall('INCR', KEYS[2])\n"                          \
	"  if type(s) == 'table' then return 0, s.err end\n"                  \
	"  local e = redis.pcall('XADD', KEYS[1], 'MAXLEN', '~', keep, '*', " \
	"'w', writer, 's', s, unpack(news))\n"                                \
	"  if type(e) == 'table' and e.err then return 0, e.err end\n"        \
	"  if s % 64 == 1 then\n"                                             \
	"    redis.call('EXPIRE', KEYS[1], 2764800)\n"                        \
	"    redis.call('EXPIRE', KEYS[2], 2764800)\n"                        \
	"  end\n"                                                             \
	"  return s, '', tonumber(string.match(tostring(e), '^%d+'))\n"       \
	"end\n"

/* Offer verdicts: the higher turn wins.
 * KEYS feed, seq, records
 * ARGV writer, seconds to live, feed length, then for each: field, turn, text
 * Returns {error of the feed or "", then for each 1 accepted, 2 it was there
 *          already, or the text that stands}. The last word of a text names
 *          its author and is no part of the comparison. */
#define REP_SCRIPT_VERDICT                                                  \
	"local writer, ttl, keep = ARGV[1], tonumber(ARGV[2]), ARGV[3]\n"       \
	"local ask, out, set, news = {}, {''}, {}, {}\n"                        \
	"for i = 4, #ARGV, 3 do ask[#ask + 1] = ARGV[i] end\n"                  \
	"local have = redis.call('HMGET', KEYS[3], unpack(ask))\n"              \
	"for i = 1, #ask do\n"                                                  \
	"  local turn, text = tonumber(ARGV[3 * i + 2]), ARGV[3 * i + 3]\n"     \
	"  local old = have[i]\n"                                               \
	"  local stands = old and tonumber(string.match(old, '^%d+')) or -1\n"  \
	"  if turn > stands then\n"                                             \
	"    out[#out + 1] = 1\n"                                               \
	"    set[#set + 1] = ask[i]\n"                                          \
	"    set[#set + 1] = text\n"                                            \
	"    news[#news + 1] = 'v'\n"                                           \
	"    news[#news + 1] = ask[i]\n"                                        \
	"  elseif string.match(old, '^(.*) ') == string.match(text, '^(.*) ') " \
	"then\n"                                                                \
	"    out[#out + 1] = 2\n"                                               \
	"  else\n"                                                              \
	"    out[#out + 1] = old\n"                                             \
	"  end\n"                                                               \
	"end\n"                                                                 \
	"if #set > 0 then\n"                                                    \
	"  redis.call('HSET', KEYS[3], unpack(set))\n"                          \
	"  redis.call('EXPIRE', KEYS[3], ttl)\n"                                \
	"end\n" REP_SCRIPT_TELL "local seq, wrong = tell(news)\n"               \
	"out[1] = wrong\n"                                                      \
	"return out\n"

/* Where the feed stands now: {id of its last entry, its sequence number}.
 * KEYS feed, seq */
#define REP_SCRIPT_POSITION                                              \
	"local e = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)\n" \
	"return {e[1] and e[1][1] or '0-0', redis.call('GET', KEYS[2]) or "  \
	"'0'}\n"

/* Write an event unless somebody has written the same edge already.
 * KEYS events, guard (in the slot of the events)
 * ARGV time of the edge in ms, ms within which it is the same edge, seconds
 *      that the guard lives, length of the stream, then its fields
 * Returns 1 written, 0 it was there. */
#define REP_SCRIPT_ONCE                                          \
	"local at, span = tonumber(ARGV[1]), tonumber(ARGV[2])\n"    \
	"local seen = tonumber(redis.call('GET', KEYS[2]) or '')\n"  \
	"if seen and math.abs(at - seen) < span then return 0 end\n" \
	"redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[4], '*', "  \
	"unpack(ARGV, 5))\n"                                         \
	"redis.call('SET', KEYS[2], ARGV[1], 'EX', ARGV[3])\n"       \
	"return 1\n"

/* A writer's answered calls that may still be short: those that are over go,
 * new ones come.
 * KEYS writers, calls of this one
 * ARGV writer, how often it has written, seconds to live, 1 = forget those
 *      that are there, lowest serial that is not over, how many others are
 *      over, their serials, then for each new one: serial, text
 * Returns how many there are. */
#define REP_SCRIPT_BEGUN                                                   \
	"if ARGV[4] == '1' then redis.call('DEL', KEYS[2]) end\n"              \
	"redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', '(' .. ARGV[5])\n"    \
	"local a = 7 + tonumber(ARGV[6])\n"                                    \
	"for i = 7, a - 1 do\n"                                                \
	"  redis.call('ZREMRANGEBYSCORE', KEYS[2], ARGV[i], ARGV[i])\n"        \
	"end\n"                                                                \
	"if a < #ARGV then redis.call('ZADD', KEYS[2], unpack(ARGV, a)) end\n" \
	"local n = #redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', '+inf', "     \
	"'LIMIT', 0, 1)\n"                                                     \
	"if n > 0 then\n"                                                      \
	"  redis.call('EXPIRE', KEYS[2], ARGV[3])\n"                           \
	"  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])\n"                    \
	"  redis.call('EXPIRE', KEYS[1], ARGV[3])\n"                           \
	"else\n"                                                               \
	"  redis.call('HDEL', KEYS[1], ARGV[1])\n"                             \
	"end\n"                                                                \
	"return n\n"

/* Take the calls of a writer that is gone.
 * KEYS writers, its calls
 * ARGV writer, how often it had written when it was last looked at
 * Returns their texts; none if it has written since, or another took them. */
#define REP_SCRIPT_CLAIM                                                      \
	"if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return {} end\n" \
	"local calls = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', '+inf')\n"    \
	"redis.call('DEL', KEYS[2])\n"                                            \
	"redis.call('HDEL', KEYS[1], ARGV[1])\n"                                  \
	"return calls\n"

#endif
