-- Brings the answer to a question back to the partition that asked, and tells its owner. Idempotent; needs no lease.
-- KEYS: 1 asked, 2 news   ARGV: 1 origin, 2 question, 3 answer
-- Answer: 1 taken, 0 nobody waits for it any more
if redis.call('HGET', KEYS[1], ARGV[1]) ~= '?' .. ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], '!' .. ARGV[2] .. '\n' .. ARGV[3])
redis.call('RPUSH', KEYS[2], 'answer ' .. ARGV[1])
return 1
