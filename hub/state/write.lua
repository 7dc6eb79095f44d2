#!lua flags=allow-oom
-- Write what the hub has decided: all of it or nothing, and only while this hub holds the lock.
-- allow-oom: also when the memory is full, for OFF must get through. Readings then wait by the hub's own decision.
-- KEYS: hub, sequence, readings, audit, dead, requested, state, events, alarm history
-- ARGV: the lock's value, now in ms, readings kept, audit kept, dead letters kept, prefix of command records, seconds
--       that these are kept, events kept, changes of alarms kept, then operations: a letter and its arguments.
-- Returns nothing when the lock is lost, else agent, epoch, n for every agent that was heard of.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return false
end
local _, sequence_key, readings, audit, dead, requested, state, events, alarm_history = unpack(KEYS)
local _, now, readings_kept, audit_kept, dead_kept, command_prefix, command_seconds, events_kept, alarms_kept =
  unpack(ARGV, 1, 9)
local sequences, added, live = {}, false, {}

local function sequence(agent)
  local found = sequences[agent]
  if not found then
    local stored = redis.call('HGET', sequence_key, agent)
    local epoch, n = string.match(stored or '', '^(%S+) (%d+)$')
    found = { epoch = epoch, n = tonumber(n) }
    sequences[agent] = found
  end
  return found
end

-- Only the next number of the agent's epoch is taken: nothing comes twice, nothing out of order.
local function take(agent, epoch, n)
  local last = sequence(agent)
  n = tonumber(n)
  if last.epoch ~= epoch or last.n + 1 ~= n then
    return false
  end
  last.n, last.changed = n, true
  return true
end

local function add_reading(...)
  redis.call('XADD', readings, '*', ...)
  added = true
end

-- history goes on after `n`
local function add_gap(agent, epoch, n, gap)
  add_reading('a', agent, 'e', epoch, 'n', string.format('%.0f', n), 'r', now, 'gap', gap)
end

local function bury(topic, code, reason, payload)
  redis.call('XADD', dead, 'MAXLEN', '~', dead_kept, '*', 'topic', topic, 'code', code, 'reason', reason,
    'payload', payload)
end

local operations = {}

-- a reading: agent, epoch, n, device, payload
function operations.r(at)
  local agent, epoch, n, device, payload = unpack(ARGV, at, at + 4)
  if take(agent, epoch, n) then
    add_reading('d', device, 'a', agent, 'e', epoch, 'n', n, 'r', now, 'j', payload)
  end
  return at + 5
end

-- what a device shows now: device, when it was received, payload
function operations.s(at)
  live[#live + 1] = { ARGV[at], ARGV[at + 1], ARGV[at + 2] }
  return at + 3
end

-- keep what the devices show, and tell the panels
function operations.t(at)
  local states, changes = {}, {}
  for _, shown in ipairs(live) do
    local device, received, payload = unpack(shown)
    states[#states + 1] = device
    states[#states + 1] = received .. ' ' .. payload
    changes[#changes + 1] = '"' .. device .. '":{"state":' .. payload .. ',"received":' .. received .. '}'
  end
  redis.call('HSET', state, unpack(states))
  local delta = '{"type":"delta","time":' .. now .. ',"devices":{' .. table.concat(changes, ',') .. '}}'
  redis.call('XADD', events, 'MAXLEN', '~', events_kept, '*', 'j', delta)
  return at
end

-- the result of a command: agent, epoch, n, id, record. The hub's own commands are on record already.
function operations.c(at)
  local agent, epoch, n, id, record = unpack(ARGV, at, at + 4)
  if take(agent, epoch, n) and redis.call('EXISTS', command_prefix .. id) == 0 then
    redis.call('XADD', audit, 'MAXLEN', '~', audit_kept, '*', 'j', record)
  end
  return at + 5
end

-- a numbered message that was refused: agent, epoch, n, topic, code, reason, payload
function operations.x(at)
  local agent, epoch, n, topic, code, reason, payload = unpack(ARGV, at, at + 6)
  if take(agent, epoch, n) then
    bury(topic, code, reason, payload)
  end
  return at + 7
end

-- a message without a number that was refused: topic, code, reason, payload
function operations.d(at)
  bury(unpack(ARGV, at, at + 3))
  return at + 4
end

-- a heartbeat: agent, epoch, the oldest number that the agent still has. What is older and not stored is lost.
function operations.b(at)
  local agent, epoch, oldest = unpack(ARGV, at, at + 2)
  local last, before = sequence(agent), tonumber(oldest) - 1
  local gap
  if last.epoch ~= epoch then
    gap = (last.epoch or before > 0) and 'epoch'
  elseif last.n < before then
    gap = string.format('%.0f-%.0f', last.n + 1, before)
  else
    return at + 3
  end
  last.epoch, last.n, last.changed = epoch, before, true
  if gap then
    add_gap(agent, epoch, before, gap)
  end
  return at + 3
end

-- numbers that the agent gave up between others: agent, epoch, first, last. Like a reading, only when it is next.
function operations.g(at)
  local agent, epoch, first, n = unpack(ARGV, at, at + 3)
  local last = sequence(agent)
  first, n = tonumber(first), tonumber(n)
  if last.epoch == epoch and first <= last.n + 1 and last.n < n then
    add_gap(agent, epoch, n, string.format('%.0f-%.0f', last.n + 1, n))
    last.n, last.changed = n, true
  end
  return at + 4
end

-- the record of a command: id, its field in `requested` or an empty text, record. A final record stays as it is, and one
-- that is the latest of its channel already was written before, when the answer to that was lost.
function operations.f(at)
  local id, field, record = unpack(ARGV, at, at + 2)
  local known = redis.call('GET', command_prefix .. id)
  local written = known == record and redis.call('HGET', requested, field) == record
  if not written and (not known or cjson.decode(known).status == 'pending') then
    redis.call('SET', command_prefix .. id, record, 'EX', command_seconds)
    redis.call('XADD', audit, 'MAXLEN', '~', audit_kept, '*', 'j', record)
    if field ~= '' then
      redis.call('HSET', requested, field, record)
    end
  end
  return at + 3
end

-- a change of an alarm: its number, how the alarm stands. Redis itself refuses a number that is not above the last.
function operations.a(at)
  redis.pcall('XADD', alarm_history, 'MAXLEN', '~', alarms_kept, ARGV[at], 'j', ARGV[at + 1])
  return at + 2
end

-- any other command that may be repeated without harm: how many words, the words
operations['*'] = function(at)
  local last = at + tonumber(ARGV[at])
  redis.call(unpack(ARGV, at + 1, last))
  return last + 1
end

local at = 10
while ARGV[at] do
  at = operations[ARGV[at]](at + 1)
end

if added then
  redis.call('XTRIM', readings, 'MAXLEN', '~', readings_kept)
end
local answer = {}
for agent, last in pairs(sequences) do
  if last.epoch then
    local n = string.format('%.0f', last.n)
    if last.changed then
      redis.call('HSET', sequence_key, agent, last.epoch .. ' ' .. n)
    end
    answer[#answer + 1] = agent
    answer[#answer + 1] = last.epoch
    answer[#answer + 1] = n
  end
end
return answer
