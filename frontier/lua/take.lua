-- Takes the next URLs of one host for its owner: from its queue into the partition's flight.
-- KEYS: 1 owner, 2 counts, 3 flight, 4 active, 5 hosts, 6 queue
-- ARGV: 1 fence, 2 host, 3 how many
-- Answer: {'FENCED'} or {'OK', left in the queue, host state or '', record...}
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {'FENCED'} end
local records = redis.call('LPOP', KEYS[6], ARGV[3]) or {}
local taken = {}
for _, record in ipairs(records) do
  local tab = record:find('\t', 1, true)
  if redis.call('HSETNX', KEYS[3], record:sub(1, tab - 1), record:sub(tab + 1)) == 1 then taken[#taken + 1] = record end
end
if #records > 0 then
  redis.call('HINCRBY', KEYS[2], 'queued', -#records)
  redis.call('HINCRBY', KEYS[2], 'in_flight', #taken)
end
if #records > #taken then  -- forced again while it is being fetched: once is enough
  redis.call('HINCRBY', KEYS[2], 'done', #records - #taken)
  redis.call('HINCRBY', KEYS[2], 'f:duplicate', #records - #taken)
end
local left = redis.call('LLEN', KEYS[6])
if left == 0 then redis.call('SREM', KEYS[4], ARGV[2]) end
local answer = {'OK', left, redis.call('HGET', KEYS[5], ARGV[2]) or ''}
for i, record in ipairs(taken) do answer[3 + i] = record end
return answer
