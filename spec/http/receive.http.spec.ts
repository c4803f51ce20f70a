import { type IncomingMessage, type RequestListener, request } from 'node:http';
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2';
import { type AddressInfo, connect } from 'node:net';
import { expect } from 'chai';
import express from 'express';
import express4 from 'express4';
import * as t from 'io-ts';
import { type ReceiveHandler, receive } from '../../lib/adapter/node/receive.ts';
import type { ReceiveOptions } from '../../lib/adapter/receiver.ts';
import { events, feed, memoryLog, type SseRequest, sse } from '../../lib/index.ts';
import { closing } from '../support/closing.ts';
import { deferred } from '../support/deferred.ts';
import { listen } from '../support/listen.ts';
import { readWire } from '../support/openStream.ts';

const Orders = events({ OrderPaid: { order: t.string, total: t.number } });

const paid = (order: unknown) => ({ type: 'order_paid', data: { order, total: 5 } });

type Mount = (handler: ReceiveHandler<SseRequest>) => RequestListener;

const onExpress =
  (make: typeof express, parser: boolean): Mount =>
  (handler) => {
    const app = make();
    if (parser) app.use(make.json());
    app.all('/', handler);
    app.use((error: Error, _request: express.Request, response: express.Response, _next: express.NextFunction) => {
      response.status(503).send(`from next: ${error.message}`);
    });
    return app;
  };

const readers: Readonly<Record<string, Mount>> = {
  'Express 5': onExpress(express, false),
  'Express 4': onExpress(express4, false),
  'plain http': (handler) => (request, response) => handler(request, response),
};

const all: Readonly<Record<string, Mount>> = {
  ...readers,
  'Express 5 behind express.json()': onExpress(express, true),
  'Express 4 behind express.json()': onExpress(express4, true),
};

function shop(options?: ReceiveOptions) {
  const log = memoryLog();
  const orders = feed(Orders, { log });
  const remembered = (): readonly unknown[] => {
    const found: unknown[] = [];
    log.read(0, Infinity).subscribe(({ bytes }) => {
      for (const [, data = ''] of new TextDecoder().decode(bytes).matchAll(/^data: (.*)$/gm))
        found.push(JSON.parse(data));
    });
    return found;
  };
  return { orders, handler: receive(orders, options), remembered };
}

const post = (url: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(url, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'Content-Type': 'application/json', ...headers },
  });

/** Sends the parts of a request as they are, and returns everything that is received until the server has closed. */
function raw(url: string, ...parts: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      text += chunk;
    });
    // Bytes that arrive after the server has closed are answered with a reset.
    socket.on('error', () => {});
    socket.on('close', () => resolve(text));
    for (const part of parts) socket.write(part);
  });
}

const head = (...lines: readonly string[]) =>
  ['POST / HTTP/1.1', 'Host: x', 'Content-Type: application/json', ...lines, '', ''].join('\r\n');

