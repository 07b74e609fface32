/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the store has Redis do atomically. Each script touches the keys of one
 * pool (one slot), reads before it writes, and does no harm when it is sent
 * again after a reply was lost, or arrives late. */

#ifndef REP_SCRIPT_TEXT_H
#define REP_SCRIPT_TEXT_H

/* total(key): all calls in a bucket. What is no count is none. */
#define REP_SCRIPT_TOTAL                                  \
	"local function total(key)\n"                         \
	"  local sum = 0\n"                                   \
	"  for _, v in ipairs(redis.call('HVALS', key)) do\n" \
	"    if not string.find(v, '[^%d,]') then\n"          \
	"      for n in string.gmatch(v, '%d+') do\n"         \
	"        sum = sum + tonumber(n)\n"                   \
	"      end\n"                                         \
	"    end\n"                                           \
	"  end\n"                                             \
	"  return sum\n"                                      \
	"end\n"

/* tell(news): one entry of the feed, numbered without gaps, so that a reader
 * sees when it missed one; what is no such number, or too large for Lua to
 * count, begins anew. What is wrong or "", and the time by Redis' own clock, in
 * ms. The feed is kept within about 4 MB, by the size of this entry: 64 to
 * 2,000 entries. */
#define REP_SCRIPT_TELL                                                   \
	"local function tell(news)\n"                                         \
	"  if #news == 0 then return '' end\n"                                \
	"  local size = 0\n"                                                  \
	"  for _, v in ipairs(news) do size = size + #v + 2 end\n"            \
	"  local keep = math.floor(4000000 / size)\n"                         \
	"  keep = math.max(64, math.min(2000, keep))\n"                       \
	"  local s = redis.pcall('INCR', KEYS[2])\n"                          \
	"  if type(s) == 'table' and string.find(s.err, 'WRONGTYPE') then\n"  \
	"    return s.err\n"                                                  \
	"  elseif type(s) == 'table' or s < 1 or s > 2 ^ 53 then\n"           \
	"    s = 1\n"                                                         \
	"    redis.call('SET', KEYS[2], s)\n"                                 \
	"  end\n"                                                             \
	"  local e = redis.pcall('XADD', KEYS[1], 'MAXLEN', '~', keep, '*', " \
	"'w', writer, 's', s, unpack(news))\n"                                \
	"  if type(e) == 'table' and e.err then return e.err end\n"           \
	"  if s % 64 == 1 then\n"                                             \
	"    redis.call('EXPIRE', KEYS[1], 2764800)\n"                        \
	"    redis.call('EXPIRE', KEYS[2], 2764800)\n"                        \
	"  end\n"                                                             \
	"  return '', tonumber(string.match(tostring(e), '^%d+'))\n"          \
	"end\n"

/* Write counts, and tell the others. Of what stands and what comes the larger
 * number of each outcome is kept: counts only grow, so what is smaller is late.
 * KEYS feed, seq, index, bucket…
 * ARGV writer, seconds to live, callees for the feed or "", then for each
 *      bucket key: bucket, cells, and for each cell: field, counts. A bucket
 *      without cells is summed up anew.
 * The index holds the sum of all calls of each bucket.
 * Returns {error of the feed or "", positions (from 1) of bucket keys that
 *          hold another type, error of the index or ""}.
 * Which buckets are forgotten is by Redis' clock: a proxy's may be wrong. */
