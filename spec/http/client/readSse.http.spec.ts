import { expect } from 'chai';
import { readSse, type WithId } from 'rxsse/client';
import { ended, rawServer } from './rawServer.ts';
import { end, Tick, Ticks, tick } from './readTicks.ts';

describe('readSse', () => {
  it('yields the events with their positions to a loop, and ends with the stream', () =>
    rawServer([ended(tick(1)), ended(tick(2) + end)], async ({ url }) => {
      const seen: WithId<unknown>[] = [];
      const backoff = { initialDelay: 1, maxDelay: 1 };
      for await (const each of readSse(url, Ticks, { withId: true, backoff })) seen.push(each);
      expect(seen).to.deep.equal([
        { id: '1', event: Tick(1) },
        { id: '2', event: Tick(2) },
      ]);
    }));

  it('reads no more before the loop has received the events that were read', async () => {
    let pulled = 0;
    const body = new ReadableStream<Uint8Array>(
      {
        pull: (controller) => controller.enqueue(new TextEncoder().encode(tick(++pulled))),
      },
      { highWaterMark: 0 },
    );
    const headers = { 'content-type': 'text/event-stream' };
    const loop = readSse('x:', Ticks, { fetch: async () => new Response(body, { headers }) })[Symbol.asyncIterator]();
    for (const n of [1, 2, 3]) {
      expect(await loop.next()).to.deep.equal({ done: false, value: Tick(n) });
      await new Promise(setImmediate);
      expect(pulled).to.equal(n);
    }
    await loop.return?.();
    expect(await loop.next()).to.deep.equal({ done: true, value: undefined });
  });
});
