-- Where one URL is, for people. Changes nothing.
-- KEYS: 1 counts, 2 its bucket of seen, 3 of out, 4 flight, 5 wait, 6 cold, 7 robots, 8.. heads of its host's queues
-- ARGV: 1 bucket count as the caller knows it, 2 URL, 3 host, 4 origin, 5 id, 6 id in out buckets, 7 codes (2 digits each, joined),
--       8 how many records of each structure are looked at
-- Answer: {'RETRY', bucket count} or
--         {'OK', bucket count, 1 if it is in seen, its code in out or '', where: '', 'flight', 'wait' or 'queue', its record or '',
--          milliseconds until it is due, 1 if all records were looked at, length of the host's queues, URLs that wait in the
--          partition, index of what is packed or '', robots.txt of the origin or '', 1 if that is kept}
local buckets = tonumber(redis.call('HGET', KEYS[1], 'buckets') or '1')
if buckets ~= tonumber(ARGV[1]) then return {'RETRY', buckets} end
local url, host, most = ARGV[2], ARGV[3], tonumber(ARGV[8])
local seen, code = redis.call('SISMEMBER', KEYS[2], ARGV[5]), ''
for each in ARGV[7]:gmatch('%d%d') do
  if redis.call('SISMEMBER', KEYS[3], ARGV[6] .. each) == 1 then code = each end
end

local start = url .. '\t'
local function first_of(records)
  for _, record in ipairs(records) do
    if record:sub(1, #start) == start then return record end
  end
end

local where, record, due, all, queued, index = '', '', 0, 1, 0, redis.call('HGET', KEYS[6], host) or ''
local waiting = redis.call('ZCARD', KEYS[5])
for i = 8, #KEYS do
  local length = redis.call('LLEN', KEYS[i])
  queued = queued + length
  if length > most then all = 0 end
end
for count in index:gmatch(':(%d+)') do queued = queued + tonumber(count) end
if waiting > most then all = 0 end

local flight = redis.call('HGET', KEYS[4], url)
if flight then
  where, record, all = 'flight', start .. flight, 1
elseif seen == 1 then
  for i = 8, #KEYS do
    local found = where == '' and first_of(redis.call('LRANGE', KEYS[i], 0, most - 1))
    if found then where, record, all = 'queue', found, 1 end
  end
  local found = where == '' and first_of(redis.call('ZRANGE', KEYS[5], 0, most - 1))
  if found then
    local time = redis.call('TIME')
    where, record, all = 'wait', found, 1
    due = tonumber(redis.call('ZSCORE', KEYS[5], found)) - tonumber(time[1]) * 1000 - math.floor(tonumber(time[2]) / 1000)
  end
end
local robots = redis.call('HGET', KEYS[7], ARGV[4])
return {'OK', buckets, seen, code, where, record, due, all, queued, waiting, index, robots or '', robots and 1 or 0}
