-- What the namespace was made with; the first comer writes it.
-- KEYS: 1 meta   ARGV: field, value, ...
-- Answer: every field and value as stored
if redis.call('EXISTS', KEYS[1]) == 0 then redis.call('HSET', KEYS[1], unpack(ARGV)) end
return redis.call('HGETALL', KEYS[1])