#define REP_SCRIPT_PUSH                                                    \
	"local writer, ttl, a = ARGV[1], tonumber(ARGV[2]), 4\n"               \
	"local news, bad, begun, index = {}, {}, false, ''\n" REP_SCRIPT_TOTAL \
	"local function split(text)\n"                                         \
	"  local t = {}\n"                                                     \
	"  for n in string.gmatch(text or '', '%d+') do\n"                     \
	"    t[#t + 1] = tonumber(n)\n"                                        \
	"  end\n"                                                              \
	"  return t\n"                                                         \
	"end\n"                                                                \
	"for k = 4, #KEYS do\n"                                                \
	"  local key, bucket, n = KEYS[k], ARGV[a], tonumber(ARGV[a + 1])\n"   \
	"  local ask, set, more = {}, {}, 0\n"                                 \
	"  a = a + 2\n"                                                        \
	"  for i = 1, n do ask[i] = ARGV[a + 2 * i - 2] end\n"                 \
	"  local have = n > 0 and redis.pcall('HMGET', key, unpack(ask))\n"    \
	"    or redis.pcall('HLEN', key)\n"                                    \
	"  if type(have) == 'table' and have.err then\n"                       \
	"    if not string.find(have.err, 'WRONGTYPE', 1, true) then\n"        \
	"      return have\n"                                                  \
	"    end\n"                                                            \
	"    bad[#bad + 1] = k - 3\n"                                          \
	"  else\n"                                                             \
	"    for i = 1, n do\n"                                                \
	"      local text, old = ARGV[a + 2 * i - 1], have[i]\n"               \
	"      if old ~= text then\n"                                          \
	"        local was, is, grew = split(old), split(text), 0\n"           \
	"        for j = 1, math.max(#was, #is) do\n"                          \
	"          local w, v = was[j] or 0, is[j] or 0\n"                     \
	"          if v > w then grew = grew + v - w else is[j] = w end\n"     \
	"        end\n"                                                        \
	"        if grew > 0 then\n"                                           \
	"          set[#set + 1] = ask[i]\n"                                   \
	"          set[#set + 1] = table.concat(is, ',')\n"                    \
	"          news[#news + 1] = bucket .. '|' .. ask[i]\n"                \
	"          news[#news + 1] = set[#set]\n"                              \
	"          more = more + grew\n"                                       \
	"        end\n"                                                        \
	"      end\n"                                                          \
	"    end\n"                                                            \
	"    if #set > 0 then\n"                                               \
	"      redis.call('HSET', key, unpack(set))\n"                         \
	"      if redis.call('TTL', key) < 0 then\n"                           \
	"        redis.call('EXPIRE', key, ttl)\n"                             \
	"      end\n"                                                          \
	"    end\n"                                                            \
	"    local sum = redis.pcall('HGET', KEYS[3], bucket)\n"               \
	"    if type(sum) == 'table' then\n"                                   \
	"      index = sum.err\n"                                              \
	"    elseif n == 0 or not sum or not tonumber(sum) then\n"             \
	"      begun = begun or not sum\n"                                     \
	"      redis.call('HSET', KEYS[3], bucket, "                           \
	"string.format('%.0f', total(key)))\n"                                 \
	"      redis.call('EXPIRE', KEYS[3], ttl)\n"                           \
	"    elseif more > 0 then\n"                                           \
	"      redis.call('HINCRBY', KEYS[3], bucket, more)\n"                 \
	"    end\n"                                                            \
	"  end\n"                                                              \
	"  a = a + 2 * n\n"                                                    \
	"end\n"                                                                \
	"if ARGV[3] ~= '' then\n"                                              \
	"  news[#news + 1] = 'c'\n"                                            \
	"  news[#news + 1] = ARGV[3]\n"                                        \
	"end\n" REP_SCRIPT_TELL "local wrong, at = tell(news)\n"               \
	"if begun and at then\n"                                               \
	"  for _, b in ipairs(redis.call('HKEYS', KEYS[3])) do\n"              \
	"    if (tonumber(b) or 0) < at / 60000 - ttl / 60 then\n"             \
	"      redis.call('HDEL', KEYS[3], b)\n"                               \
	"    end\n"                                                            \
	"  end\n"                                                              \
	"end\n"                                                                \
	"return {wrong, bad, index}\n"

/* Offer verdicts: the higher turn wins, and any over what is no verdict or has
 * a turn that no proxy has come to.
 * KEYS feed, seq, records
 * ARGV writer, seconds to live, highest turn, then for each: field, turn, text
 * Returns {error of the feed or "", how many verdicts there are now, by how
 *          much the sum of their turns grew, then for each 1 accepted, 2 it was
 *          there already, or the text that stands}. The last word of a text names
 *          its author and is no part of the comparison. */
