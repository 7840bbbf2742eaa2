-- Forgets a daemon that died, unless its heart has beaten since. Idempotent.
-- KEYS: 1 daemons   ARGV: 1 daemon, 2 its counter as it stood still
-- Answer: 1 it is forgotten, now or before, 0 it has beaten
local counter = redis.call('HGET', KEYS[1], ARGV[1])
if counter and counter ~= ARGV[2] then return 0 end
redis.call('HDEL', KEYS[1], ARGV[1])
return 1
