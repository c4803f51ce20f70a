import { scriptOf } from './scriptOf.ts';

/**
 * Takes, renews or gives up the claim of a log. A new token is at least the time, so that it is higher than those before
 * it also where Redis has lost them.
 *
 * ARGV: fresh epoch, holder, lease, idleTimeout.
 */
const claimingLines = `
if (redis.call('HGET', meta, 'ended') or '') ~= '' then return 'ended' end
local holder, lease, idle = 'by ' .. ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local now = clock()
local found = redis.call('HMGET', claim, 'holder', 'token', 'since', 'until')
local token, since, expiry = tonumber(found[2] or '0'), tonumber(found[3] or '0'), tonumber(found[4] or '0')
local held = found[1] == holder
local remaining = found[1] and found[1] ~= '' and now >= since and math.max(expiry - now, 0) or 0
if lease == 0 then
  if not held then return '0 ' .. text(token) .. ' ' .. text(remaining) end
  redis.call('HSET', claim, 'holder', '', 'until', '0')
  redis.pcall('SPUBLISH', meta, 'released')
  return '0 ' .. text(token) .. ' 0'
end
if not held then
  if remaining > 0 then return '0 ' .. text(token) .. ' ' .. text(remaining) end
  token = math.max(token + 1, now)
end
redis.call('HSET', claim, 'holder', holder, 'token', text(token), 'since', text(now), 'until', text(now + lease))
if idle > 0 then redis.call('PEXPIRE', claim, text(math.max(idle, lease))) end
return '1 ' .. text(token) .. ' ' .. text(lease)
`;

/** Claims a log. */
export const claimScript = scriptOf(claimingLines);
