import { createServer, type RequestListener, type Server } from 'node:http';
import { expect } from 'chai';
import express from 'express';
import { finalize, NEVER, Subject, startWith } from 'rxjs';
import { feed, sse } from '../../lib/index.ts';
import { closing } from '../support/closing.ts';
import { deferred } from '../support/deferred.ts';
import { listen } from '../support/listen.ts';
import { freePort, withNginx } from '../support/nginx.ts';
import { openStream } from '../support/openStream.ts';
import { requires } from '../support/requires.ts';
import { locationsIn } from './documented.ts';
import { follow, hasPosition } from './eventSource.ts';
import { publish, Ticks } from './ticks.ts';

/** Returns an app whose port stays reserved while the app is down. */
class Restarting {
  readonly port: number;
  readonly #listener: RequestListener;
  #server: Server | undefined;

  constructor(port: number, listener: RequestListener) {
    this.port = port;
    this.#listener = listener;
  }

  async start(): Promise<void> {
    const server = createServer(this.#listener);
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.port, '127.0.0.1', resolve);
    });
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  }
}

const upstream = (url: string, more = '') => `location / { proxy_pass ${url}; ${more} }`;

describe('sse behind nginx', () => {
  const nginx = requires('nginx');

  const settings: Record<string, string> = {
    'with default proxy settings': '',
    'that speaks HTTP/1.1 to the app': 'proxy_http_version 1.1; proxy_set_header Connection "";',
  };
  for (const [how, more] of Object.entries(settings)) {
    describe(how, () => {
      it('delivers events one by one, and the end', async () => {
        const source = new Subject<number>();
        const versions: string[] = [];
        const app = express();
        app.use((request, _response, next) => {
          versions.push(request.httpVersion);
          next();
        });
        app.get('/', sse(source));
        await listen(app, (url) =>
          withNginx(nginx(), upstream(url, more), async (front) => {
            const wire = await openStream(front);
            expect(wire.headers['content-type']).to.equal('text/event-stream; charset=utf-8');
            await wire.until(/retry: 3000\n\n/);
            for (const n of [1, 2, 3]) {
              source.next(n);
              expect(await wire.until(new RegExp(`data: ${n}\\n\\n`))).to.match(new RegExp(`data: ${n}\\n\\n$`));
            }
            source.complete();
            expect(await wire.ended()).to.match(/event: rxsse\.end\ndata: null\n\n$/);
            expect(versions).to.deep.equal([more === '' ? '1.0' : '1.1']);
          }),
        );
      });

      it('resumes, and unsubscribes when a reader disconnects', async () => {
        const left = deferred();
        const ticks = feed(Ticks, { source: NEVER.pipe(finalize(() => left.resolve())), linger: 0 });
        await listen(express().get('/', sse({ retry: 1 }, ticks)), (url, server) =>
          withNginx(nginx(), upstream(url, more), async (front) => {
            await follow(front, async (follower) => {
              await follower.until(hasPosition);
              publish(ticks, 1);
              await follower.until(({ seen }) => seen.includes('1'));
              const another = await openStream(url);
              publish(ticks, 2);
              await follower.until(({ seen }) => seen.includes('2'));
              for (const round of [3, 6, 9]) {
                server.closeAllConnections();
                publish(ticks, round, round + 1, round + 2);
                await follower.until(({ seen }) => seen.includes(String(round + 2)));
              }
              expect(follower.seen).to.deep.equal(Array.from({ length: 11 }, (_, n) => String(n + 1)));
              expect(follower.attempts.slice(1).map(({ resume }) => resume)).to.include.members(['exact']);
              another.close();
            });
            await left.promise;
          }),
        );
      });

      it('keeps a silent connection open with heartbeats, and closes it without them', async () => {
        const app = express();
        app.get('/beating', sse({ heartbeat: 100 }, NEVER));
        app.get('/silent', sse({ heartbeat: Infinity }, NEVER));
        await listen(app, (url) =>
          withNginx(nginx(), upstream(url, `proxy_read_timeout 1s; ${more}`), async (front) => {
            const beating = await openStream(`${front}/beating`, { patience: 10_000 });
            const silent = await openStream(`${front}/silent`, { patience: 10_000 });
            expect(await silent.over()).to.equal('retry: 3000\n\n');
            // Without heartbeats it would have been closed before; this waits the same time again.
            await beating.until(/(:\n\n){20}/);
            beating.close();
          }),
        );
      });
    });
  }

  it('delivers a page of history completely and in order', async () => {
    const ticks = feed(Ticks);
    for (let n = 0; n < 5000; n++) publish(ticks, n);
    ticks.end().subscribe();
    await listen(express().get('/', sse(ticks)), (url) =>
      withNginx(nginx(), upstream(url), async (front) => {
        const text = await (await openStream(front)).ended();
        const came = [...text.matchAll(/^data: (\d+)$/gm)].map(([, n]) => Number(n));
        expect(came).to.deep.equal(Array.from({ length: 5000 }, (_, n) => n));
      }),
    );
  });

  describe('while the app is down', () => {
    const restart = async (
      location: (url: string) => string,
      use: (front: string, app: Restarting) => Promise<void>,
    ) => {
      const ticks = feed(Ticks, { source: NEVER.pipe(startWith(Ticks.Tick(1))) });
      const route = sse({ retry: 1, resume: { from: 'oldest' } }, ticks);
      const app = new Restarting(await freePort(), (request, response) => route(request, response));
      await app.start();
      await closing(
        () => app.stop(),
        () => withNginx(nginx(), location(`http://127.0.0.1:${app.port}`), (front) => use(front, app)),
      );
      return ticks;
    };

    it('ends an EventSource permanently by a 502', () =>
      restart(upstream, (front, app) =>
        follow(front, async (follower) => {
          await follower.until(({ seen }) => seen.includes('1'));
          await app.stop();
          await follower.until(({ seen }) => seen.includes('closed'));
          expect(follower.attempts.at(-1)?.status).to.equal(502);
        }),
      ));

    it('answers it with a retry in the documented location, so that it resumes', () =>
      restart(locationsIn, (front, app) =>
        follow(`${front}/events`, async (follower) => {
          await follower.until(({ seen }) => seen.includes('1'));
          await app.stop();
          const before = follower.attempts.length;
          await follower.until(({ attempts }) =>
            attempts.slice(before - 1).some(({ text }) => text === 'retry: 20\n\n'),
          );
          await app.start();
          await follower.until((now) => hasPosition(now) && now.attempts.at(-1)?.resume === 'exact');
          expect(follower.seen).to.deep.equal(['1']);
          expect(new Set(follower.attempts.map(({ status }) => status))).to.deep.equal(new Set([200]));
        }),
      ));
  });
});
