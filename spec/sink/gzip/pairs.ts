import { constants, gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import type { TestReader } from '../../../lib/testing/index.ts';

/** A reader without compression and one with gzip that have the same steps at the same times. */
export interface Pair {
  readonly plain: TestReader;
  readonly gzip: TestReader;
}

/** The headers of a request that accepts gzip. */
export const acceptingGzip = { headers: { 'accept-encoding': 'gzip' } };

/** Returns the decoded text of the bytes so far, which may be a part of the response. */
export function decodedSoFar(bytes: Uint8Array): Buffer {
  return bytes.length === 0 ? Buffer.alloc(0) : gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
}

/** How many bytes are decoded to check one reader, so that it takes no longer for a long stream. */
const budget = 2_000_000;

/**
 * Expects that both got the same bytes at the same moments: that each write of the one with gzip, with those before it,
 * is decoded to what the other had at that time. A response that ended has a correct trailer.
 */
export function expectSame({ plain, gzip }: Pair): void {
  // The head is sent with the first bytes, and gzip has a header before those of the stream.
  if (plain.status !== undefined) expect(gzip.status).to.equal(plain.status);
  if (gzip.headers['content-encoding'] === undefined) return expectEqual(gzip.text, plain.text);
  const { writes } = gzip;
  const step = Math.max(1, Math.ceil((writes.length * plain.bytes.length) / budget));
  for (let end = writes.length; end > 0; end -= step) {
    const at = writes[end - 1]?.at ?? 0;
    // Several writes of one time are complete after the last of them.
    if (writes[end]?.at === at) continue;
    const written = plain.writes.filter((write) => write.at <= at).map(({ bytes }) => bytes);
    const decoded = decodedSoFar(Buffer.concat(writes.slice(0, end).map(({ bytes }) => bytes)));
    expectEqual(decoded, Buffer.concat(written));
  }
  if (gzip.endedAt === undefined) expect(() => gunzipSync(gzip.bytes)).to.throw('unexpected end of file');
  else expectEqual(gunzipSync(gzip.bytes).toString(), plain.text);
}

/** Expects that two texts are equal, without a difference of megabytes. */
function expectEqual(actual: string | Buffer, expected: string | Buffer): void {
  const [a, b] = [actual, expected].map((text) => text.toString()) as [string, string];
  if (a === b) return;
  let at = 0;
  while (a[at] === b[at]) at++;
  const from = Math.max(0, at - 100);
  expect(a.slice(from, at + 100)).to.equal(b.slice(from, at + 100));
}
