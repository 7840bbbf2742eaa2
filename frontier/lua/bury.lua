-- Forgets a daemon that died, unless its heart has beaten since. Idempotent.
-- KEYS: 1 daemons   ARGV: 1 daemon, 2 its counter as it stood still
-- Answer: 1 forgotten, 0 it is not, or was before
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
return redis.call('HDEL', KEYS[1], ARGV[1])
