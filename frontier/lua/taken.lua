#!lua flags=allow-oom
-- Ends a batch of the intake: its entries are in the frontier, or rejected. Idempotent.
-- KEYS: 1 taking, 2 batch   ARGV: 1 name of the batch, 2 how many entries it had
-- Answer: 1 ended, 0 it was before
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('LTRIM', KEYS[1], ARGV[2], -1)
redis.call('DEL', KEYS[2])
return 1