#define REP_SCRIPT_VERDICT                                                  \
	"local writer, ttl, most = ARGV[1], tonumber(ARGV[2]), "                \
	"tonumber(ARGV[3])\n"                                                   \
	"local ask, out, set, news, grew = {}, {'', 0, 0}, {}, {}, 0\n"         \
	"for i = 4, #ARGV, 3 do ask[#ask + 1] = ARGV[i] end\n"                  \
	"local have = redis.call('HMGET', KEYS[3], unpack(ask))\n"              \
	"for i = 1, #ask do\n"                                                  \
	"  local turn, text = tonumber(ARGV[3 * i + 2]), ARGV[3 * i + 3]\n"     \
	"  local old = have[i]\n"                                               \
	"  local stands = old and tonumber(string.match(old, '^(%d+) %a+ '))\n" \
	"  if not stands or stands > most or turn > stands then\n"              \
	"    out[#out + 1] = 1\n"                                               \
	"    grew = grew + turn - math.min(stands or 0, turn)\n"                \
	"    set[#set + 1] = ask[i]\n"                                          \
	"    set[#set + 1] = text\n"                                            \
	"    news[#news + 1] = 'v' .. ask[i]\n"                                 \
	"    news[#news + 1] = text\n"                                          \
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
	"end\n" REP_SCRIPT_TELL "out[1] = tell(news)\n"                         \
	"out[2], out[3] = redis.call('HLEN', KEYS[3]), grew\n"                  \
	"return out\n"

/* Where the feed stands, and check sums of what there is.
 * KEYS feed, seq, index, records, health, guard, its count, bucket…
 * ARGV id of an entry of the feed, position (from 1) of the bucket from which
 *      on counts are added up, how many of them at most
 * Returns {id of the feed's last entry, its number, number of the entry asked
 *          for or "", index, for each bucket how many counts it holds, and the
 *          sum of its calls or -1 when it was not added up, how many verdicts
 *          there are, and the sum of their turns, likewise, numbers with
 *          health, facts of the guard, and how many of them there should be,
 *          -1 = nobody knows}.
 * A key of another type holds -1 counts. */
#define REP_SCRIPT_CHECK                                                    \
	"local from, left = tonumber(ARGV[2]), "                                \
	"tonumber(ARGV[3])\n" REP_SCRIPT_TOTAL "local function len(key)\n"      \
	"  local n = redis.pcall('HLEN', key)\n"                                \
	"  return type(n) == 'number' and n or -1\n"                            \
	"end\n"                                                                 \
	"local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)\n" \
	"local guards = redis.pcall('ZCARD', KEYS[6])\n"                        \
	"if type(guards) ~= 'number' then guards = -1 end\n"                    \
	"local meant = string.match(tostring(redis.pcall('GET', KEYS[7])), "    \
	"'^%d+$')\n"                                                            \
	"meant = tonumber(meant or '-1')\n"                                     \
	"local mine = redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1])\n"        \
	"local index = redis.pcall('HGETALL', KEYS[3])\n"                       \
	"if index.err then index = {} end\n"                                    \
	"local lens, sums, records, turns = {}, {}, len(KEYS[4]), -1\n"         \
	"if records > 0 and records <= left then\n"                             \
	"  turns = 0\n"                                                         \
	"  for _, v in ipairs(redis.call('HVALS', KEYS[4])) do\n"               \
	"    turns = turns + (tonumber(string.match(v, '^%d+')) or 0)\n"        \
	"  end\n"                                                               \
	"end\n"                                                                 \
	"for k = 8, #KEYS do\n"                                                 \
	"  local n = len(KEYS[k])\n"                                            \
	"  lens[#lens + 1] = n\n"                                               \
	"  sums[#sums + 1] = '-1'\n"                                            \
	"  if #lens >= from then\n"                                             \
	"    left = left - n\n"                                                 \
	"    if left >= 0 and n >= 0 then\n"                                    \
	"      sums[#sums] = string.format('%.0f', total(KEYS[k]))\n"           \
	"    end\n"                                                             \
	"  end\n"                                                               \
	"end\n"                                                                 \
	"return {last[1] and last[1][1] or '0-0', redis.call('GET', KEYS[2]) "  \
	"or '0', mine[1] and mine[1][2][4] or '', index, lens, sums, records, " \
	"string.format(\'%.0f\', turns), len(KEYS[5]), guards, meant}\n"

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

