-- Sets or undoes an operator's orders for one host, and tells the owner. Idempotent; needs no lease.
-- KEYS: 1 levers, 2 news, 3 hosts, 4 active
-- ARGV: 1 host, 2 order, 3 id of the order, 4 its terms, 5 how many orders a partition may hold
--       orders: 'pause' | 'slow' | 'block' set it, 'resume' undoes all three, 'lift' undoes the one with this id
-- Answer: {'FULL'} or {'OK', 1 if the host is known, milliseconds now, then kind and text of each order that stands}
local levers, host, order, id = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local kinds, fields = {'pause', 'slow', 'block'}, {}
for i, kind in ipairs(kinds) do fields[i] = kind .. ' ' .. host end

local function has_id(text) return text and text:sub(1, 3 + #id) == '1 ' .. id .. ' ' end

if order == 'resume' then
  redis.call('HDEL', levers, unpack(fields))
elseif order == 'lift' then
  for _, field in ipairs(fields) do
    if has_id(redis.call('HGET', levers, field)) then redis.call('HDEL', levers, field) end
  end
else
  local field = order .. ' ' .. host
  local before = redis.call('HGET', levers, field)
  if not before and redis.call('HLEN', levers) >= tonumber(ARGV[5]) then return {'FULL'} end
  if not has_id(before) then
    redis.call('HSET', levers, field, string.format('1 %s %.0f %s', id, now, ARGV[4]))
  end
end
redis.call('RPUSH', KEYS[2], 'lever ' .. host)

local known = redis.call('HEXISTS', KEYS[3], host) == 1 or redis.call('SISMEMBER', KEYS[4], host) == 1
local answer = {'OK', known and 1 or 0, now}
for i, text in ipairs(redis.call('HMGET', levers, unpack(fields))) do
  if text then
    answer[#answer + 1] = kinds[i]
    answer[#answer + 1] = text
  end
end
return answer
