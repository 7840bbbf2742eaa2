-- Enters names of jobs, as long as there is room. Idempotent.
-- KEYS: 1 jobs   ARGV: 1 how many jobs there may be, 2.. names
-- Answer: one digit a name: 1 it is known now, 0 there was no room
local result = {}
for i = 2, #ARGV do
  local known = redis.call('HEXISTS', KEYS[1], ARGV[i]) == 1
  if not known and redis.call('HLEN', KEYS[1]) < tonumber(ARGV[1]) then
    local time = redis.call('TIME')
    redis.call('HSET', KEYS[1], ARGV[i], time[1] * 1000 + math.floor(time[2] / 1000))
    known = true
  end
  result[i - 1] = known and '1' or '0'
end
return table.concat(result)
