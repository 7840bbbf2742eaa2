#!lua flags=allow-oom
-- Replaces records of one host's queues by the same records in another form. What it removes must be what the caller read;
-- else nothing is changed. So it may be sent again. Fenced.
-- KEYS: 1 owner, 2 cold, 3.. heads and lists of blocks
-- ARGV: 1 fence, 2 host, 3 index as the caller read it, 4 the new one ('' none), then operations:
--       'head', key index, how many of its first records go, these joined by newlines, how many come, each of them
--       'first' | 'last', key index, the block that goes ('' none), how many come, each of them in order
-- Answer: {'FENCED'}, {'CHANGED'} or {'OK'}
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {'FENCED'} end
if (redis.call('HGET', KEYS[2], ARGV[2]) or '') ~= ARGV[3] then return {'CHANGED'} end
for i = 3, #KEYS do redis.call('LLEN', KEYS[i]) end  -- a key of a wrong type fails here, before anything is changed

-- Calls `each` with what an operation says: what, key, how many go, what they are, what comes (first and last argument).
local function operations(each)
  local at = 5
  while at <= #ARGV do
    local what, key = ARGV[at], KEYS[tonumber(ARGV[at + 1])]
    local gone = what == 'head' and tonumber(ARGV[at + 2]) or ARGV[at + 2] ~= '' and 1 or 0
    if what == 'head' then at = at + 1 end
    local count = tonumber(ARGV[at + 3])
    if not each(what, key, gone, ARGV[at + 2], at + 4, at + 3 + count) then return false end
    at = at + 4 + count
  end
  return true
end

local same = operations(function(what, key, gone, text)
  if gone == 0 then return true end
  if what == 'head' then
    local records = redis.call('LRANGE', key, 0, gone - 1)
    return #records == gone and table.concat(records, '\n') == text
  end
  return redis.call('LINDEX', key, what == 'first' and 0 or -1) == text
end)
if not same then return {'CHANGED'} end

operations(function(what, key, gone, _, from, to)
  if what == 'last' then
    if gone > 0 then redis.call('RPOP', key) end
    for i = from, to do redis.call('RPUSH', key, ARGV[i]) end
  else
    if gone > 0 then redis.call('LPOP', key, gone) end
    for i = to, from, -1 do redis.call('LPUSH', key, ARGV[i]) end
  end
  return true
end)
if ARGV[4] == '' then redis.call('HDEL', KEYS[2], ARGV[2]) else redis.call('HSET', KEYS[2], ARGV[2], ARGV[4]) end
return {'OK'}
