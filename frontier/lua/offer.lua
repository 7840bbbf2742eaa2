-- Puts seeds into the inbox, once under a token; the last 1024 tokens are known. Idempotent.
-- KEYS: 1 seeds, 2 offered   ARGV: 1 token, 2.. entries
-- Answer: '' put, or put before; else the type of the inbox, which is no list
local type_of = redis.call('TYPE', KEYS[1]).ok
if type_of ~= 'list' and type_of ~= 'none' then return type_of end
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
if redis.call('ZADD', KEYS[2], 'NX', now, ARGV[1]) == 0 then return '' end
redis.call('ZREMRANGEBYRANK', KEYS[2], 0, -1025)
redis.call('LPUSH', KEYS[1], unpack(ARGV, 2))
return ''
