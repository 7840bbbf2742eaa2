-- Ends what was in flight for one host: done, refused, waiting for a retry, or back in its queue. Idempotent, fenced.
-- KEYS: 1 owner, 2 counts, 3 flight, 4 active, 5 hosts, 6 wait, 7 news, 8 jobs, 9.. queues, buckets of seen and out
-- ARGV: 1 fence, 2 host, 3 host state ('' leaves it), 4 bucket count as the caller knows it ('' no bucket is named),
--       then 3 per URL: url, verb, argument
--       verbs: 'done' FATE | 'refused' REASON | 'wait' "MILLISECONDS RECORD" | 'back' "QUEUE-KEY-INDEX RECORD"
--              | 'undone' "SEEN-KEY-INDEX OUT-KEY-INDEX ID ID-IN-OUT REASON": refused, and a later discovery may
--                queue it after all
-- Answer: {'FENCED'}, {'RETRY', bucket count} or {'OK', how many were in flight and are settled now}
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {'FENCED'} end
local counts, host = KEYS[2], ARGV[2]
if ARGV[3] ~= '' then redis.call('HSET', KEYS[5], host, ARGV[3]) end
if ARGV[4] ~= '' then
  local buckets = tonumber(redis.call('HGET', counts, 'buckets') or '1')
  if buckets ~= tonumber(ARGV[4]) then return {'RETRY', buckets} end
end
open_books(counts, KEYS[8])
redis.call('ZCARD', KEYS[6])
for i = 5, #ARGV, 3 do
  if ARGV[i + 1] == 'back' then redis.call('LLEN', KEYS[tonumber(ARGV[i + 2]:match('^%d+'))]) end
end
local settled, back = 0, {}
for i = 5, #ARGV, 3 do
  local url, verb, argument = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  local taken = redis.call('HGET', KEYS[3], url)
  if taken then
    redis.call('HDEL', KEYS[3], url)
    local job = job_of_rest(taken)
    settled = settled + 1
    book('in_flight', -1, job)
    if verb == 'done' then
      book('done', 1, job)
      book('f:' .. argument, 1)
    elseif verb == 'refused' then
      book('refused', 1, job)
      book('r:' .. argument, 1)
    elseif verb == 'undone' then
      local seen, out, id, out_id, reason = argument:match('^(%d+) (%d+) (%d+) (%d+) (%a[%a_]*)$')
      redis.call('SREM', KEYS[tonumber(seen)], id)
      redis.call('SADD', KEYS[tonumber(out)], out_id)
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
