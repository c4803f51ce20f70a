import { once } from 'node:events';
import { type IncomingMessage, type RequestListener, request } from 'node:http';
import { expect } from 'chai';
import express from 'express';
import express4 from 'express4';
import * as t from 'io-ts';
import { EMPTY } from 'rxjs';
import { events, feed, metricsOf, sse } from '../../lib/index.ts';
import { listen } from '../support/listen.ts';
import { openStream } from '../support/openStream.ts';

const Ticks = events({ Tick: t.number });

async function ask(url: string, method: string): Promise<IncomingMessage> {
  const sent = request(url, { method });
  sent.end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.resume();
  return response;
}

describe('the methods that a route of a plain server answers', () => {
  it('are GET and HEAD, and others get 405', async () => {
    const route = sse(EMPTY);
    await listen(route, async (url) => {
      for (const method of ['GET', 'HEAD']) expect((await ask(url, method)).statusCode).to.equal(200);
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE']) {
        const { statusCode, headers } = await ask(url, method);
        expect([method, statusCode, headers.allow]).to.deep.equal([method, 405, 'HEAD, GET']);
      }
      expect(metricsOf(route).refused.input).to.equal(6);
    });
  });

  it('include POST for a route that decodes a body', async () => {
    const route = sse({ body: { q: t.string } }, EMPTY);
    const parsed: RequestListener = (incoming, response) => {
      route(Object.assign(incoming, { body: { q: 'a' } }), response);
    };
    await listen(parsed, async (url) => {
      expect((await ask(url, 'POST')).statusCode).to.equal(200);
      expect((await ask(url, 'PUT')).headers.allow).to.equal('HEAD, GET, POST');
    });
  });

  it('are those of the option methods', async () => {
    await listen(sse({ methods: ['POST'] }, EMPTY), async (url) => {
      expect((await ask(url, 'POST')).statusCode).to.equal(200);
      expect((await ask(url, 'GET')).headers.allow).to.equal('HEAD, POST');
    });
  });

  it('are chosen by the framework if there is one', async () => {
    const app = express();
    app.post('/', sse(EMPTY));
    await listen(app, async (url) => {
      expect((await ask(url, 'POST')).statusCode).to.equal(200);
      expect((await ask(url, 'PUT')).statusCode).to.equal(404);
    });
  });
});

describe('a cursor in the query that is not one string', () => {
  const route = sse(feed(Ticks));
  const mounted = (make: typeof express): RequestListener => {
    const app = make();
    app.get('/', route);
    return app;
  };
  const servers: Readonly<Record<string, RequestListener>> = {
    'plain http': (incoming, response) => route(incoming, response),
    'Express 5': mounted(express),
    'Express 4': mounted(express4),
  };
  const queries = [
    'lastEventId=1.a.1&lastEventId=1.a.2',
    'lastEventId[]=1.a.1',
    'lastEventId[x]=1.a.1',
    'lastEventId[0]=1.a.1&lastEventId[1]=1.a.2',
    'lastEventId%5B%5D=1.a.1',
  ];
  for (const [name, server] of Object.entries(servers)) {
    it(`is answered with a gap with the reason invalid, by ${name}`, async () => {
      await listen(server, async (url) => {
        for (const query of queries) {
          const wire = await openStream(`${url}/?${query}`);
          expect([query, wire.headers['rxsse-resume']]).to.deep.equal([query, 'gap;reason=invalid']);
          await wire.until(/"reason":"invalid"/);
          wire.close();
        }
      });
    });

    it(`is found when its name is percent-encoded, by ${name}`, async () => {
      await listen(server, async (url) => {
        const wire = await openStream(`${url}/?last%45ventId=garbage`);
        expect(wire.headers['rxsse-resume']).to.equal('gap;reason=invalid');
        wire.close();
      });
    });
  }
});

describe('the response to a reader that has every event and the end', () => {
  it('is a 204 that no cache stores', async () => {
    const route = sse(EMPTY);
    await listen(route, async (url) => {
      const wire = await openStream(url);
      const [, cursor = ''] = /id: (\S+~)/.exec(await wire.ended()) ?? [];
      const again = await openStream(url, { headers: { 'Last-Event-ID': cursor } });
      expect([again.status, again.headers['cache-control']]).to.deep.equal([204, 'no-store']);
    });
  });
});
