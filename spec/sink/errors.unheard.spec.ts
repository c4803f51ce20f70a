import { expect } from 'chai';
import { NEVER } from 'rxjs';
import type { AnyFeed } from '../../lib/feed/coreOf.ts';
import { feed, sse } from '../../lib/index.ts';
import { deferred } from '../support/deferred.ts';
import { listen } from '../support/listen.ts';
import { openStream } from '../support/openStream.ts';
import { watchProcess } from '../support/watchProcess.ts';
import { failing, Secret } from './failing.ts';
import { Ticks } from './ways.ts';

describe('a failure after the reader has disconnected', () => {
  const late: Readonly<Record<string, (failure: Promise<never>) => ReturnType<typeof sse>>> = {
    'of the state': (failure) => sse({ state: (_request: unknown) => failure }, NEVER),
    'of the promise of a stream': (failure) => sse(() => failure),
    'of the next value': (failure) => sse(() => ({ [Symbol.asyncIterator]: () => ({ next: () => failure }) })),
    'of a snapshot': (failure) => sse({ resume: { snapshot: () => failure } }, feed(Ticks) as AnyFeed),
  };
  for (const [what, routeOf] of Object.entries(late)) {
    it(`is contained: ${what}`, async () => {
      const unheard = watchProcess();
      try {
        const [requested, closed] = [deferred(), deferred()];
        const passed: unknown[] = [];
        let fail: (error: unknown) => void = () => {};
        const failure = new Promise<never>((_resolve, reject) => {
          fail = reject;
        });
        const route = routeOf(failure);
        await listen(
          (request, response) => {
            response.on('close', () => closed.resolve());
            route(request, response, (error) => passed.push(error));
            requested.resolve();
          },
          async (url) => {
            const leaving = new AbortController();
            const headers = { 'Last-Event-ID': '1.other.1' };
            const request = fetch(url, { signal: leaving.signal, headers }).catch(() => undefined);
            await requested.promise;
            leaving.abort();
            await closed.promise;
            fail(new Secret());
            await request;
          },
        );
        expect([await unheard.settled(), passed]).to.deep.equal([[], []]);
      } finally {
        unheard.stop();
      }
    });
  }

  it('does not reach the process when a stream fails and its reader has broken the connection', async () => {
    const unheard = watchProcess();
    try {
      await listen(sse(failing()), async (url) => {
        const wire = await openStream(url);
        wire.close();
        await wire.over();
      });
      expect(await unheard.settled()).to.deep.equal([]);
    } finally {
      unheard.stop();
    }
  });
});
