#!lua flags=allow-oom
-- A daemon's heart beats. A counter that goes back is that of an older state, and stays as it is then. It never starts
-- anew: a negative one is that of a daemon which has left.
-- KEYS: 1 daemons   ARGV: 1 daemon, 2 what its counter is to become ('': one more than it is; sent again, it is one
-- more again: no harm), 3 a counter below this one is none of ours
-- Answer: {its counter as found, as it is now, then each daemon and its counter}
local found = math.abs(tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or 0))
local wanted = tonumber(ARGV[2]) or found + 1
local now = found
if found >= tonumber(ARGV[3]) and found < wanted then
  now = wanted
  redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f', now))
end
local answer = redis.call('HGETALL', KEYS[1])
table.insert(answer, 1, string.format('%.0f', now))
table.insert(answer, 1, string.format('%.0f', found))
return answer
