import { shutdown } from '../../../lib/index.ts';
import type { Faults } from '../../support/FaultyConnection.ts';
import { faultProxy } from '../../support/faultProxy.ts';
import { listen } from '../../support/listen.ts';
import { type Follower, follow, hasPosition } from '../eventSource.ts';
import { everyTurn, turn } from '../slow/watched.ts';
import type { Producer } from './producers.ts';

interface ReadThrough {
  /** The most publications that were not received yet. @default 40 */
  readonly ahead?: number;
  /** The longest wait, in ms. @default 20000 */
  readonly patience?: number;
}

export interface Read {
  /** The last number that was published. */
  readonly sent: number;
  readonly seen: Follower['seen'];
  readonly attempts: Follower['attempts'];
}

/**
 * Reads a route to its end with a foreign EventSource, over connections with the
 * faults of the script, one after the other, and a last one without a fault.
 * Meanwhile a number is published in each turn of the event loop.
 *
 * The first connection is broken when the reader has received its position and the
 * retry, since without a retry it reconnects after 3 s.
 */
export function readThrough(
  producer: Producer,
  script: readonly Faults[],
  { ahead = 40, patience = 20_000 }: ReadThrough = {},
): Promise<Read> {
  const faultsOf = (connection: number): Faults => script[connection - 1] ?? {};
  return listen(
    (request, response) => producer.route(request, response),
    (url) =>
      faultProxy(url, faultsOf, (proxy) =>
        follow(
          proxy.url,
          async (follower) => {
            const { seen, attempts, until } = follower;
            await until(hasPosition);
            proxy.breakAll();
            let sent = 0;
            const emitMore = (): void => {
              if (sent < ahead + lastOf(seen)) producer.emit(++sent);
            };
            await everyTurn(emitMore, () => until(() => proxy.count > script.length + 1));
            producer.end();
            await until(() => seen.includes('closed'));
            // The responses of broken connections are closed as well.
            while (producer.open > 0) await turn();
            // A run that has ended is retained for a while, and keeps the process alive.
            await shutdown(producer.route);
            return { sent, seen, attempts };
          },
          { patience },
        ),
      ),
  );
}

function lastOf(seen: Follower['seen']): number {
  return Number(seen.findLast((one) => /^\d+$/.test(one)) ?? 0);
}
