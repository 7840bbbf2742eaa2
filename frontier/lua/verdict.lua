-- Keeps what is known of an origin's robots.txt; what was asked for elsewhere is answered by it. Idempotent, fenced.
-- KEYS: 1 owner, 2 robots, 3 asked   ARGV: 1 fence, 2 origin, 3 verdict
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {'FENCED'} end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
redis.call('HDEL', KEYS[3], ARGV[2])
return {'OK'}
