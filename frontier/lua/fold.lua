#!lua flags=allow-oom
-- Adds the bytes of a daemon that was forgotten to those of all such, so that its field can go. Idempotent.
-- KEYS: 1 received   ARGV: 1 daemon, 2 the field of all that were forgotten
-- Answer: 1 they were added, 0 there were none
local bytes = redis.call('HGET', KEYS[1], ARGV[1])
if not bytes then return 0 end
if string.match(bytes, '^%d+$') then redis.call('HINCRBY', KEYS[1], ARGV[2], bytes) end
return redis.call('HDEL', KEYS[1], ARGV[1])
