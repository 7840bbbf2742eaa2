-- Takes the news of one partition for its owner: a stranger who believes to be it must not swallow them. Fenced.
-- KEYS: 1 owner, 2 news   ARGV: 1 fence, 2 how many
-- Answer: {'FENCED'} or {'OK', 'HOST' that has URLs, or 'lever HOST', 'errand ORIGIN', 'answer ORIGIN'...}
if redis.call('EXISTS', KEYS[2]) == 0 then return {'OK'} end
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {'FENCED'} end
local answer = {'OK'}
for i, entry in ipairs(redis.call('LPOP', KEYS[2], ARGV[2]) or {}) do answer[1 + i] = entry end
return answer
