import { once } from 'node:events';
import { initTRPC, tracked } from '@trpc/server';
import { createHTTPServer } from '@trpc/server/adapters/standalone';
import { isLeft } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { fromEvent, takeUntil } from 'rxjs';
import { LimitError, toAsyncIterable } from 'rxsse';
import { addressOf } from './addressOf.ts';
import { orders } from './orders.ts';

/** Emits what follows a cursor until the reader disconnects; the first value has the position to continue from, and no event. */
async function* follow(lastEventId: string | undefined, signal: AbortSignal) {
  let cursor = lastEventId ?? (await orders.cursor());
  yield tracked(cursor, null);
  while (!signal.aborted) {
    const entries = orders.entries({ from: cursor }).pipe(takeUntil(fromEvent(signal, 'abort')));
    try {
      for await (const entry of toAsyncIterable(entries, { overflow: 'fail' })) {
        cursor = entry.cursor;
        if (entry.event !== undefined) yield tracked(cursor, entry.event);
      }
      return;
    } catch (error) {
      if (!(error instanceof LimitError)) throw error;
      // The reader is slow: what follows is read from the log again.
    }
  }
}

const Input = t.union([t.undefined, t.partial({ lastEventId: t.string })]);

const trpc = initTRPC.create({ sse: { ping: { enabled: true, intervalMs: 15_000 } } });

const router = trpc.router({
  orders: trpc.procedure
    .input((value) => {
      const input = Input.decode(value);
      if (isLeft(input)) throw new TypeError('expected { lastEventId?: string }');
      return input.right;
    })
    .subscription(({ input, signal = new AbortController().signal }) => follow(input?.lastEventId, signal)),
});

/** The type that a client imports. */
export type AppRouter = typeof router;

const server = createHTTPServer({ router });

/** Listens, and returns the address. */
export function start(): Promise<string> {
  server.listen(Number(process.env.PORT ?? 0), '127.0.0.1');
  return addressOf(server);
}

/** Cuts the connections, whose clients reconnect. */
export const cut = () => server.closeAllConnections();

export async function stop(): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  cut();
  await closed;
}

export { orders };
