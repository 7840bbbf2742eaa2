#!lua flags=allow-oom
-- Ends what was in flight for one host: done, refused, waiting for a retry, or back in its queue. Idempotent, fenced.
-- KEYS: 1 owner, 2 counts, 3 flight, 4 active, 5 hosts, 6 wait, 7 news, 8 jobs, 9.. queues, buckets of seen and out
-- ARGV: 1 fence, 2 host, 3 host state ('' leaves it, and so does one that ends in a line "#N" where a higher N is kept),
--       4 "BUCKETS CODES" ('' no bucket is named): bucket count as the caller knows it, and how many codes `out` knows,
--       then 4 per URL: url, verb, bytes received for it since it was taken, argument
--       verbs: 'done' FATE | 'done' "FATE NOTE" | 'refused' "REASON NOTE" | 'wait' "MILLISECONDS RECORD"
--              | 'back' "QUEUE-KEY-INDEX RECORD"
--              | 'unasked' as 'done': no request was made for it
--              | 'undone' "REASON NOTE SEEN-KEY-INDEX ID": refused, and a later discovery may queue it after all
--       NOTE: "OUT-KEY-INDEX ID-IN-OUT CODE", how it ended, for who asks later
-- Answer: {'FENCED'}, {'RETRY', bucket count} and nothing is changed, or {'OK', how many were in flight and are settled now}
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {'FENCED'} end
local counts, host = KEYS[2], ARGV[2]
local known_buckets, codes = ARGV[4]:match('^(%d+) (%d+)$')
if known_buckets then
  local buckets = tonumber(redis.call('HGET', counts, 'buckets') or '1')
  if buckets ~= tonumber(known_buckets) then return {'RETRY', buckets} end
end
open_books(counts, KEYS[8])
for i, count in ipairs({'HLEN', 'SCARD', 'HLEN', 'ZCARD', 'LLEN'}) do redis.call(count, KEYS[i + 2]) end
local queues = {}
for i = 5, #ARGV, 4 do
  if ARGV[i + 1] == 'back' then queues[tonumber(ARGV[i + 3]:match('^%d+'))] = true end
end
for i = 9, #KEYS do redis.call(queues[i] and 'LLEN' or 'SCARD', KEYS[i]) end
local function number(state) return tonumber((state or ''):match('\n#(%d+)$') or 0) end
if ARGV[3] ~= '' then
  local kept = redis.call('HGET', KEYS[5], host)
  -- An older one comes late where its call was put off, or asked for again.
  if number(ARGV[3]) == 0 or number(ARGV[3]) >= number(kept) then redis.call('HSET', KEYS[5], host, ARGV[3]) end
end

-- Reads "NAME NOTE REST" and leaves the note's code in `out`, and no other of this URL.
local function note(argument)
  local name, out, id, code, rest = argument:match('^(%a[%w_]*) (%d+) (%d+) (%d%d) ?(.*)$')
  local before = {}
  for other = 0, tonumber(codes) - 1 do before[other + 1] = ('%s%02d'):format(id, other) end
  redis.call('SREM', KEYS[tonumber(out)], unpack(before))
  redis.call('SADD', KEYS[tonumber(out)], id .. code)
  return name, rest
end

local settled, back = 0, {}
for i = 5, #ARGV, 4 do
  local url, verb, argument = ARGV[i], ARGV[i + 1], ARGV[i + 3]
  local taken = redis.call('HGET', KEYS[3], url)
  if taken then
    redis.call('HDEL', KEYS[3], url)
    local job = job_of_rest(taken)
    settled = settled + 1
    book('in_flight', -1, job)
    book_of_job('bytes', tonumber(ARGV[i + 2]), job)
    if verb == 'done' or verb == 'unasked' then
      local fate = argument:find(' ', 1, true) and note(argument) or argument
      book('done', 1, job)
      book('f:' .. fate, 1)
      if verb == 'unasked' then book('unasked', 1) end
    elseif verb == 'refused' or verb == 'undone' then
      local reason, rest = note(argument)
      if verb == 'undone' then
        local seen, id = rest:match('^(%d+) (%d+)$')
        redis.call('SREM', KEYS[tonumber(seen)], id)
      end
      book('refused', 1, job)
      book('r:' .. reason, 1)
    elseif verb == 'wait' then
      local space = argument:find(' ', 1, true)
      local time = redis.call('TIME')
      local due = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000) + tonumber(argument:sub(1, space - 1))
      if redis.call('ZADD', KEYS[6], due, argument:sub(space + 1)) == 1 then
        book('waiting', 1, job)
      else  -- forced again while the same retry waits: once is enough
        book('done', 1, job)
        book('f:duplicate', 1)
      end
    else
      book('queued', 1, job)
      back[#back + 1] = argument
    end
  end
end
write_books(counts, KEYS[8])
for i = #back, 1, -1 do  -- to the front, in the order given
  local space = back[i]:find(' ', 1, true)
  if redis.call('LPUSH', KEYS[tonumber(back[i]:sub(1, space - 1))], back[i]:sub(space + 1)) == 1 then
    redis.call('SADD', KEYS[4], host)
    redis.call('RPUSH', KEYS[7], host)
  end
end
return {'OK', settled}
