-- The gate of one address, for every worker of every daemon: one is inside at a time, and after it the gate stays closed
-- for the delay. Whoever comes too early stands in line and is told when to come again. A dead one is waited for until its
-- hold is over. Microseconds, by Redis' clock. Idempotent.
-- KEYS: 1 gate
-- ARGV: 'enter', claimant, token, delay, longest hold
--       'hold', the same: by one that was let in, where the gate may have been lost: it goes before all who wait
--       'leave', the same, how long the gate stays closed, '1' if the claimant wants in again
-- Answer: enter, hold: {1, 0, now} inside, {0, wait, now} in line; leave: {1 or 0 if it was not inside, wait until its
-- next turn, now}
local late, look = 500000, 50000  -- who comes later than it was told loses its place; how soon one looks again
local verb, me, token = ARGV[1], ARGV[2], ARGV[3]
local delay, longest = tonumber(ARGV[4]), tonumber(ARGV[5])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local function text(number) return string.format('%.0f', number) end

local gate, fields = {}, redis.call('HGETALL', KEYS[1])
for i = 1, #fields, 2 do gate[fields[i]] = fields[i + 1] end
local closed = tonumber(gate.closed or '0')
if closed > now + longest then  -- the clock was set back
  closed = now + longest
  redis.call('HSET', KEYS[1], 'entered', text(now), 'closed', text(closed))
  gate.entered = now
end
local inside = closed > now and gate.holder or nil

local place, ahead, others = nil, 0, {}
for field, value in pairs(gate) do
  if field:sub(1, 2) == 'w:' then
    local since, comes = value:match('^(%d+) (%d+)$')
    if field == 'w:' .. me then
      place = tonumber(since)
    elseif tonumber(comes) + late < now or tonumber(since) > now then
      redis.call('HDEL', KEYS[1], field)
    else
      others[#others + 1] = tonumber(since)
    end
  end
end
place = math.min(place or now, now)
for _, since in ipairs(others) do if since < place then ahead = ahead + 1 end end

-- Notes when this one is to come again, as the one behind `ahead` others once the gate is open.
local function stand_in_line(open)
  local wait = open - now + ahead * delay
  redis.call('HSET', KEYS[1], 'w:' .. me, text(place) .. ' ' .. text(now + wait))
  return wait
end

local answer
if verb == 'leave' then
  answer = {0, 0, now}
  if gate.holder == token then
    closed = now + tonumber(ARGV[6])
    redis.call('HDEL', KEYS[1], 'holder', 'entered')
    redis.call('HSET', KEYS[1], 'closed', text(closed))
    answer[1] = 1
    if ARGV[7] == '1' then answer[2] = stand_in_line(closed) end
  end
elseif inside == token then
  answer = {1, 0, now}
elseif closed <= now and (ahead == 0 or verb == 'hold') then
  redis.call('HSET', KEYS[1], 'holder', token, 'entered', text(now), 'closed', text(now + longest))
  redis.call('HDEL', KEYS[1], 'w:' .. me)
  answer = {1, 0, now}
elseif inside then  -- its end is not known; the gate opens no sooner than the delay after it came
  local entered = tonumber(gate.entered)
  local again = math.max(math.min(delay, look), math.floor((now - entered) / 8))
  answer = {0, stand_in_line(math.min(closed, math.max(entered + delay, now + again))), now}
elseif closed > now then
  answer = {0, stand_in_line(closed), now}
else  -- it is the turn of another, who is about to come
  ahead = ahead - 1
  answer = {0, stand_in_line(now + math.min(delay, look)), now}
end
if redis.call('EXISTS', KEYS[1]) == 1 then
  redis.call('PEXPIRE', KEYS[1], text(math.ceil((2 * longest + #others * delay) / 1000)))
end
return answer
