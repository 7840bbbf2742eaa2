-- Moves the oldest entries of the inbox to a list of their own, unless some are there that a life before has left, and
-- names them as one batch. Sent again, it answers the same batch.
-- KEYS: 1 seeds, 2 taking, 3 batch   ARGV: 1 a name that no batch had, 2 how many entries, 3 bytes of one, 4 bytes of all
-- Answer: {} where nothing is there, or {name of the batch, entry...}; of one that is too long only so much as shows it;
--         {'', type} where the inbox is no list: anybody may write it
local type_of = redis.call('TYPE', KEYS[1]).ok
if type_of ~= 'list' and type_of ~= 'none' and redis.call('LLEN', KEYS[2]) == 0 then return {'', type_of} end
local most, longest, room = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
if redis.call('LLEN', KEYS[2]) == 0 then
  for _ = 1, most do
    local entry = room > 0 and redis.call('RPOP', KEYS[1])  -- LPUSH, the usual way to seed, puts the newest at the head
    if not entry then break end
    entry = entry:sub(1, longest + 1)
    room = room - #entry
    redis.call('RPUSH', KEYS[2], entry)
  end
end
local answer = redis.call('LRANGE', KEYS[2], 0, most - 1)
if #answer == 0 then return {} end
redis.call('SET', KEYS[3], ARGV[1], 'NX')
table.insert(answer, 1, redis.call('GET', KEYS[3]))
return answer
