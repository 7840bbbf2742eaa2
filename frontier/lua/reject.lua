-- Lists what a batch of the intake was refused of, newest first. Idempotent: said again of the last batch, it changes nothing.
-- KEYS: 1 rejected, 2 the batch that was listed last   ARGV: 1 name of the batch, 2 how many entries are kept, 3.. entries
-- Answer: 1 listed, 0 it was before
if redis.call('GET', KEYS[2]) == ARGV[1] then return 0 end
redis.call('LPUSH', KEYS[1], unpack(ARGV, 3))
redis.call('LTRIM', KEYS[1], 0, tonumber(ARGV[2]) - 1)
redis.call('SET', KEYS[2], ARGV[1])
return 1
