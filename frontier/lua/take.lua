#!lua flags=allow-oom
-- Takes the next URLs of one host for its owner: from the head of its queues into the partition's flight.
-- KEYS: 1 owner, 2 counts, 3 flight, 4 active, 5 hosts, 6 turns, 7 cold, 8-10 heads: high, normal, low, 11 jobs
-- ARGV: 1 fence, 2 host, 3 how many
-- Answer: {'FENCED'} or {'OK', left in the queues, host state or '', the length of the longest head, the class that must be
--          unpacked before more can be taken or '', record...}
--
-- While more than one queue holds URLs, they take turns as the cycle says: of 8 turns high has 5, normal 2, low 1. The turn
-- of an empty queue is the highest queue's that is not. `turns` keeps how far a host is in its cycle until all its queues
-- are empty, so shares are the same however few are taken at once: of any 8 URLs taken while its queue holds some, at least
-- one is low, two normal, five high; and high never waits for more than one of the others. A queue that is alone uses no turns.
-- Of a queue the shallowest of the first 16 goes first, and none that is deeper than what is packed.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {'FENCED'} end
open_books(KEYS[2], KEYS[11])
redis.call('SCARD', KEYS[4])
for _, hash in ipairs({KEYS[3], KEYS[5], KEYS[6]}) do redis.call('HLEN', hash) end
local cycle, looked = {1, 2, 1, 1, 3, 1, 2, 1}, math.max(16, tonumber(ARGV[3]))
local host, heads, letters = ARGV[2], {KEYS[8], KEYS[9], KEYS[10]}, {h = 1, n = 2, l = 3}
local left, length, packed = {}, {}, {}
for i, head in ipairs(heads) do
  length[i] = redis.call('LLEN', head)
  left[i] = length[i]
end
local index = redis.call('HGET', KEYS[7], host) or ''
for class, letter, depth, count in index:gmatch('((%a)(%d+)):(%d+)') do  -- not what is set aside: "n2!:64"
  local queue = letters[letter]
  packed[queue] = packed[queue] or {class = class, depth = tonumber(depth)}  -- the index begins with the shallowest
  left[queue] = left[queue] + tonumber(count)
end

-- The place in the head of the one of a queue that is next, or nil and the class to unpack.
local seen = {}
local function shallowest(queue)
  if not seen[queue] then
    seen[queue] = {}
    for place, record in ipairs(length[queue] > 0 and redis.call('LRANGE', heads[queue], 0, looked - 1) or {}) do
      seen[queue][place] = {record = record, depth = math.min(63, tonumber(record:match('\t(%d+)')))}
    end
  end
  local best
  for place, entry in ipairs(seen[queue]) do
    if not entry.taken and (not best or entry.depth < seen[queue][best].depth) then best = place end
  end
  local cold = packed[queue]
  if cold and (not best or seen[queue][best].depth > cold.depth) then return nil, cold.class end
  return best
end

local before = tonumber(redis.call('HGET', KEYS[6], host) or '0') or 0
local turn, chosen, unpack_first = before, {}, ''
for _ = 1, tonumber(ARGV[3]) do
  local highest, lowest
  for queue = 1, 3 do
    if left[queue] > 0 then
      highest = highest or queue
      lowest = queue
    end
  end
  if not highest then break end
  local queue, next_turn = highest, turn
  if lowest ~= highest then
    next_turn = turn % #cycle + 1
    if left[cycle[next_turn]] > 0 then queue = cycle[next_turn] end
  end
  local place, class = shallowest(queue)
  if not place then
    unpack_first = class or ''
    break
  end
  turn = next_turn
  seen[queue][place].taken = true
  left[queue] = left[queue] - 1
  chosen[#chosen + 1] = seen[queue][place].record
end

for queue, entries in pairs(seen) do
  local front, all = 0, 0
  for place, entry in ipairs(entries) do
    if entry.taken then
      all = all + 1
      if front == place - 1 then front = place end
    end
  end
  if front > 0 then redis.call('LPOP', heads[queue], front) end
  for place, entry in ipairs(entries) do
    if entry.taken and place > front then redis.call('LREM', heads[queue], 1, entry.record) end
  end
  length[queue] = length[queue] - all
end
local taken = {}
for _, record in ipairs(chosen) do
  local tab = record:find('\t', 1, true)
  local rest_of_record = record:sub(tab + 1)
  local job = job_of_rest(rest_of_record)
  book('queued', -1, job)
  if redis.call('HSETNX', KEYS[3], record:sub(1, tab - 1), rest_of_record) == 1 then
    taken[#taken + 1] = record
    book('in_flight', 1, job)
  else  -- forced again while it is being fetched: once is enough
    book('done', 1, job)
    book('f:duplicate', 1)
  end
end
write_books(KEYS[2], KEYS[11])
local rest = left[1] + left[2] + left[3]
if rest == 0 then
  if index:find('!', 1, true) == nil then redis.call('SREM', KEYS[4], host) end
  if before > 0 then redis.call('HDEL', KEYS[6], host) end
elseif turn ~= before then
  redis.call('HSET', KEYS[6], host, turn)
end
local answer = {'OK', rest, redis.call('HGET', KEYS[5], host) or '', math.max(length[1], length[2], length[3]), unpack_first}
for _, record in ipairs(taken) do answer[#answer + 1] = record end
return answer
