import { scriptOf } from './scriptOf.ts';

/**
 * Reads a page and the state of the log: the frames with their ids, one after the other. Where entries are missing
 * within the stream, the page ends before them or starts after them.
 *
 * ARGV: fresh epoch, after, maxBytes, maxAge.
 */
const paging = `
local log = open()
if not log then return false end
local after, maxBytes, maxAge = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
if maxAge < 1e15 then trimByAge(log, maxAge) end
local lowest = floor(log)
local start = math.max(after, lowest)
local frames, length, last, want = {}, 0, start, 1
while want > 0 and last < log.tail do
  local found = redis.call('XRANGE', entries, text(last + 1), '+', 'COUNT', want)
  if #found < want then want = 0 end
  for _, entry in ipairs(found) do
    local number = sequence(entry)
    if number ~= last + 1 then
      if #frames > 0 then want = 0 break end
      lowest, start, last = number - 1, number - 1, number - 1
    end
    local frame = 'id: 1.' .. log.epoch .. '.' .. text(number) .. '\\n' .. entry[2][6]
    if #frames > 0 and length + #frame > maxBytes then want = 0 break end
    frames[#frames + 1] = frame
    length = length + #frame
    last = number
  end
  if #frames == 0 or #frames >= 4096 then break end
  if want > 0 then want = math.max(1, math.min(256, math.floor((maxBytes - length) * #frames / length))) end
  if length >= maxBytes then break end
end
if #frames == 0 and last < log.tail then lowest, start, last = log.tail, math.max(after, log.tail), math.max(after, log.tail) end
return {
  table.concat({ log.epoch, text(log.tail), text(lowest), text(start), text(last), log.ended, log.past }, ' '),
  table.concat(frames),
}
`;

/** Reads a page of a log. */
export const readScript = scriptOf(paging);
