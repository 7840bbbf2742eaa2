-- Keeps what is known of an origin's robots.txt; what was asked for elsewhere is answered by it. The partition keeps a
-- bounded number of bytes: what was written longest ago makes room, and goes when it is too old. Idempotent, fenced.
-- KEYS: 1 owner, 2 robots, 3 asked, 4 written, 5 counts
-- ARGV: 1 fence, 2 origin, 3 verdict, 4 bytes at most, 5 how long one is kept (ms)
local ENTRY = 200 -- of Redis' own for each
local MOST = 5000 -- that go at once: as many as the room for one verdict may take
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {'FENCED'} end
local origin = ARGV[2]

local function bytes_of(one)
  if redis.call('HEXISTS', KEYS[2], one) == 0 then return 0 end
  return redis.call('HSTRLEN', KEYS[2], one) + #one + ENTRY
end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local bytes = 0
if redis.call('EXISTS', KEYS[4]) == 1 then
  bytes = tonumber(redis.call('HGET', KEYS[5], 'robots_bytes') or 0)
else -- nobody has counted what is there
  for _, one in ipairs(redis.call('HKEYS', KEYS[2])) do
    redis.call('ZADD', KEYS[4], now, one)
    bytes = bytes + bytes_of(one)
  end
end

bytes = bytes - bytes_of(origin)
redis.call('HSET', KEYS[2], origin, ARGV[3])
bytes = bytes + bytes_of(origin)
redis.call('ZADD', KEYS[4], now, origin)
redis.call('HDEL', KEYS[3], origin)

for _ = 1, MOST do
  local two = redis.call('ZRANGE', KEYS[4], 0, 1, 'WITHSCORES')
  local at = two[1] == origin and 3 or 1
  local oldest = two[at]
  if not oldest or (bytes <= tonumber(ARGV[4]) and now - two[at + 1] <= tonumber(ARGV[5])) then break end
  bytes = bytes - bytes_of(oldest)
  redis.call('HDEL', KEYS[2], oldest)
  redis.call('ZREM', KEYS[4], oldest)
end
redis.call('HSET', KEYS[5], 'robots_bytes', bytes)
return {'OK'}
