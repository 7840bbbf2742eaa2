#!lua flags=allow-oom
-- Moves URLs whose wait is over to the front of their queues, in the order given. Idempotent, fenced.
-- KEYS: 1 owner, 2 counts, 3 wait, 4 active, 5 news, 6 jobs, 7.. queues
-- ARGV: 1 fence, then 3 per URL: key index of its queue, host, record
-- Answer: {'FENCED'} or {'OK', how many were moved}
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {'FENCED'} end
open_books(KEYS[2], KEYS[6])
redis.call('SCARD', KEYS[4])
redis.call('LLEN', KEYS[5])
for i = 2, #ARGV, 3 do redis.call('LLEN', KEYS[tonumber(ARGV[i])]) end
local moved = 0
for i = #ARGV - 2, 2, -3 do
  if redis.call('ZREM', KEYS[3], ARGV[i + 2]) == 1 then
    moved = moved + 1
    local job = job_of(ARGV[i + 2])
    book('waiting', -1, job)
    book('queued', 1, job)
    if redis.call('LPUSH', KEYS[tonumber(ARGV[i])], ARGV[i + 2]) == 1 then
      redis.call('SADD', KEYS[4], ARGV[i + 1])
      redis.call('RPUSH', KEYS[5], ARGV[i + 1])
    end
  end
end
write_books(KEYS[2], KEYS[6])
return {'OK', moved}
