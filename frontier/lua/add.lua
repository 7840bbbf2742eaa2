-- Files discovered URLs of one partition, each once. Idempotent; needs no lease.
-- KEYS: 1 counts, 2 news, 3 active, 4-5 seen: split source and target, 6-7 out: split source and target, 8 jobs, 9.. the rest
-- ARGV: 1 bucket count as the caller knows it, 2 codes of all reasons (2 digits each, joined), 3 upgradable codes,
--       4 codes of fates, then 6 per URL: key index of seen bucket, of out bucket, of queue, id, id in out buckets, and
--       "+HOST\nRECORD" to queue it, "!FORCED-KEY-INDEX TOKEN HOST\nRECORD" to queue it even if it is known (counted as
--       discovered once more; said again under one of the last 1024 tokens, it is not), or a reason's "CODE:NAME JOB" to refuse it
-- Answer: {'RETRY', count} or {'OK', count, one digit per URL: 1 new, 0 known, 2 refused before and queued now}
local counts, news, active = KEYS[1], KEYS[2], KEYS[3]
local buckets = tonumber(redis.call('HGET', counts, 'buckets') or '1')
if buckets ~= tonumber(ARGV[1]) then return {'RETRY', buckets} end

local codes, upgradable = {}, {}
for code in ARGV[2]:gmatch('(%d%d)%a[%a_]*') do codes[#codes + 1] = code end
for code in ARGV[3]:gmatch('%d%d') do upgradable[code] = true end

-- The code under which `out` holds the id, or nil.
local function refused_before(out, id)
  local members = {}
  for i, code in ipairs(codes) do members[i] = id .. code end
  for i, found in ipairs(redis.call('SMISMEMBER', out, unpack(members))) do
    if found == 1 then return codes[i] end
  end
end

-- What `out` holds of a URL that is in `seen` only says how it ended; queued again, it has not.
local function forget_end(out, id)
  local members = {}
  for _, code in ipairs(codes) do members[#members + 1] = id .. code end
  for code in ARGV[4]:gmatch('%d%d') do members[#members + 1] = id .. code end
  redis.call('SREM', out, unpack(members))
end

local names = {}
for code, name in ARGV[2]:gmatch('(%d%d)(%a[%a_]*)') do names[code] = name end

-- Notes a token; false if it was noted before.
local function once(forced, token)
  local time = redis.call('TIME')
  local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
  if redis.call('ZADD', forced, 'NX', now, token) == 0 then return false end
  redis.call('ZREMRANGEBYRANK', forced, 0, -1025)
  return true
end

open_books(counts, KEYS[8])
local looked = {}
local function look(count, key)
  if not looked[key] then redis.call(count, KEYS[key]) end
  looked[key] = true
end
look('LLEN', 2)
for key = 3, 7 do look('SCARD', key) end
for i = 5, #ARGV, 6 do
  local order, forced = ARGV[i + 5]:match('^([+!]?)(%d*)')
  look('SCARD', tonumber(ARGV[i]))
  look('SCARD', tonumber(ARGV[i + 1]))
  if order ~= '' then look('LLEN', tonumber(ARGV[i + 2])) end
  if order == '!' then look('ZCARD', tonumber(forced)) end
end

local result = {}
for i = 5, #ARGV, 6 do
  local seen, out, queue = KEYS[tonumber(ARGV[i])], KEYS[tonumber(ARGV[i + 1])], KEYS[tonumber(ARGV[i + 2])]
  local id, out_id, what = ARGV[i + 3], ARGV[i + 4], ARGV[i + 5]
  local digit, order = '0', what:sub(1, 1)
  if order == '!' then
    local forced, token, rest = what:match('^!(%d+) (%S+) (.*)$')
    if once(KEYS[tonumber(forced)], token) then
      what = '!' .. rest
    else
      digit, order = '1', 'done'
    end
  end
  if order == '+' or order == '!' then
    local known = redis.call('SISMEMBER', seen, id) == 1
    local before = not known and refused_before(out, out_id)
    if order == '!' or not (known or before and not upgradable[before]) then
      if known then forget_end(out, out_id) else redis.call('SADD', seen, id) end
      if before then
        digit = '2'
        redis.call('SREM', out, out_id .. before)
        book('discovered', -1)  -- it is already
        book('refused', -1)
        book('upgraded', 1)
        book('r:' .. names[before], -1)
      else
        digit = '1'
      end
      local line = what:find('\n', 1, true)
      local host, record = what:sub(2, line - 1), what:sub(line + 1)
      local job = job_of(record)
      book('discovered', 1, job)
      book('queued', 1, job)
      local length = redis.call('RPUSH', queue, record)
      if length == 1 then redis.call('SADD', active, host) end
      if length % 12 == 1 then redis.call('RPUSH', news, host) end  -- also when it has grown: it may be packed
    end
  elseif order ~= 'done' and redis.call('SISMEMBER', seen, id) == 0 and not refused_before(out, out_id) then
    digit = '1'
    redis.call('SADD', out, out_id .. what:sub(1, 2))
    local name, job = what:match('^..:(%S+) (.*)$')
    book('discovered', 1, job)
    book('refused', 1, job)
    book('r:' .. name, 1)
  end
  result[#result + 1] = digit
end
write_books(counts, KEYS[8])

-- Linear hashing: one bucket is split before the fullest could outgrow an intset (512).
local function split(source, target, suffix)
  local low = 1
  while low * 2 <= buckets do low = low * 2 end
  local move = {}
  for _, member in ipairs(redis.call('SMEMBERS', source)) do
    local digits = member:sub(1, #member - suffix)
    -- 10^15 is a multiple of every power of two up to 2^15, so the last 15 digits tell the low bits.
    if math.floor(tonumber(digits:sub(-15)) / low) % 2 == 1 then move[#move + 1] = member end
  end
  if #move > 0 then
    redis.call('SREM', source, unpack(move))
    redis.call('SADD', target, unpack(move))
  end
end
if (book_changes.discovered or 0) > 0 and buckets < 32768 then
  if tonumber(redis.call('HGET', counts, 'discovered')) > buckets * 160 then
    split(KEYS[4], KEYS[5], 0)
    split(KEYS[6], KEYS[7], 2)
    buckets = buckets + 1
    redis.call('HSET', counts, 'buckets', buckets)
  end
end
return {'OK', buckets, table.concat(result)}
