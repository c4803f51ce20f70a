import { AsyncLocalStorage } from 'node:async_hooks';
import { expect } from 'chai';
import express from 'express';
import * as t from 'io-ts';
import { concat, finalize, NEVER, of, throwError, timer } from 'rxjs';
import { mergeMap } from 'rxjs/operators';
import { events, feed, filterEvents, type SseHandler, type SseRequest, sse } from '../../lib/index.ts';
import { deferred } from '../support/deferred.ts';
import { listen } from '../support/listen.ts';
import { openStream } from '../support/openStream.ts';

const store = new AsyncLocalStorage<string>();
const Ticks = events({ Tick: t.number });

/** Serves a route behind a middleware that gives each request a store of its own. */
const serving = (route: SseHandler<SseRequest>, use: (url: string) => Promise<void>): Promise<void> => {
  const app = express();
  app.use((request, _response, next) => store.run(request.url, next));
  app.get('/{*path}', route);
  app.use((_error: Error, _request: express.Request, response: express.Response, _next: express.NextFunction) => {
    response.sendStatus(500);
  });
  return listen(app, use);
};

describe("the request's AsyncLocalStorage", () => {
  it('is that of the request in every hook and teardown, when the client disconnects', async () => {
    const seen: string[] = [];
    const closed = deferred<void>();
    const see = (name: string) => () => void seen.push(`${name} ${store.getStore()}`);
    const route = sse(
      {
        onOpen: see('open'),
        onClose: () => {
          see('close')();
          closed.resolve();
        },
      },
      () => concat(of('a'), NEVER).pipe(finalize(see('teardown'))),
    );
    await serving(route, async (url) => {
      const wire = await openStream(`${url}/a`);
      await wire.until(/"a"/);
      wire.close();
      await closed.promise;
    });
    expect(seen).to.deep.equal(['open /a', 'teardown /a', 'close /a']);
  });

  it('is that of the request in onError and onGap', async () => {
    const seen: string[] = [];
    const see = (name: string) => (): undefined => void seen.push(`${name} ${store.getStore()}`);
    const failing = timer(1).pipe(mergeMap(() => throwError(() => new Error('late'))));
    const route = sse({ onError: see('error'), onGap: see('gap') }, failing);
    await serving(route, async (url) => {
      await (await openStream(`${url}/b`, { headers: { 'Last-Event-ID': 'unknown' } })).over();
    });
    expect(seen).to.deep.equal(['gap /b', 'error /b']);
  });

  it('is that of the request when a timer that all connections share ends one', async () => {
    const seen: unknown[] = [];
    const onClose = (reason: string): void => void seen.push([reason, store.getStore()]);
    const route = sse({ timeout: { first: 30 }, onClose, onError: () => 'end' }, NEVER);
    await serving(route, async (url) => {
      const wires = await Promise.all(['c', 'd'].map((path) => openStream(`${url}/${path}`)));
      await Promise.all(wires.map((wire) => wire.over()));
    });
    expect(seen).to.have.deep.members([
      ['timeout', '/c'],
      ['timeout', '/d'],
    ]);
  });

  it("is that of the reader in a pipeline over a feed, and not the publisher's", async () => {
    const ticks = feed(Ticks);
    const seen = new Set<unknown>();
    const route = sse((context) =>
      ticks.read(context).pipe(
        filterEvents(() => {
          seen.add(store.getStore());
          return true;
        }),
      ),
    );
    await serving(route, async (url) => {
      const wires = await Promise.all(['e', 'f'].map((path) => openStream(`${url}/${path}`)));
      await Promise.all(wires.map((wire) => wire.until(/\n\n/)));
      await store.run('publisher', () => ticks.publish({ type: 'tick', data: 1 }));
      await Promise.all(wires.map((wire) => wire.until(/data: 1/)));
      await store.run('publisher', () => ticks.publish({ type: 'tick', data: 2 }));
      await Promise.all(wires.map((wire) => wire.until(/data: 2/)));
    });
    expect([...seen]).to.have.members(['/e', '/f']);
  });

  it('is that of the request in an async generator that waits for its socket', async () => {
    const seen = new Set<unknown>();
    const text = 'x'.repeat(64 * 1024);
    async function* large(): AsyncGenerator<string> {
      for (let i = 0; i < 200; i++) {
        seen.add(store.getStore());
        yield text;
      }
    }
    await serving(
      sse(() => large()),
      async (url) => {
        const received = await (await openStream(`${url}/g`, { patience: 4000 })).ended();
        expect(received.length).to.be.above(200 * text.length);
      },
    );
    expect([...seen]).to.deep.equal(['/g']);
  });
});
