-- Files an errand with the partition whose host is to be asked, and tells its owner. Idempotent; needs no lease.
-- KEYS: 1 errands, 2 news   ARGV: 1 origin, 2 question
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('RPUSH', KEYS[2], 'errand ' .. ARGV[1])
return 1
