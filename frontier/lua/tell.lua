#!lua flags=allow-oom
-- Writes the status of the namespace; also when Redis is full.
-- KEYS: 1 status   ARGV: field, value, ...
return redis.call('HSET', KEYS[1], unpack(ARGV))
