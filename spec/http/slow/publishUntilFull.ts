import type { ServerResponse } from 'node:http';
import { turn } from './watched.ts';

/** The most that is published: more than the kernel buffers of one connection, which is up to 32 MiB by default. */
const most = 200_000;

/**
 * Publishes events of 1000 bytes to a reader that does not read, at least so many, and until the last 5000 of them found its
 * response full: the buffers of the kernel grow while it is written to. Returns how many were published.
 */
export async function publishUntilFull(
  publish: () => void,
  response: ServerResponse | undefined,
  least: number,
): Promise<number> {
  let count = 0;
  for (let full = 0; count < least || full < 5000; count++) {
    if (count === most) throw new Error(`the kernel buffered all of ${most} events`);
    publish();
    full = (response?.writableLength ?? 0) > 0 ? full + 1 : 0;
    if (count % 200 === 0) await turn();
  }
  return count;
}
