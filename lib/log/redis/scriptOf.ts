import { createHash } from 'node:crypto';

/** A Lua script, which Redis runs as one atomic operation. */
export interface RedisScript {
  readonly text: string;
  /** The hash by which Redis runs a script that it knows. */
  readonly sha: string;
}

/** Returns the script of these lines of Lua, after those that open the log. */
export function scriptOf(...parts: readonly string[]): RedisScript {
  const text = [opening, ...parts].join('\n');
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}

/**
 * Starts every script: `open` returns the metadata of the log, or nil for one that was never written to.
 *
 * Redis changes its replication id whenever it starts and whenever a replica becomes the master. What it acknowledged
 * just before may be lost then, so the numbering continues under a fresh epoch, and the one before becomes a past epoch
 * that ends at the tail which is still known.
 *
 * Each entry has the time of its append (t), the bytes of all entries before it (o), and its frame without the id (f).
 */
const opening = `
local meta, entries, keys, order, claim = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local fresh = ARGV[1]
local server = string.match(redis.call('INFO', 'replication'), 'master_replid:(%w+)') or ''
local function text(number) return string.format('%.0f', number) end
local function clock()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end
local function sequence(entry) return tonumber(string.match(entry[1], '^%d+')) end
local function open()
  local found = redis.call('HMGET', meta, 'format', 'epoch', 'past', 'tail', 'ended', 'size', 'server')
  if not found[2] then return nil end
  if found[1] ~= '1' then error({ err = 'RXSSEFORMAT the log has the format ' .. tostring(found[1]) }) end
  local log = { epoch = found[2], past = found[3], tail = tonumber(found[4]), ended = found[5], size = tonumber(found[6]) }
  if found[7] ~= server then
    local past = {}
    for epoch, last in string.gmatch(log.past .. ' ' .. log.epoch .. ' ' .. text(log.tail), '(%S+) (%d+)') do
      past[#past + 1] = epoch .. ' ' .. last
    end
    log.past = table.concat(past, ' ', math.max(1, #past - 7))
    log.epoch = fresh
    redis.call('HSET', meta, 'epoch', log.epoch, 'past', log.past, 'server', server)
  end
  return log
end
local function oldest()
  return redis.call('XRANGE', entries, '-', '+', 'COUNT', 1)[1]
end
local function floor(log)
  local first = oldest()
  return first and math.min(sequence(first) - 1, log.tail) or log.tail
end
local fields = { t = 2, o = 4, f = 6 }
local function cut(log, from, isOld)
  local low, high = from, log.tail
  while low < high do
    local middle = math.floor((low + high) / 2)
    local entry = redis.call('XRANGE', entries, text(middle), '+', 'COUNT', 1)[1]
    if entry and isOld(entry[2]) then low = middle + 1 else high = middle end
  end
  if low > from then redis.call('XTRIM', entries, 'MINID', text(low)) end
end
local function trimByAge(log, maxAge)
  local first = oldest()
  if not first then return end
  local now = clock()
  if now - tonumber(first[2][fields.t]) <= maxAge * 1.125 then return end
  cut(log, sequence(first), function(entry) return now - tonumber(entry[fields.t]) > maxAge end)
end
`;