/* Grant leases of caps, so that all that was granted of one in its period is
 * never more than the cap.
 * KEYS guard, then one hash for each period: number or * -> for each writer
 *      WRITER|GRANTED|USED|CALL, and |S, when it was told, where what is not
 *      used ends so long after that (of a probation), or all (calls at once)
 * ARGV run id of the server or "", epoch that the caller knows or "", number of
 *      this call, node, then for each hash: slot, period, seconds to live, n,
 *      and n times: field, writer, limit, held, wanted, used, granted to others
 *      as far as heard
 * Returns {epoch, ms for which nothing is granted, nodes, then for each: granted,
 *          left, not used by others, granted to others,
 *          1 if somebody was refused of late, which is kept under !}.
 * A limit of 0: the proxy ends, and what it has in use is over in two seconds.
 * What is held is never taken away, and a call that comes late changes nothing.
 * Where grants may have been lost (the guard or a hash is gone, or the server is
 * another) a new epoch begins: nothing is granted until all have told what they
 * hold; what the tellers had heard of others who do not is kept under ?. The
 * guard knows (kSLOT) until when a hash does not expire: period and ms. */
#define REP_SCRIPT_LEASE                                                       \
	"if redis.replicate_commands then redis.replicate_commands() end\n"        \
	"local run, known, seq = ARGV[1], ARGV[2], tonumber(ARGV[3])\n"            \
	"local t = redis.call('TIME')\n"                                           \
	"local now = t[1] * 1000 + math.floor(t[2] / 1000)\n"                      \
	"local function whole(key)\n"                                              \
	"  local n = redis.pcall('HLEN', key)\n"                                   \
	"  if type(n) == 'table' then redis.call('DEL', key) return false end\n"   \
	"  return n > 0\n"                                                         \
	"end\n"                                                                    \
	"whole(KEYS[1])\n"                                                         \
	"local g, flat = {}, redis.call('HGETALL', KEYS[1])\n"                     \
	"for i = 1, #flat, 2 do g[flat[i]] = flat[i + 1] end\n"                    \
	"local since, grace = tonumber(g.since or 0), tonumber(g.grace or 0)\n"    \
	"local lost = g.epoch and run ~= '' and g.run ~= run\n"                    \
	"local a = 5\n"                                                            \
	"for k = 2, #KEYS do\n"                                                    \
	"  local at, ends = string.match(g['k' .. ARGV[a]] or '', '(%d+) "         \
	"(%d+)')\n"                                                                \
	"  if not whole(KEYS[k]) and at == ARGV[a + 1] and now < tonumber(ends) "  \
	"then\n"                                                                   \
	"    lost = true\n"                                                        \
	"  end\n"                                                                  \
	"  a = a + 4 + 7 * tonumber(ARGV[a + 3])\n"                                \
	"end\n"                                                                    \
	"if not g.epoch or lost or now < since then\n"                             \
	"  if g.epoch == tostring(now) then now = now + 1 end\n"                   \
	"  since, grace = now, (lost or g.epoch or known ~= '') and 5000 or "      \
	"1000\n"                                                                   \
	"  g.epoch = string.format('%.0f', now)\n"                                 \
	"  redis.call('HSET', KEYS[1], 'run', run, 'epoch', g.epoch, 'since',\n"   \
	"    string.format('%.0f', since), 'grace', grace)\n"                      \
	"end\n"                                                                    \
	"local young = math.max(0, since + grace - now)\n"                         \
	"local nodes = 1\n"                                                        \
	"redis.call('HSET', KEYS[1], 'n' .. ARGV[4], string.format('%.0f', "       \
	"now))\n"                                                                  \
	"redis.call('EXPIRE', KEYS[1], 2764800)\n"                                 \
	"for f, v in pairs(g) do\n"                                                \
	"  if string.sub(f, 1, 1) == 'n' and f ~= 'n' .. ARGV[4] then\n"           \
	"    if now - tonumber(v) < 30000 then nodes = nodes + 1\n"                \
	"    elseif now - tonumber(v) > 3600000 then redis.call('HDEL', KEYS[1], " \
	"f) end\n"                                                                 \
	"  end\n"                                                                  \
	"end\n"                                                                    \
	"local out = {g.epoch, young, nodes}\n"                                    \
	"a = 5\n"                                                                  \
	"for k = 2, #KEYS do\n"                                                    \
	"  local n, ask, set = tonumber(ARGV[a + 3]), {}, {}\n"                    \
	"  local stamp, kind = '', string.sub(ARGV[a], 1, 1)\n"                    \
	"  if kind == 'c' or kind == 't' then\n"                                   \
	"    stamp = '|' .. math.floor(now / 1000)\n"                              \
	"  end\n"                                                                  \
	"  for i = 0, n - 1 do ask[i + 1] = ARGV[a + 4 + 7 * i] end\n"             \
	"  local have = redis.call('HMGET', KEYS[k], unpack(ask))\n"               \
	"  for i = 0, n - 1 do\n"                                                  \
	"    local b = a + 4 + 7 * i\n"                                            \
	"    local who, limit = ARGV[b + 1], tonumber(ARGV[b + 2])\n"              \
	"    local held, want = tonumber(ARGV[b + 3]), tonumber(ARGV[b + 4])\n"    \
	"    local heard = tonumber(ARGV[b + 6])\n"                                \
	"    local keep, others, spare, gone, wanted = {}, 0, 0, 0, 0\n"           \
	"    local alive, mine, last, old = ask[i + 1] == '*' and 120 or 3600\n"   \
	"    for w, c, u, s, at in string.gmatch(have[i + 1] or '',\n"             \
	"        '([^ |]+)|(%d+)|(%d+)|(%d+)|?(%d*)') do\n"                        \
	"      c, u = tonumber(c), tonumber(u)\n"                                  \
	"      local over = at ~= '' and now / 1000 - tonumber(at) > alive\n"      \
	"      if over and kind == 't' then c = math.min(c, u) end\n"              \
	"      if w == who then mine, last = c, tonumber(s)\n"                     \
	"      elseif over and (kind == 'c' or w == '?' or c == 0) then\n"         \
	"        c = 0 -- a call at once that nobody confirmed\n"                  \
	"      elseif w == '?' then\n"                                             \
	"        gone, old = c, at ~= '' and '|' .. at or ''\n"                    \
	"      elseif w == '!' then wanted = c\n"                                  \
	"      else\n"                                                             \
	"        others, spare = others + c, spare + math.max(0, c - u)\n"         \
	"        if at ~= '' then s = s .. '|' .. at end\n"                        \
	"        keep[#keep + 1] = w .. '|' .. c .. '|' .. u .. '|' .. s\n"        \
	"      end\n"                                                              \
	"    end\n"                                                                \
	"    local given = held\n"                                                 \
	"    if last and seq <= last then\n"                                       \
	"      given = mine\n"                                                     \
	"    else\n"                                                               \
	"      if young > 0 then\n"                                                \
	"        given = math.max(held, mine or 0)\n"                              \
	"        if not mine then gone = math.max(0, gone - held) end\n"           \
	"        gone = math.max(gone, heard - others)\n"                          \
	"      else\n"                                                             \
	"        local room = limit - others - gone - held\n"                      \
	"        if room > 0 and want > held then\n"                               \
	"          given = held + math.min(want - held, math.ceil(room / 2))\n"    \
	"        elseif want > held then wanted = math.floor(now / 1000)\n"        \
	"        end\n"                                                            \
	"      end\n"                                                              \
	"      if gone > 0 then\n"                                                 \
	"        keep[#keep + 1] = '?|' .. gone .. '|' .. gone .. '|0' .. (old "   \
	"or stamp)\n"                                                              \
	"      end\n"                                                              \
	"      if now / 1000 - wanted < 10 then\n"                                 \
	"        keep[#keep + 1] = '!|' .. wanted .. '|0|0'\n"                     \
	"      end\n"                                                              \
	"      local mark = stamp\n"                                               \
	"      if limit == 0 then\n"                                               \
	"        mark = '|' .. math.floor(now / 1000) - alive + 2\n"               \
	"      end\n"                                                              \
	"      keep[#keep + 1] = who .. '|' .. given .. '|' .. ARGV[b + 5] .. "    \
	"'|' ..\n"                                                                 \
	"        ARGV[3] .. mark\n"                                                \
	"      set[#set + 1] = ask[i + 1]\n"                                       \
	"      set[#set + 1] = table.concat(keep, ' ')\n"                          \
	"    end\n"                                                                \
	"    out[#out + 1] = given\n"                                              \
	"    out[#out + 1] = math.max(0, limit - others - gone - given)\n"         \
	"    out[#out + 1] = spare\n"                                              \
	"    out[#out + 1] = others + gone\n"                                      \
	"    out[#out + 1] = now / 1000 - wanted < 10 and 1 or 0\n"                \
	"  end\n"                                                                  \
	"  if #set > 0 then\n"                                                     \
	"    redis.call('HSET', KEYS[k], unpack(set))\n"                           \
	"    redis.call('EXPIRE', KEYS[k], ARGV[a + 2])\n"                         \
	"    local ends = now + 1000 * tonumber(ARGV[a + 2]) - 10000\n"            \
	"    redis.call('HSET', KEYS[1], 'k' .. ARGV[a],\n"                        \
	"      ARGV[a + 1] .. ' ' .. string.format('%.0f', ends))\n"               \
	"  end\n"                                                                  \
	"  a = a + 4 + 7 * n\n"                                                    \
	"end\n"                                                                    \
	"return out\n"

