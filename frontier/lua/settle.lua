-- Ends what was in flight for one host: done, refused, waiting for a retry, or back in its queue. Idempotent, fenced.
-- KEYS: 1 owner, 2 counts, 3 flight, 4 active, 5 hosts, 6 wait, 7 news, 8.. queues, buckets of seen and out
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
redis.call('HLEN', counts)  -- a key of a wrong type fails here, before anything is changed
redis.call('ZCARD', KEYS[6])
for i = 5, #ARGV, 3 do
  if ARGV[i + 1] == 'back' then redis.call('LLEN', KEYS[tonumber(ARGV[i + 2]:match('^%d+'))]) end
end
local settled, back = 0, {}
for i = 5, #ARGV, 3 do
  local url, verb, argument = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  if redis.call('HDEL', KEYS[3], url) == 1 then
    settled = settled + 1
    if verb == 'done' then
      redis.call('HINCRBY', counts, 'done', 1)
      redis.call('HINCRBY', counts, 'f:' .. argument, 1)
    elseif verb == 'refused' then
      redis.call('HINCRBY', counts, 'refused', 1)
      redis.call('HINCRBY', counts, 'r:' .. argument, 1)
    elseif verb == 'undone' then
      local seen, out, id, out_id, reason = argument:match('^(%d+) (%d+) (%d+) (%d+) (%a[%a_]*)$')
      redis.call('SREM', KEYS[tonumber(seen)], id)
      redis.call('SADD', KEYS[tonumber(out)], out_id)
      redis.call('HINCRBY', counts, 'refused', 1)
      redis.call('HINCRBY', counts, 'r:' .. reason, 1)
    elseif verb == 'wait' then
      local space = argument:find(' ', 1, true)
      local time = redis.call('TIME')
      local due = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000) + tonumber(argument:sub(1, space - 1))
      if redis.call('ZADD', KEYS[6], due, argument:sub(space + 1)) == 1 then
        redis.call('HINCRBY', counts, 'waiting', 1)
      else  -- forced again while the same retry waits: once is enough
        redis.call('HINCRBY', counts, 'done', 1)
        redis.call('HINCRBY', counts, 'f:duplicate', 1)
      end
    else
      back[#back + 1] = argument
    end
  end
end
if settled > 0 then redis.call('HINCRBY', counts, 'in_flight', -settled) end
if #back > 0 then
  redis.call('HINCRBY', counts, 'queued', #back)
  for i = #back, 1, -1 do  -- to the front, in the order given
    local space = back[i]:find(' ', 1, true)
    if redis.call('LPUSH', KEYS[tonumber(back[i]:sub(1, space - 1))], back[i]:sub(space + 1)) == 1 then
      redis.call('SADD', KEYS[4], host)
      redis.call('RPUSH', KEYS[7], host)
    end
  end
end
return {'OK', settled}
