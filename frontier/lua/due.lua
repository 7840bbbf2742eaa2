-- URLs of one partition whose wait is over by Redis' clock, and how long the next one still waits. What is further off than
-- any wait is long was filed before that clock stepped back: its wait is over too.
-- KEYS: 1 wait   ARGV: 1 at most how many, 2 the longest wait in milliseconds
-- Answer: {milliseconds until the next after these, or -1, record...}
local most, longest = tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local answer = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, most)
local rest = redis.call('ZRANGE', KEYS[1], #answer, #answer, 'WITHSCORES')
local left = rest[2] and math.max(0, tonumber(rest[2]) - now) or -1
local far = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. string.format('%.0f', now + longest), '+inf', 'LIMIT', 0, most - #answer)
for _, record in ipairs(far) do answer[#answer + 1] = record end
if left > longest then left = redis.call('ZCARD', KEYS[1]) > #answer and 0 or -1 end
table.insert(answer, 1, left)
return answer