/* Keep facts of the callee guard, and tell them: of what is there and what comes
 * the later end stands, of an order by hand (h) the last. What is told of the
 * do-not-call list (n) is not kept, a score of 0 takes away.
 * KEYS feed, seq, facts, how many there should be
 * ARGV writer, most facts that are kept, s since 1970, what comes ("new"; "old",
 *      written again; "last" of what is written again: nobody has more), then
 *      for each: member, score
 * What is over goes, what would end first where there are too many; the key
 * lives as long as the last of them. How many there should be follows what this
 * script does, so that it tells when somebody else took some away; what was
 * there already is no more for being written again. Returns what is wrong with
 * the feed or "". */
#define REP_SCRIPT_GUARD                                                  \
	"local writer, most, now = ARGV[1], tonumber(ARGV[2]), "              \
	"tonumber(ARGV[3])\n"                                                 \
	"local before, put = redis.call('ZCARD', KEYS[3]), 0\n"               \
	"for i = 5, #ARGV, 2 do\n"                                            \
	"  local m, score = ARGV[i], tonumber(ARGV[i + 1])\n"                 \
	"  local kind = string.sub(m, 1, 1)\n"                                \
	"  if score == 0 then\n"                                              \
	"    redis.call('ZREM', KEYS[3], m)\n"                                \
	"  elseif kind ~= 'n' then\n"                                         \
	"    local old = tonumber(redis.call('ZSCORE', KEYS[3], m) or '0')\n" \
	"    if kind == 'h' or old < score then\n"                            \
	"      put = put + redis.call('ZADD', KEYS[3], ARGV[i + 1], m)\n"     \
	"    end\n"                                                           \
	"  end\n"                                                             \
	"end\n"                                                               \
	"redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now * 256)\n"        \
	"local n = redis.call('ZCARD', KEYS[3])\n"                            \
	"if n > most then\n"                                                  \
	"  redis.call('ZREMRANGEBYRANK', KEYS[3], 0, n - most - 1)\n"         \
	"  n = most\n"                                                        \
	"end\n"                                                               \
	"local meant = string.match(tostring(redis.pcall('GET', KEYS[4])), "  \
	"'^%d+$')\n"                                                          \
	"meant = tonumber(meant or before) + n - before\n"                    \
	"if ARGV[4] == 'old' then meant = math.max(meant - put, n) end\n"     \
	"if ARGV[4] == 'last' then meant = n end\n"                           \
	"redis.call('SET', KEYS[4], string.format('%.0f', meant))\n"          \
	"local last = redis.call('ZREVRANGE', KEYS[3], 0, 0, 'WITHSCORES')\n" \
	"local ends = math.floor((last[2] or now * 256) / 256) + 60\n"        \
	"redis.call('EXPIREAT', KEYS[3], ends)\n"                             \
	"redis.call('EXPIREAT', KEYS[4], ends)\n" REP_SCRIPT_TELL             \
	"if #ARGV < 5 then return '' end\n"                                   \
	"return tell({'g', table.concat(ARGV, ' ', 5)})\n"

#endif
