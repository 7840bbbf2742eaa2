-- What is kept of one host, for people. Changes nothing.
-- KEYS: 1 owner, 2 hosts, 3 robots, 4 cold, 5.. heads of its queues   ARGV: 1 host, 2 how many origins at most, 3 bytes of each at most,
--       4 '1': the host is a domain, and the names below it are its own
-- Answer: {owner or '', host state or '', 1 if it was ever asked, length of its queues, then origin and text of each
--          robots.txt}
local state = redis.call('HGET', KEYS[2], ARGV[1])
local queued = 0
for i = 5, #KEYS do queued = queued + redis.call('LLEN', KEYS[i]) end
for count in (redis.call('HGET', KEYS[4], ARGV[1]) or ''):gmatch(':(%d+)') do queued = queued + tonumber(count) end
local answer = {redis.call('GET', KEYS[1]) or '', state or '', state and 1 or 0, queued}
local host, most = ARGV[1], tonumber(ARGV[2])
for _, origin in ipairs(redis.call('HKEYS', KEYS[3])) do
  local name = origin:match('^%a+://(%[.-%])') or origin:match('^%a+://([^:/]+)') or ''
  if name:sub(-1) == '.' then name = name:sub(1, -2) end
  if most > 0 and (name == host or (ARGV[4] == '1' and name:sub(-#host - 1) == '.' .. host)) then
    most = most - 1
    answer[#answer + 1] = origin
    answer[#answer + 1] = redis.call('HGET', KEYS[3], origin):sub(1, tonumber(ARGV[3]))
  end
end
return answer
