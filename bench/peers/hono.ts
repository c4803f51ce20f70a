import { EventEmitter, on } from 'node:events';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { Numbered, Scenario } from '../Scenario.ts';
import { listen } from './listen.ts';
import type { Served } from './Peer.ts';

export async function serve({ heartbeat = 15_000 }: Scenario): Promise<Served> {
  const emitter = new EventEmitter().setMaxListeners(0);
  let readers = 0;
  const app = new Hono();
  app.get('/events', (context) => {
    const name = context.req.query('feed') ?? '0';
    return streamSSE(context, async (stream) => {
      const left = new AbortController();
      stream.onAbort(() => left.abort());
      // A comment: `writeSSE` has none.
      const timer = setInterval(() => void stream.write(':\n\n'), heartbeat);
      readers++;
      try {
        for await (const [{ n, tick }] of on(emitter, name, { signal: left.signal }) as AsyncIterable<[Numbered]>) {
          await stream.writeSSE({ id: String(n), event: 'tick', data: JSON.stringify(tick) });
        }
      } catch (error) {
        if (!left.signal.aborted) throw error;
      } finally {
        readers--;
        clearInterval(timer);
      }
    });
  });
  return {
    port: await listen(getRequestListener(app.fetch)),
    publish: (index, numbered) => {
      for (const one of numbered) emitter.emit(String(index), one);
    },
    readers: () => readers,
  };
}
