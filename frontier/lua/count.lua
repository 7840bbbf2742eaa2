#!lua flags=allow-oom
-- Counts a batch of the intake. Idempotent: said again of the last batch, it changes nothing.
-- KEYS: 1 intake   ARGV: 1 name of the batch, 2 accepted, 3 rejected, 4 duplicates: of the batch
-- Answer: {accepted, rejected, duplicates}: of all
local names, totals = {'accepted', 'rejected', 'duplicates'}, {}
local known = redis.call('HGET', KEYS[1], 'batch') == ARGV[1]
for i, name in ipairs(names) do totals[i] = redis.call('HINCRBY', KEYS[1], name, known and 0 or ARGV[i + 1]) end
redis.call('HSET', KEYS[1], 'batch', ARGV[1])
return totals
