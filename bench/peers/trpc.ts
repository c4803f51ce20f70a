import { EventEmitter, on } from 'node:events';
import { initTRPC, tracked } from '@trpc/server';
import { createHTTPServer } from '@trpc/server/adapters/standalone';
import type { Numbered, Scenario } from '../Scenario.ts';
import { listenWith } from './listen.ts';
import type { Served } from './Peer.ts';

/** Serves a subscription as the documentation shows it; the procedure is named `events`, and so is the path. */
export async function serve({ heartbeat = 15_000 }: Scenario): Promise<Served> {
  const emitter = new EventEmitter().setMaxListeners(0);
  let readers = 0;
  const t = initTRPC.create({ sse: { ping: { enabled: true, intervalMs: heartbeat } } });
  const router = t.router({
    events: t.procedure.subscription(async function* ({ signal }) {
      readers++;
      try {
        for await (const [{ n, tick }] of on(emitter, 'tick', signal ? { signal } : {}) as AsyncIterable<[Numbered]>) {
          yield tracked(String(n), tick);
        }
      } finally {
        readers--;
      }
    }),
  });
  return {
    port: await listenWith(createHTTPServer({ router })),
    publish: (_, numbered) => {
      for (const one of numbered) emitter.emit('tick', one);
    },
    readers: () => readers,
  };
}
