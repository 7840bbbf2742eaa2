-- How many seeds wait. Changes nothing.
-- KEYS: 1 seeds, 2 taking
-- Answer: a number; an inbox that is no list holds none
local waiting = redis.call('TYPE', KEYS[1]).ok == 'list' and redis.call('LLEN', KEYS[1]) or 0
return waiting + redis.call('LLEN', KEYS[2])
