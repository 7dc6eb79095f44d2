#!lua flags=allow-oom
-- Take the lock, unless a hub has it. The token is never lower than the seconds since 1970, so that it grows even over
-- a Redis that lost its data: agents refuse commands under an older token than they have seen.
-- KEYS: hub, token    ARGV: boot, config hash, ms to live
if redis.call('EXISTS', KEYS[1]) == 1 then
  return false
end
local time = redis.call('TIME')
local token = math.max(tonumber(redis.call('GET', KEYS[2]) or 0) + 1, tonumber(time[1]))
local since = time[1] * 1000 + math.floor(time[2] / 1000)
local value = string.format('{"boot":"%s","token":%.0f,"since":%.0f,"config":"%s"}', ARGV[1], token, since, ARGV[2])
redis.call('SET', KEYS[2], string.format('%.0f', token))
redis.call('SET', KEYS[1], value, 'PX', ARGV[3])
return value
