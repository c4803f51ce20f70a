import { randomFraction } from '../time/clock.ts';

/** Shorter JSON cannot hold enough to take long, and is not looked through. */
const shortBody = 64 * 1024;
const maxLevels = 1000;
const maxNames = 20_000;
const maxContainers = 500_000;

/** The bits of the table in which the different names are counted. */
const tableBits = 2 ** 20;

const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;

/**
 * Returns which limit the bytes of a long JSON text exceed, or `undefined`, before the text is parsed.
 *
 * `JSON.parse` takes up to a second for each megabyte of names that differ from each other, since each object with new
 * names gets a hidden class of its own. Names are counted by their hashes, so some may be missed, but no sender can
 * choose which. Empty arrays and objects take the most time and memory of all values: a second for each 6 MB.
 */
export function exceededLimit(bytes: Uint8Array): string | undefined {
  if (bytes.length <= shortBody) return undefined;
  const seen = new Uint8Array(tableBits / 8);
  const seed = Math.trunc(randomFraction() * 2 ** 31);
  let levels = 0;
  let names = 0;
  let containers = 0;
  let hash = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte === quote) {
      hash = seed;
      for (at++; at < bytes.length && bytes[at] !== quote; at++) {
        if (bytes[at] === backslash) at++;
        hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
        hash ^= hash >>> 15;
      }
    } else if (byte === colon) {
      const bit = (hash >>> 4) % tableBits;
      const slot = bit >>> 3;
      const mask = 1 << (bit & 7);
      if (((seen[slot] as number) & mask) !== 0) continue;
      seen[slot] = (seen[slot] as number) | mask;
      if (++names > maxNames) return `at most ${maxNames} different names`;
    } else if ((byte | 0x20) === 0x7b) {
      if (++levels > maxLevels) return `at most ${maxLevels} levels`;
      if (++containers > maxContainers) return `at most ${maxContainers} arrays and objects`;
    } else if ((byte | 0x20) === 0x7d) levels--;
  }
  return undefined;
}
