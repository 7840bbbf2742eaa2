-- URLs of one partition whose wait is over by Redis' clock, and how long the next one still waits.
-- KEYS: 1 wait   ARGV: 1 at most how many
-- Answer: {milliseconds until the next after these, or -1, record...}
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local answer = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, ARGV[1])
local rest = redis.call('ZRANGE', KEYS[1], #answer, #answer, 'WITHSCORES')
table.insert(answer, 1, rest[2] and math.max(0, tonumber(rest[2]) - now) or -1)
return answer
