import { expect } from 'chai';
import { concat, NEVER, of, startWith, tap, throwError } from 'rxjs';
import { feed, type SseHandler, type SseRequest, shutdown, sse } from 'rxsse';
import { StreamFailedError } from 'rxsse/client';
import { listen } from '../../support/listen.ts';
import { publish, Ticks } from '../ticks.ts';
import { failureOf, firstStatus, follow, statuses, Tick, valuesOf } from './following.ts';

/** Values of a stream as they come; promises of so many of them, and of its end. */
function watch(stream: ReturnType<typeof follow>) {
  const seen: unknown[] = [];
  let look = () => {};
  const following = stream.subscribe({
    next: (value) => {
      seen.push(value);
      look();
    },
    error: () => {},
  });
  const completed = new Promise<void>((resolve) => following.add(resolve));
  const until = (count: number): Promise<void> =>
    new Promise((resolve) => {
      look = () => {
        if (seen.length >= count) resolve();
      };
      look();
    });
  return { seen, until, completed, leave: () => following.unsubscribe() };
}

describe('fromSse and our own server', () => {
  it('lose nothing over cuts, tell of a gap at its place, and end together', async () => {
    const before = feed(Ticks);
    const after = feed(Ticks);
    let route: SseHandler<SseRequest> = sse({ retry: 1 }, before);
    await listen(
      (request, response) => route(request, response),
      async (url, server) => {
        const heard = statuses();
        const stream = follow(url, { statusObserver: heard, lastEventId: await publish(before, 1) });
        const { seen, until, completed } = watch(stream);
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
        expect(heard.all.flatMap((status) => (status.state === 'open' ? [status.resume] : []))).to.deep.equal([
          'exact',
          'exact',
          'gap;reason=epoch',
        ]);
      },
    );
  });

  it('end for good: who comes back with the last position is told the same', async () => {
    const cursors: string[] = [];
    await listen(sse({ events: Ticks }, of(Tick(1))), async (url) => {
      expect(await valuesOf(follow(url, { cursorObserver: { next: (cursor) => cursors.push(cursor) } }))).to.deep.equal(
        [Tick(1)],
      );
      const heard = statuses();
      expect(await valuesOf(follow(url, { lastEventId: cursors.at(-1), statusObserver: heard }))).to.deep.equal([]);
      expect(heard.told).to.deep.equal([`connecting after ${cursors.at(-1)}`, 'completed']);
    });
  });

  it('say that a stream failed, and not why', async () => {
    const ticks = feed(Ticks, {
      source: concat(
        of(Tick(1)),
        throwError(() => new Error('secret')),
      ),
    });
    await listen(sse({ resume: { from: 'oldest' } }, ticks), async (url) => {
      const seen: unknown[] = [];
      const error = await failureOf(follow(url).pipe(tap((value) => seen.push(value))));
      expect(error).to.be.instanceOf(StreamFailedError);
      expect(String(error)).to.not.contain('secret');
      expect(seen).to.deep.equal([Tick(1)]);
    });
  });

  it('go on with an answer that was posted, and do not ask again', async () => {
    let asked = 0;
    const answer = sse({ resume: true, events: Ticks, retry: 1 }, () => {
      asked++;
      return NEVER.pipe(startWith(Tick(1)));
    });
    let requests = 0;
    let cameAgain = () => {};
    const again = new Promise<void>((resolve) => {
      cameAgain = resolve;
    });
    await listen(
      (request, response) => {
        answer(request, response);
        if (++requests === 2) cameAgain();
      },
      async (url, server) => {
        const { seen, until, leave } = watch(follow(url, { method: 'POST', body: 'why?' }));
        await until(1);
        server.closeAllConnections();
        await again;
        leave();
        expect(seen).to.deep.equal([Tick(1)]);
        expect(asked).to.equal(1);
      },
    );
  });

  it('part while it shuts down: it answers 503, says for how long, and is tried again then', async () => {
    const route = sse({ events: Ticks }, NEVER);
    await listen(route, async (url) => {
      await shutdown(route, { duration: 0, retry: [4000, 4000] });
      const { error, delay } = await firstStatus('retrying', (status) => follow(url, { statusObserver: status }));
      expect(error).to.include({ reason: 'status', status: 503, retryAfter: 4000 });
      expect(delay).to.be.within(4000, 4001);
      // An EventSource may not be answered so, and is asked to wait, and waits no longer.
      const exact = await firstStatus('retrying', (status) =>
        follow(url, { statusObserver: status, strictEventSource: true }),
      );
      expect(exact.error.reason).to.equal('refused');
      expect(exact.delay).to.equal(4000);
    });
  });
});
