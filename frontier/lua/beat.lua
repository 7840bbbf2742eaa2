#!lua flags=allow-oom
-- A daemon's heart beats. A counter that goes back is that of an older state. Sent again, it beats once more: no harm.
-- KEYS: 1 daemons   ARGV: 1 daemon
-- Answer: {its counter now, then each daemon and its counter}
local beats = redis.call('HINCRBY', KEYS[1], ARGV[1], 1)
local answer = redis.call('HGETALL', KEYS[1])
table.insert(answer, 1, beats)
return answer
