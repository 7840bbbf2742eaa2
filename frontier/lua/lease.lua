#!lua flags=allow-oom
-- Takes or gives back one partition. The owner changes in no other way.
-- KEYS: 1 owner   ARGV: 1 owner as the caller saw it ('' nobody), 2 new owner ('' gives back)
-- Answer: 1 done (or done before), 0 somebody else was faster
local owner = redis.call('GET', KEYS[1]) or ''
if owner == ARGV[2] then return 1 end
if owner ~= ARGV[1] then return 0 end
if ARGV[2] == '' then redis.call('DEL', KEYS[1]) else redis.call('SET', KEYS[1], ARGV[2]) end
return 1
