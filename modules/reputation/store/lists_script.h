/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The script of the lists: see script_text.h. */

#ifndef REP_LISTS_SCRIPT_H
#define REP_LISTS_SCRIPT_H

/* A batch for the lists of a pool: entries of the work list of redress, counts
 * of test calls, callees to be reported. It is taken over once, by its number:
 * counts are added to what stands there. What people wrote stays.
 * KEYS numbers of batches, redress, probes, callees
 * ARGV writer, number of the batch (0 = nothing is in it), days that callees
 *      are kept, 1 = old entries go (else only where there are too many),
 *      how many entries of redress and for each: id, blocks to be added, how
 *      many were there before, JSON of the module's part (of what people write
 *      it stands in where there is nothing), JSON of what they wrote by RPC;
 *      how many of test calls and for each: field, JSON of its times, JSON of
 *      the counts that were there before, and of those to be added;
 *      how many callees and for each: callee, number, outcome, status, time in
 *      s, campaign.
 * Returns {error of redress or "", of probes, of callees, the entries as they
 *          stand now, likewise those of test calls}.
 * There are 1,000 entries of redress: closed ones give way first, then those
 * blocked longest ago; of closed ones those that are 90 days old go. Of test
 * calls 5,000, for 90 days. */
#define REP_SCRIPT_LISTS                                                       \
	"local now = tonumber(redis.call('TIME')[1])\n"                            \
	"local seq, at, out = tonumber(ARGV[2]), 5, {'', '', '', {}, {}}\n"        \
	"local mark = redis.call('HGET', KEYS[1], ARGV[1])\n"                      \
	"local last = tonumber(mark and string.match(mark, '^%d+') or 0) or 0\n"   \
	"local fresh = seq > last\n"                                               \
	"if fresh then\n"                                                          \
	"  redis.call('HSET', KEYS[1], ARGV[1], seq .. ' ' .. now)\n"              \
	"  redis.call('EXPIRE', KEYS[1], 2764800)\n"                               \
	"  if redis.call('HLEN', KEYS[1]) > 64 then\n"                             \
	"    local marks = redis.call('HGETALL', KEYS[1])\n"                       \
	"    for i = 1, #marks, 2 do\n"                                            \
	"      local t = tonumber(string.match(marks[i + 1], ' (%d+)$') or '') "   \
	"or 0\n"                                                                   \
	"      if t < now - 86400 then redis.call('HDEL', KEYS[1], marks[i]) "     \
	"end\n"                                                                    \
	"    end\n"                                                                \
	"  end\n"                                                                  \
	"end\n"                                                                    \
	"local function read(text)\n"                                              \
	"  local ok, e = pcall(cjson.decode, text or '')\n"                        \
	"  return ok and type(e) == 'table' and e[1] == nil and e or {}\n"         \
	"end\n"                                                                    \
	"local function number(x) return tonumber(x) or 0 end\n"                   \
	"local function trim(key, most, days, closed)\n"                           \
	"  local n = redis.call('HLEN', key)\n"                                    \
	"  if n == 0 or (ARGV[4] == '0' and n <= most) then return end\n"          \
	"  local all, gone, hash = {}, {}, redis.call('HGETALL', key)\n"           \
	"  for i = 1, #hash, 2 do\n"                                               \
	"    local e = read(hash[i + 1])\n"                                        \
	"    local first = not closed or e.status == 'closed'\n"                   \
	"    if first and number(e.last) < now - days * 86400 then\n"              \
	"      gone[#gone + 1] = hash[i]\n"                                        \
	"    else\n"                                                               \
	"      all[#all + 1] = {hash[i], first and 0 or 1, number(e.last)}\n"      \
	"    end\n"                                                                \
	"  end\n"                                                                  \
	"  if #all > most then\n"                                                  \
	"    table.sort(all, function(a, b)\n"                                     \
	"      if a[2] ~= b[2] then return a[2] < b[2] end\n"                      \
	"      return a[3] < b[3]\n"                                               \
	"    end)\n"                                                               \
	"    for i = 1, #all - math.floor(most * 0.9) do gone[#gone + 1] = "       \
	"all[i][1] end\n"                                                          \
	"  end\n"                                                                  \
	"  for _, field in ipairs(gone) do redis.call('HDEL', key, field) end\n"   \
	"end\n"                                                                    \
	"local function times(e, p)\n"                                             \
	"  local newer = number(p.last) >= number(e.last)\n"                       \
	"  if number(p.first) > 0 then\n"                                          \
	"    local was = number(e.first)\n"                                        \
	"    e.first = was > 0 and math.min(was, p.first) or p.first\n"            \
	"  end\n"                                                                  \
	"  e.last = math.max(number(e.last), number(p.last))\n"                    \
	"  return newer\n"                                                         \
	"end\n"                                                                    \
	"local function ids(one, two)\n"                                           \
	"  local list, seen = {}, {}\n"                                            \
	"  for _, l in ipairs({one, two}) do\n"                                    \
	"    for _, id in ipairs(type(l) == 'table' and l or {}) do\n"             \
	"      if #list < 8 and not seen[id] then list[#list + 1], seen[id] = "    \
	"id, 1 end\n"                                                              \
	"    end\n"                                                                \
	"  end\n"                                                                  \
	"  return #list > 0 and list or nil\n"                                     \
	"end\n"                                                                    \
	"local people = {status = 1, ticket = 1, note = 1}\n"                      \
	"local function redress(text, add, base, part, edits)\n"                   \
	"  local e, p = read(text), cjson.decode(part)\n"                          \
	"  if text and next(e) == nil and text ~= '{}' then\n"                     \
	"    e.note = string.sub(text, 1, 255)\n"                                  \
	"  end\n"                                                                  \
	"  local newer, list = times(e, p), nil\n"                                 \
	"  e.count = math.max(number(e.count), base) + add\n"                      \
	"  if newer then list = ids(p.ids, e.ids) else list = ids(e.ids, p.ids) "  \
	"end\n"                                                                    \
	"  p.first, p.last, p.ids, e.ids = nil, nil, nil, list\n"                  \
	"  for k, v in pairs(p) do\n"                                              \
	"    if e[k] == nil or e[k] == cjson.null or (newer and not people[k]) "   \
	"then\n"                                                                   \
	"      e[k] = v\n"                                                         \
	"    end\n"                                                                \
	"  end\n"                                                                  \
	"  if add > 0 and e.status == 'closed' then e.status = 'open' end\n"       \
	"  for k, v in pairs(cjson.decode(edits)) do e[k] = v end\n"               \
	"  return (string.gsub(cjson.encode(e), '\\\\/', '/'))\n"                  \
	"end\n"                                                                    \
	"local function probe(text, part, base, add)\n"                            \
	"  local e, p = read(text), cjson.decode(part)\n"                          \
	"  local counts = type(e.counts) == 'table' and e.counts or {}\n"          \
	"  if times(e, p) then e.outcome = p.outcome end\n"                        \
	"  for k, v in pairs(cjson.decode(add)) do\n"                              \
	"    counts[k] = math.max(number(counts[k]), number(base[k])) + v\n"       \
	"  end\n"                                                                  \
	"  e.counts = counts\n"                                                    \
	"  return (string.gsub(cjson.encode(e), '\\\\/', '/'))\n"                  \
	"end\n"                                                                    \
	"local function each(size, each_one)\n"                                    \
	"  local n = tonumber(ARGV[at])\n"                                         \
	"  at = at + 1\n"                                                          \
	"  local from = at\n"                                                      \
	"  at = at + n * size\n"                                                   \
	"  local ok, err = pcall(function()\n"                                     \
	"    for i = 0, n - 1 do each_one(from + i * size) end\n"                  \
	"  end)\n"                                                                 \
	"  return ok and '' or type(err) == 'table' and err.err or "               \
	"tostring(err)\n"                                                          \
	"end\n"                                                                    \
	"out[1] = each(5, function(a)\n"                                           \
	"  local text = redis.call('HGET', KEYS[2], ARGV[a])\n"                    \
	"  if fresh then\n"                                                        \
	"    text = redress(text, tonumber(ARGV[a + 1]), tonumber(ARGV[a + 2]),\n" \
	"      ARGV[a + 3], ARGV[a + 4])\n"                                        \
	"    redis.call('HSET', KEYS[2], ARGV[a], text)\n"                         \
	"  end\n"                                                                  \
	"  out[4][#out[4] + 1] = text or ''\n"                                     \
	"end)\n"                                                                   \
	"out[2] = each(4, function(a)\n"                                           \
	"  local text = redis.call('HGET', KEYS[3], ARGV[a])\n"                    \
	"  if fresh then\n"                                                        \
	"    text = probe(text, ARGV[a + 1], cjson.decode(ARGV[a + 2]), ARGV[a + " \
	"3])\n"                                                                    \
	"    redis.call('HSET', KEYS[3], ARGV[a], text)\n"                         \
	"    redis.call('EXPIRE', KEYS[3], 7776000)\n"                             \
	"  end\n"                                                                  \
	"  out[5][#out[5] + 1] = text or ''\n"                                     \
	"end)\n"                                                                   \
	"local days = tonumber(ARGV[3])\n"                                         \
	"out[3] = each(6, function(a)\n"                                           \
	"  if fresh then\n"                                                        \
	"    redis.call('XADD', KEYS[4], 'MAXLEN', '~', 100000, '*',\n"            \
	"      'callee', ARGV[a], 'number', ARGV[a + 1], 'outcome', ARGV[a + "     \
	"2],\n"                                                                    \
	"      'status', ARGV[a + 3], 'at', ARGV[a + 4], 'campaign', ARGV[a + "    \
	"5])\n"                                                                    \
	"    redis.call('EXPIRE', KEYS[4], days * 86400)\n"                        \
	"  end\n"                                                                  \
	"end)\n"                                                                   \
	"for i, room in ipairs({{1000, true}, {5000, false}}) do\n"                \
	"  pcall(trim, KEYS[i + 1], room[1], 90, room[2])\n"                       \
	"end\n"                                                                    \
	"local ok, err = pcall(function()\n"                                       \
	"  local old = string.format('%.0f', (now - days * 86400) * 1000)\n"       \
	"  if redis.call('EXISTS', KEYS[4]) == 0 then return end\n"                \
	"  local t = redis.pcall('XTRIM', KEYS[4], 'MINID', old)\n"                \
	"  if type(t) ~= 'table' or not t.err then return end\n"                   \
	"  local ids\n"                                                            \
	"  repeat\n"                                                               \
	"    ids = redis.call('XRANGE', KEYS[4], '-', old, 'COUNT', 500)\n"        \
	"    for _, entry in ipairs(ids) do redis.call('XDEL', KEYS[4], "          \
	"entry[1]) end\n"                                                          \
	"  until #ids < 500\n"                                                     \
	"end)\n"                                                                   \
	"if not ok and out[3] == '' then\n"                                        \
	"  out[3] = type(err) == 'table' and err.err or tostring(err)\n"           \
	"end\n"                                                                    \
	"return out\n"

#endif
