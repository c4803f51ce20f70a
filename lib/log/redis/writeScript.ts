import { scriptOf } from './scriptOf.ts';

/** Creates what `open` did not find. What is left of entries whose metadata is gone cannot be numbered any more. */
const creating = `
local function openOrCreate(name, unwritten)
  local log = open()
  if log then return log end
  redis.call('DEL', entries, keys, order)
  log = { epoch = fresh, past = unwritten .. ' 0', tail = 0, ended = '', size = 0 }
  redis.call('HSET', meta, 'format', '1', 'name', name, 'epoch', fresh, 'past', log.past, 'tail', '0', 'ended', '',
    'size', '0', 'server', server)
  return log
end
`;

/**
 * Runs the operations of one call in order: appends and ends. The result of the last call of each writer is remembered,
 * so that a call whose answer was lost is not repeated.
 *
 * ARGV: fresh epoch, name, unwritten epoch, number of the call, maxEntries, maxBytes, maxAge, maxKeys, idleTimeout, then
 * the operations: `append` key token count frame..., or `end` how token.
 */
const writing = `
local name, unwritten, call = ARGV[2], ARGV[3], tonumber(ARGV[4])
local maxEntries, maxBytes, maxAge = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local maxKeys, idle = tonumber(ARGV[8]), ARGV[9]
local last = redis.call('GET', KEYS[6])
if last then
  local known = tonumber(string.match(last, '^%d+'))
  if known == call then return last end
  if known > call then return redis.error_reply('RXSSESTALE a later call was answered') end
end
local log = openOrCreate(name, unwritten)
local now = text(clock())
local changed = false
local results = { ARGV[4] }
local function trim()
  local first = oldest()
  if not first then return end
  local from = sequence(first)
  local step = math.max(1, math.min(64, math.floor(maxEntries / 8)))
  if log.tail - from + 1 - maxEntries >= step then
    redis.call('XTRIM', entries, 'MAXLEN', '~', text(maxEntries))
    first = oldest()
    from = sequence(first)
  end
  if log.size - tonumber(first[2][fields.o]) >= maxBytes * 1.125 then
    cut(log, from, function(entry) return log.size - tonumber(entry[fields.o]) - maxBytes >= #entry[fields.f] + 52 end)
  end
  if maxAge < 1e15 then
    trimByAge(log, maxAge)
    redis.call('PEXPIRE', entries, text(math.ceil(maxAge * 1.125)))
  end
end
local function remember(key, result)
  redis.call('HSET', keys, key, result)
  redis.call('RPUSH', order, key)
  for removed = 1, 64 do
    if redis.call('LLEN', order) <= maxKeys then return end
    redis.call('HDEL', keys, redis.call('LPOP', order))
  end
end
local function fenced(token)
  local newest = token ~= '' and (redis.call('HGET', claim, 'token') or '0')
  return newest and newest ~= token and 'fenced ' .. newest
end
local function append(key, token, from, to)
  local known = key ~= '' and redis.call('HGET', keys, key)
  if known then return known end
  if log.ended ~= '' then return 'ended' end
  local refused = fenced(token)
  if refused then return refused end
  local first = log.tail + 1
  for index = from, to do
    log.tail = log.tail + 1
    local id = text(log.tail)
    redis.call('XADD', entries, id, 't', now, 'o', text(log.size), 'f', ARGV[index])
    log.size = log.size + #ARGV[index] + #log.epoch + #id + 8
  end
  changed = changed or to >= from
  local result = log.epoch .. ' ' .. text(first) .. ' ' .. text(log.tail)
  if key ~= '' and maxKeys > 0 then remember(key, result) end
  return result
end
local function finish(how, token)
  if log.ended == '' then
    local refused = fenced(token)
    if refused then return refused end
    log.ended = how
    changed = true
  end
  return table.concat({ log.epoch, text(log.tail), text(log.tail), log.ended, text(floor(log)), log.past }, ' ')
end
local index = 10
while ARGV[index] do
  local value, token = ARGV[index + 1], ARGV[index + 2]
  if ARGV[index] == 'append' then
    local from = index + 4
    index = from + tonumber(ARGV[index + 3])
    results[#results + 1] = append(value, token, from, index - 1)
  else
    results[#results + 1] = finish(value, token)
    index = index + 3
  end
end
redis.call('HSET', meta, 'tail', text(log.tail), 'ended', log.ended, 'size', text(log.size))
if changed then
  trim()
  redis.pcall('SPUBLISH', meta, log.epoch .. ' ' .. text(log.tail) .. ' ' .. log.ended)
end
local reply = table.concat(results, '\\n')
redis.call('SET', KEYS[6], reply, 'PX', 600000)
if idle ~= '0' then
  for _, key in ipairs({ meta, keys, order }) do redis.call('PEXPIRE', key, idle) end
  if maxAge < 1e15 then redis.call('PEXPIRE', entries, idle, 'LT') else redis.call('PEXPIRE', entries, idle) end
end
return reply
`;

/** Appends to a log and ends it. */
export const writeScript = scriptOf(creating, writing);
