#!lua flags=allow-oom
-- Ask something of the hub, unless it is not there or cannot keep up.
-- KEYS: hub, requests, command:<id>    ARGV: record without its times, most requests, seconds to keep, ms to the deadline
if redis.call('EXISTS', KEYS[1]) == 0 then
  return 'hub_down'
end
if redis.call('XLEN', KEYS[2]) >= tonumber(ARGV[2]) then
  return 'busy'
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local record = string.gsub(ARGV[1], '"requested":0', string.format('"requested":%d', now), 1)
redis.call('SET', KEYS[3], record, 'EX', ARGV[3])
redis.call('XADD', KEYS[2], '*', 'deadline', now + ARGV[4], 'j', record)
return 'ok'
