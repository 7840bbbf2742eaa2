#!lua flags=no-writes
-- What a partition's structures hold, beside what is counted of them: in one moment. Changes nothing.
-- KEYS: 1 counts, 2 flight, 3 wait, 4 active, 5 cold, 6.. the three heads of each host
-- ARGV: 1 at most how many hosts one call is for; '' these are some of the hosts, else they must be all, then the hosts
-- Answer: {'MANY'} more are active than one call is for, {'CHANGED', host...} all that are active, which are not the ones
--         named, or {'OK', queued in the named hosts, in flight, waiting, active hosts, then field and value of counts...}
local most, active = tonumber(ARGV[1]), redis.call('SCARD', KEYS[4])
if most then
  if active > most then return {'MANY'} end
  local same = active == #ARGV - 1
  if same and active > 0 then
    for _, member in ipairs(redis.call('SMISMEMBER', KEYS[4], unpack(ARGV, 2))) do same = same and member == 1 end
  end
  if not same then
    local answer = redis.call('SMEMBERS', KEYS[4])
    table.insert(answer, 1, 'CHANGED')
    return answer
  end
end
local queued = 0
for i = 6, #KEYS do queued = queued + redis.call('LLEN', KEYS[i]) end
if #ARGV > 1 then
  for _, index in ipairs(redis.call('HMGET', KEYS[5], unpack(ARGV, 2))) do
    for count in (index or ''):gmatch(':(%d+)') do queued = queued + tonumber(count) end
  end
end
local answer = {'OK', queued, redis.call('HLEN', KEYS[2]), redis.call('ZCARD', KEYS[3]), active}
for _, text in ipairs(redis.call('HGETALL', KEYS[1])) do answer[#answer + 1] = text end
return answer
