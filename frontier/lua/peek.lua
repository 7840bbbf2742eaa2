-- What the owner needs to know before it repacks a host's queues. Changes nothing. Fenced.
-- KEYS: 1 owner, 2 cold, 3.. heads   ARGV: 1 fence, 2 host, 3 a head up to this length is left out, 4 records of each at most
-- Answer: {'FENCED'} or {'OK', index or '', {record...} of each head}
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {'FENCED'} end
local answer = {'OK', redis.call('HGET', KEYS[2], ARGV[2]) or ''}
for i = 3, #KEYS do
  local long = redis.call('LLEN', KEYS[i]) > tonumber(ARGV[3])
  answer[i] = long and redis.call('LRANGE', KEYS[i], 0, tonumber(ARGV[4]) - 1) or {}
end
return answer
