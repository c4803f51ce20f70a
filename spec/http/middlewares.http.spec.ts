import { expect } from 'chai';
import compression from 'compression';
import cors from 'cors';
import express, { type RequestHandler } from 'express';
import express4 from 'express4';
import helmet from 'helmet';
import { finalize, Subject } from 'rxjs';
import { feed, sse } from '../../lib/index.ts';
import { deferred } from '../support/deferred.ts';
import { listen } from '../support/listen.ts';
import { openStream } from '../support/openStream.ts';
import { follow, hasPosition } from './eventSource.ts';
import { publish, Ticks } from './ticks.ts';

const gzip = { headers: { 'Accept-Encoding': 'gzip, br' } };

const middlewares: Readonly<Record<string, readonly RequestHandler[]>> = {
  compression: [compression()],
  'compression of every response': [compression({ filter: () => true, threshold: 0 })],
  helmet: [helmet()],
  cors: [cors()],
  'all of them': [helmet(), cors(), compression({ filter: () => true, threshold: 0 })],
};

for (const [name, make] of Object.entries({ 'Express 5': express, 'Express 4': express4 })) {
  for (const [what, handlers] of Object.entries(middlewares)) {
    describe(`sse on ${name} behind ${what}`, () => {
      it('delivers events one by one, uncompressed, a large one and the end', async () => {
        const source = new Subject<string>();
        const app = make()
          .use(...handlers)
          .get('/', sse(source));
        await listen(app, async (url) => {
          const wire = await openStream(url, gzip);
          expect(wire.headers['content-encoding']).to.equal(undefined);
          expect(wire.headers['content-type']).to.equal('text/event-stream; charset=utf-8');
          await wire.until(/retry: 3000\n\n/);
          for (const n of [1, 2, 3]) {
            source.next(`event ${n}`);
            await wire.until(new RegExp(`data: "event ${n}"\\n\\n$`));
          }
          source.next('x'.repeat(1_000_000));
          source.complete();
          const text = await wire.ended();
          expect(text.length).to.be.above(1_000_000);
          expect(text).to.match(/event: rxsse\.end\ndata: null\n\n$/);
        });
      });

      it('resumes, and unsubscribes when its reader disconnects', async () => {
        const left = deferred();
        const source = new Subject<never>();
        const ticks = feed(Ticks, { source: source.pipe(finalize(() => left.resolve())), linger: 0 });
        const app = make()
          .use(...handlers)
          .get('/', sse({ retry: 1 }, ticks));
        await listen(app, async (url, server) => {
          await follow(url, async (follower) => {
            await follower.until(hasPosition);
            server.closeAllConnections();
            publish(ticks, 1, 2);
            await follower.until(({ seen }) => seen.includes('2'));
            expect(follower.seen).to.deep.equal(['1', '2']);
          });
          await left.promise;
        });
      });
    });
  }

  describe(`compression on ${name}`, () => {
    it('compresses a response that is not a stream, which shows that it is active', async () => {
      const app = make().use(compression({ threshold: 0 }));
      app.get('/page', (_request: express.Request, response: express.Response) => {
        response.send('x'.repeat(5000));
      });
      await listen(app, async (url) => {
        const wire = await openStream(`${url}/page`, gzip);
        expect(wire.headers['content-encoding']).to.be.oneOf(['gzip', 'br']);
        wire.close();
      });
    });

    it('loses no event of a stream that it compresses because a middleware has removed no-transform', async () => {
      const app = make().use(compression({ filter: () => true, threshold: 0 }));
      app.use((_request: express.Request, response: express.Response, next: express.NextFunction) => {
        const { writeHead } = response;
        response.writeHead = ((status: number, headers: Record<string, string>) =>
          writeHead.call(response, status, { ...headers, 'Cache-Control': 'no-cache' })) as typeof writeHead;
        next();
      });
      const large = 'x'.repeat(50_000);
      async function* events() {
        for (let n = 0; n < 40; n++) yield `${n} ${large}`;
      }
      app.get('/', sse(events));
      await listen(app, async (url) => {
        const answer = await fetch(url);
        expect(answer.headers.get('content-encoding')).to.be.oneOf(['gzip', 'br']);
        const text = await answer.text();
        expect([...text.matchAll(/^data: "(\d+) x/gm)].map(([, n]) => Number(n))).to.deep.equal([...Array(40).keys()]);
        expect(text).to.match(/event: rxsse\.end\ndata: null\n\n$/);
      });
    });
  });
}
