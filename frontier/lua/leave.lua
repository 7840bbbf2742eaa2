#!lua flags=allow-oom
-- A daemon leaves: it counts no more, and its counter is kept for when it comes back.
-- KEYS: 1 daemons   ARGV: 1 daemon
-- Answer: 1
local beats = redis.call('HGET', KEYS[1], ARGV[1])
if beats and beats:sub(1, 1) ~= '-' then redis.call('HSET', KEYS[1], ARGV[1], '-' .. beats) end
return 1
