import { shutdown } from '../../../lib/index.ts';
import type { Faults } from '../../support/FaultyConnection.ts';
import { faultProxy } from '../../support/faultProxy.ts';
import { listen } from '../../support/listen.ts';
import { type Follower, follow, hasPosition } from '../eventSource.ts';
import { everyTurn, turn } from '../slow/watched.ts';
import type { Producer } from './producers.ts';

interface ReadThrough {
  /** How far publications are ahead of what was received, at most. @default 40 */
  readonly ahead?: number;
  /** Longest wait for anything, in ms. @default 20000 */
  readonly patience?: number;
}

export interface Read {
  /** The last number that was published. */
  readonly sent: number;
  readonly seen: Follower['seen'];
  readonly attempts: Follower['attempts'];
}

/**
 * Reads a route to its end with a foreign EventSource, over connections that go
 * wrong as is written down for each, one after the other, and a last one that
 * does not. Meanwhile a number is published in each turn of the loop.
 *
 * The first connection is broken when the reader has its position and the wait
 * before it comes back: without that it comes back after 3 s.
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
            const sayMore = (): void => {
              if (sent < ahead + lastOf(seen)) producer.say(++sent);
            };
            await everyTurn(sayMore, () => until(() => proxy.count > script.length + 1));
            producer.end();
            await until(() => seen.includes('closed'));
            // The responses of broken connections are closed, too.
            while (producer.open > 0) await turn();
            // A run that has ended is remembered for a while, and keeps the process.
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