for (const [name, mount] of Object.entries(all)) {
  describe(`receive on ${name}`, () => {
    it('accepts an event and an array, and answers with the cursor', async () => {
      const { handler, remembered } = shop();
      await listen(mount(handler), async (url) => {
        const one = await post(url, paid('世界'));
        expect(one.status).to.equal(202);
        expect(one.headers.get('content-type')).to.equal('application/json');
        expect(await one.text()).to.match(/^\{"cursor":"1\.[\w-]{16}\.1"\}$/);

        const many = await post(url, [paid('B'), paid('C')]);
        expect(await many.text()).to.match(/\.3"\}$/);
        expect(remembered()).to.deep.equal(['世界', 'B', 'C'].map((order) => ({ order, total: 5 })));
      });
    });

    it('names the problem of an invalid event, and serves the next request of the connection', async () => {
      const { handler, remembered } = shop();
      await listen(mount(handler), async (url) => {
        const answer = await post(url, [paid('A'), paid(5)]);
        expect(answer.status).to.equal(422);
        expect(answer.headers.get('content-type')).to.equal('application/problem+json');
        expect(await answer.json()).to.deep.include({
          title: 'Unprocessable Content',
          detail: 'body[1].data.order: expected string, got number',
        });
        expect((await post(url, paid('B'))).status).to.equal(202);
        expect(remembered()).to.deep.equal([{ order: 'B', total: 5 }]);
      });
    });

    it('appends once for each Idempotency-Key', async () => {
      const { handler, remembered } = shop();
      await listen(mount(handler), async (url) => {
        const first = await (await post(url, paid('A'), { 'Idempotency-Key': '"k"' })).text();
        const again = await (await post(url, paid('A'), { 'Idempotency-Key': '"k"' })).text();
        expect(again).to.equal(first);
        expect(remembered()).to.have.length(1);
      });
    });

    it('accepts only POST', async () => {
      const { handler } = shop();
      await listen(mount(handler), async (url) => {
        for (const method of ['GET', 'HEAD', 'PUT']) {
          const answer = await fetch(url, { method });
          expect(answer.status).to.equal(405);
          expect(answer.headers.get('allow')).to.equal('POST');
        }
      });
    });
  });
}

for (const [name, mount] of Object.entries(readers)) {
  describe(`receive, reading the body itself, on ${name}`, () => {
    it('rejects other bodies with their problem', async () => {
      const { handler, remembered } = shop();
      await listen(mount(handler), async (url) => {
        const asJson = { 'Content-Type': 'application/json' };
        const statusOf = async (body: string | Uint8Array, headers: Record<string, string>) =>
          (await fetch(url, { method: 'POST', body, headers })).status;
        expect(await statusOf('{"type":', asJson)).to.equal(400);
        expect(await statusOf('', asJson)).to.equal(400);
        expect(await statusOf(Uint8Array.of(0x22, 0xff, 0x22), asJson)).to.equal(400);
        expect(await statusOf(JSON.stringify(paid('A')), { 'Content-Type': 'text/plain' })).to.equal(415);
        expect(await statusOf(new URLSearchParams({ type: 'order_paid' }).toString(), {})).to.equal(415);
        expect(remembered()).to.deep.equal([]);
      });
    });

    it('rejects a body with a Content-Length above the bound before it is sent, and closes the connection', async () => {
      const { handler } = shop({ maxBodyBytes: 100 });
      await listen(mount(handler), async (url) => {
        const text = await raw(url, head('Content-Length: 101'));
        expect(text)
          .to.match(/^HTTP\/1\.1 413 /)
          .and.match(/\r\nconnection: close\r\n/i);
        expect(text).to.include('"detail":"body: expected at most 100 bytes, got more"');
      });
    });

    it('rejects a body that exceeds the bound before it has ended, and closes the connection', async () => {
      const { handler, remembered } = shop({ maxBodyBytes: 100 });
      await listen(mount(handler), async (url) => {
        const chunk = `40\r\n${' '.repeat(64)}\r\n`;
        const text = await raw(url, head('Transfer-Encoding: chunked'), chunk, chunk);
        expect(text)
          .to.match(/^HTTP\/1\.1 413 /)
          .and.match(/\r\nconnection: close\r\n/i);
        expect(remembered()).to.deep.equal([]);
      });
    });

    it('rejects a body far larger than the buffer of a socket, and fetch receives the response', async () => {
      const { handler } = shop();
      await listen(mount(handler), async (url) => {
        const answer = await post(url, ' '.repeat(8 * 1024 * 1024));
        expect(answer.status).to.equal(413);
      });
    });

    it('accepts a body that is exactly as large as the bound', async () => {
      const { length } = JSON.stringify(paid('A'));
      const { handler } = shop({ maxBodyBytes: length });
      await listen(mount(handler), async (url) => {
        expect((await post(url, paid('A'))).status).to.equal(202);
        expect((await post(url, paid('AB'))).status).to.equal(413);
      });
    });

    it('does nothing for a client that aborts, and leaves no listener', async () => {
      const { handler, remembered } = shop();
      const arrived = deferred<IncomingMessage>();
      const over = deferred();
      const watched: RequestListener = (incoming, response) => {
        mount(handler)(incoming, response);
        incoming.on('data', () => arrived.resolve(incoming));
        response.on('close', () => over.resolve());
      };
      await listen(watched, async (url) => {
        const body = JSON.stringify(paid('A'));
        const headers = { 'Content-Type': 'application/json', 'Content-Length': body.length };
        const client = request(url, { method: 'POST', headers });
        client.on('error', () => {});
        client.write(body.slice(0, -1));
        const incoming = await arrived.promise;
        client.destroy();
        await over.promise;
        expect(remembered()).to.deep.equal([]);
        expect(incoming.listenerCount('end') + incoming.listenerCount('error')).to.equal(0);
      });
    });
  });
}

describe('receive', () => {
  it('sends what it received to the readers of the feed', async () => {
    const { orders, handler } = shop();
    const app = express();
    app.post('/orders', handler);
    app.get('/orders', sse({ resume: { from: 'oldest' } }, orders));
    await listen(app, async (url) => {
      const answer = await post(`${url}/orders`, paid('A'));
      const { cursor } = (await answer.json()) as { cursor: string };
      const wire = await readWire(`${url}/orders`, /data: \{"order"/);
      expect(wire).to.include(`id: ${cursor}\nevent: order_paid\ndata: {"order":"A","total":5}\n\n`);
    });
  });

  it('accepts a body over HTTP/2, and rejects one that is too large', async () => {
    const { handler, remembered } = shop({ maxBodyBytes: 100 });
    const server = createHttp2Server((incoming, response) => handler(incoming, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const client = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const close = () =>
      new Promise((resolve) => {
        client.close(() => server.close(resolve));
      });
    const send = (body: string) =>
      new Promise<string>((resolve) => {
        const stream = client.request({ ':method': 'POST', 'content-type': 'application/json' });
        let text = '';
        stream.on('response', (headers) => {
          text = `${headers[':status']} `;
        });
        stream.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        stream.on('end', () => resolve(text));
        stream.end(body);
      });
    await closing(close, async () => {
      expect(await send(JSON.stringify(paid('A')))).to.match(/^202 \{"cursor":/);
      expect(await send(' '.repeat(101))).to.match(/^413 /);
      expect(remembered()).to.deep.equal([{ order: 'A', total: 5 }]);
    });
  });
});
