-- Takes the next URLs of one host for its owner: from its queues into the partition's flight.
-- KEYS: 1 owner, 2 counts, 3 flight, 4 active, 5 hosts, 6 turns, 7-9 queues: high, normal, low
-- ARGV: 1 fence, 2 host, 3 how many
-- Answer: {'FENCED'} or {'OK', left in the queues, host state or '', record...}
--
-- While more than one queue holds URLs, they take turns as the cycle says: of 8 turns high has 5, normal 2, low 1. The turn
-- of an empty queue is the highest queue's that is not. `turns` keeps how far a host is in its cycle until all its queues
-- are empty, so shares are the same however few are taken at once: of any 8 URLs taken while its queue holds some, at least
-- one is low, two normal, five high; and high never waits for more than one of the others. A queue that is alone uses no turns.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {'FENCED'} end
for _, hash in ipairs({KEYS[2], KEYS[3], KEYS[5], KEYS[6]}) do redis.call('HLEN', hash) end  -- a wrong type fails before a change
local cycle = {1, 2, 1, 1, 3, 1, 2, 1}
local host, queues = ARGV[2], {KEYS[7], KEYS[8], KEYS[9]}
local left, most = {}, 0
for i, queue in ipairs(queues) do
  left[i] = redis.call('LLEN', queue)
  most = most + left[i]
end
local before = tonumber(redis.call('HGET', KEYS[6], host) or '0') or 0
local turn, order, count = before, {}, {0, 0, 0}
for i = 1, math.min(most, tonumber(ARGV[3])) do
  local highest, lowest
  for queue = 1, 3 do
    if left[queue] > 0 then
      highest = highest or queue
      lowest = queue
    end
  end
  local chosen = highest
  if lowest ~= highest then
    turn = turn % #cycle + 1
    if left[cycle[turn]] > 0 then chosen = cycle[turn] end
  end
  left[chosen] = left[chosen] - 1
  count[chosen] = count[chosen] + 1
  order[i] = chosen
end

local records = {}
for i, queue in ipairs(queues) do
  records[i] = count[i] > 0 and redis.call('LPOP', queue, count[i]) or {}
end
local taken, given = {}, {0, 0, 0}
for _, chosen in ipairs(order) do
  given[chosen] = given[chosen] + 1
  local record = records[chosen][given[chosen]]
  local tab = record:find('\t', 1, true)
  if redis.call('HSETNX', KEYS[3], record:sub(1, tab - 1), record:sub(tab + 1)) == 1 then taken[#taken + 1] = record end
end
if #order > 0 then
  redis.call('HINCRBY', KEYS[2], 'queued', -#order)
  redis.call('HINCRBY', KEYS[2], 'in_flight', #taken)
end
if #order > #taken then  -- forced again while it is being fetched: once is enough
  redis.call('HINCRBY', KEYS[2], 'done', #order - #taken)
  redis.call('HINCRBY', KEYS[2], 'f:duplicate', #order - #taken)
end
local rest = left[1] + left[2] + left[3]
if rest == 0 then
  redis.call('SREM', KEYS[4], host)
  if before > 0 then redis.call('HDEL', KEYS[6], host) end
elseif turn ~= before then
  redis.call('HSET', KEYS[6], host, turn)
end
local answer = {'OK', rest, redis.call('HGET', KEYS[5], host) or ''}
for i, record in ipairs(taken) do answer[3 + i] = record end
return answer
