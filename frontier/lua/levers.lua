-- The operator's orders that stand, of one host or of a whole partition. Changes nothing.
-- KEYS: 1 levers   ARGV: 1 host ('' all)
-- Answer: {milliseconds now, then kind, host and text of each}
local time = redis.call('TIME')
local answer = {tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)}
local function add(field, text)
  local space = field:find(' ', 1, true)
  if not text or not space then return end
  answer[#answer + 1] = field:sub(1, space - 1)
  answer[#answer + 1] = field:sub(space + 1)
  answer[#answer + 1] = text
end
if ARGV[1] == '' then
  local all = redis.call('HGETALL', KEYS[1])
  for i = 1, #all, 2 do add(all[i], all[i + 1]) end
else
  for _, kind in ipairs({'pause', 'slow', 'block'}) do
    local field = kind .. ' ' .. ARGV[1]
    add(field, redis.call('HGET', KEYS[1], field))
  end
end
return answer
