import { expect } from 'chai';
import { concat, NEVER, of, startWith, tap, throwError } from 'rxjs';
import { feed, type SseHandler, type SseRequest, shutdown, sse } from 'rxsse';
import { StreamFailedError } from 'rxsse/client';
import { listen } from '../../support/listen.ts';
import { publish, Ticks } from '../ticks.ts';
import { failureOf, firstStatus, readTicks, recordStates, Tick, valuesOf } from './readTicks.ts';

/** Subscribes to a stream, collects its values, and returns promises of a number of values and of the end. */
function collect(stream: ReturnType<typeof readTicks>) {
  const seen: unknown[] = [];
  let check = () => {};
  const subscription = stream.subscribe({
    next: (value) => {
      seen.push(value);
      check();
    },
    error: () => {},
  });
  const completed = new Promise<void>((resolve) => subscription.add(resolve));
  const until = (count: number): Promise<void> =>
    new Promise((resolve) => {
      check = () => {
        if (seen.length >= count) resolve();
      };
      check();
    });
  return { seen, until, completed, unsubscribe: () => subscription.unsubscribe() };
}

describe('fromSse with a server of this library', () => {
  it('misses no event over cuts, emits a gap in order, and completes with the feed', async () => {
    const before = feed(Ticks);
    const after = feed(Ticks);
    let route: SseHandler<SseRequest> = sse({ retry: 1 }, before);
    await listen(
      (request, response) => route(request, response),
      async (url, server) => {
        const observer = recordStates();
        const stream = readTicks(url, { statusObserver: observer, lastEventId: await publish(before, 1) });
        const { seen, until, completed } = collect(stream);
        publish(before, 2);
        await until(1);
        server.closeAllConnections();
        publish(before, 3);
        await until(2);
        await publish(after, 11);
        route = sse({ retry: 1 }, after);
        server.closeAllConnections();
        await until(4);
        after.end().subscribe();
        await completed;
        expect(seen.slice(0, 2)).to.deep.equal([Tick(2), Tick(3)]);
        expect(seen[2]).to.have.nested.property('data.reason', 'epoch');
        expect(seen[3]).to.deep.equal(Tick(11));
        expect(observer.all.flatMap((status) => (status.state === 'open' ? [status.resume] : []))).to.deep.equal([
          'exact',
          'exact',
          'gap;reason=epoch',
        ]);
      },
    );
  });

  it('completes at once when it reconnects with the position of the end', async () => {
    const cursors: string[] = [];
    await listen(sse({ events: Ticks }, of(Tick(1))), async (url) => {
      expect(
        await valuesOf(readTicks(url, { cursorObserver: { next: (cursor) => cursors.push(cursor) } })),
      ).to.deep.equal([Tick(1)]);
      const observer = recordStates();
      expect(await valuesOf(readTicks(url, { lastEventId: cursors.at(-1), statusObserver: observer }))).to.deep.equal(
        [],
      );
      expect(observer.states).to.deep.equal([`connecting after ${cursors.at(-1)}`, 'completed']);
    });
  });

  it('errors when the stream failed on the server, without the error of the server', async () => {
    const ticks = feed(Ticks, {
      source: concat(
        of(Tick(1)),
        throwError(() => new Error('secret')),
      ),
    });
    await listen(sse({ resume: { from: 'oldest' } }, ticks), async (url) => {
      const seen: unknown[] = [];
      const error = await failureOf(readTicks(url).pipe(tap((value) => seen.push(value))));
      expect(error).to.be.instanceOf(StreamFailedError);
      expect(String(error)).to.not.contain('secret');
      expect(seen).to.deep.equal([Tick(1)]);
    });
  });

  it('resumes the response to a POST, which the server does not compute again', async () => {
    let calls = 0;
    const answer = sse({ methods: ['POST'], resume: true, events: Ticks, retry: 1 }, () => {
      calls++;
      return NEVER.pipe(startWith(Tick(1)));
    });
    let requests = 0;
    let onSecondRequest = () => {};
    const secondRequest = new Promise<void>((resolve) => {
      onSecondRequest = resolve;
    });
    await listen(
      (request, response) => {
        answer(request, response);
        if (++requests === 2) onSecondRequest();
      },
      async (url, server) => {
        const { seen, until, unsubscribe } = collect(readTicks(url, { method: 'POST', body: 'why?' }));
        await until(1);
        server.closeAllConnections();
        await secondRequest;
        unsubscribe();
        expect(seen).to.deep.equal([Tick(1)]);
        expect(calls).to.equal(1);
      },
    );
  });

  it('waits for the Retry-After of the 503 of a server that shuts down', async () => {
    const route = sse({ events: Ticks }, NEVER);
    await listen(route, async (url) => {
      await shutdown(route, { duration: 0, retry: [4000, 4000] });
      const { error, delay } = await firstStatus('retrying', (status) => readTicks(url, { statusObserver: status }));
      expect(error).to.include({ reason: 'status', status: 503, retryAfter: 4000 });
      expect(delay).to.be.within(4000, 4001);
      // A strict client receives a `retry:` instead, since a 503 would end an EventSource permanently.
      const exact = await firstStatus('retrying', (status) =>
        readTicks(url, { statusObserver: status, strictEventSource: true }),
      );
      expect(exact.error.reason).to.equal('refused');
      expect(exact.delay).to.equal(4000);
    });
  });
});
