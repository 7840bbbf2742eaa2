-- Drops an errand that was run or is not wanted any more, unless the origin has asked something else meanwhile.
-- KEYS: 1 errands   ARGV: 1 origin, 2 question
if redis.call('HGET', KEYS[1], ARGV[1]) == ARGV[2] then return redis.call('HDEL', KEYS[1], ARGV[1]) end
return 0
