-- Notes for an origin that its robots.txt was asked for elsewhere. Idempotent, fenced.
-- KEYS: 1 owner, 2 asked   ARGV: 1 fence, 2 origin, 3 question
-- Answer: {'FENCED'} or {'OK', the answer if it has come already, else ''}
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {'FENCED'} end
local answered = '!' .. ARGV[3] .. '\n'
local before = redis.call('HGET', KEYS[2], ARGV[2]) or ''
if before:sub(1, #answered) == answered then return {'OK', before:sub(#answered + 1)} end
redis.call('HSET', KEYS[2], ARGV[2], '?' .. ARGV[3])
return {'OK', ''}
