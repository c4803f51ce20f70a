import { createHash } from 'node:crypto';
import { expect } from 'chai';
import express from 'express';
import express4 from 'express4';
import * as t from 'io-ts';
import { EMPTY } from 'rxjs';
import { event, events, feed, receive, sse, stop } from 'rxsse';
import { type ContractHandler, contract } from 'rxsse/contract';
import { receive as receiveFetch, sse as sseFetch, stop as stopFetch } from 'rxsse/fetch';
import { listen } from '../support/listen.ts';
import { Orders, shopApp } from './shop.ts';

const Notes = events({ Noted: { text: t.string } });
const notes = sse({ events: Notes }, EMPTY);

const pageOf = async (handler: ContractHandler): Promise<string> =>
  (await handler(new Request('http://here/streams'))).text();

describe('a contract page', () => {
  it('lists each route with its parameters, events, fields and examples', async () => {
    const text = await listen(shopApp().app, async (url) => (await fetch(`${url}/streams`)).text());
    for (const part of ['/orders', '/rooms/:room', 'customer', 'Last-Event-ID', 'order_paid', 'In euros, with tax.']) {
      expect(text).to.contain(part);
    }
    expect(text).to.contain('&#34;total&#34;: 12.5');
    expect(text).to.contain('href="streams/openapi.json"');
  });

  it('has links that are relative to the path with a slash at its end', async () => {
    const text = await listen(shopApp().app, async (url) => (await fetch(`${url}/streams/?a=1`)).text());
    expect(text).to.contain('href="openapi.json"');
  });

  it('escapes every text of the program', async () => {
    const hostile = `</script><img src=x onerror="alert('1')">&`;
    const contractOf = events({ [hostile]: { [hostile]: t.literal(hostile) } });
    const options = { title: hostile, description: hostile, descriptions: { [hostile]: hostile } };
    const text = await pageOf(
      contract({ '/x': { handler: sse({ events: contractOf }, EMPTY), description: hostile } }, options),
    );
    expect(text.match(/<img/g)).to.equal(null);
    expect(text.match(/<\/script>/g)).to.have.length(1);
  });

  it('describes an event by the texts of the program alone, whatever its name is', async () => {
    const named = events({ OfValue: event('valueOf', { n: t.number }) });
    expect(await pageOf(contract({ '/x': sse({ events: named }, EMPTY) }))).to.not.contain('native code');
  });

  it('has a policy with the hashes of its style and its script, and no other source', async () => {
    const answer = await contract({ '/x': notes })(new Request('http://here/streams'));
    const policy = answer.headers.get('content-security-policy') ?? '';
    const text = await answer.text();
    for (const name of ['style', 'script']) {
      const [, inside = ''] = new RegExp(`<${name}>([^]*?)</${name}>`).exec(text) ?? [];
      expect(policy).to.contain(`${name}-src 'sha256-${createHash('sha256').update(inside).digest('base64')}'`);
    }
    expect(policy).to.contain("default-src 'none'").and.to.contain("connect-src 'self'");
    expect(policy).to.not.contain('unsafe');
    expect(text).to.not.match(/ (?:style|on\w+)=/);
  });
});

describe('contract', () => {
  const mounted = contract({ '/noted': notes });
  const apps = { 'Express 5': express(), 'Express 4': express4() as unknown as ReturnType<typeof express> };

  for (const [name, app] of Object.entries(apps)) {
    it(`answers below the path that ${name} mounts it at, and passes other paths on`, () => {
      app.use('/streams', mounted);
      return listen(app, async (url) => {
        const statuses = ['', '/', '/openapi.json', '/asyncapi.json', '/schemas/noted.json', '/other', '/a.json'].map(
          async (path) => (await fetch(`${url}/streams${path}`)).status,
        );
        expect(await Promise.all(statuses)).to.deep.equal([200, 200, 200, 200, 200, 404, 404]);
        expect((await fetch(`${url}/streams`, { method: 'POST' })).status).to.equal(405);
      });
    });
  }

  it('answers on a plain server, HEAD without a body', () =>
    listen(
      (request, response) => mounted(request, response),
      async (url) => {
        const page = await fetch(`${url}/streams?x=1`);
        expect(page.headers.get('content-type')).to.equal('text/html; charset=utf-8');
        expect(await page.text()).to.contain('href="streams/openapi.json"');
        const head = await fetch(`${url}/streams/openapi.json`, { method: 'HEAD' });
        expect(head.headers.get('content-type')).to.equal('application/json; charset=utf-8');
        expect(Number(head.headers.get('content-length'))).to.be.above(100);
        expect((await fetch(`${url}/streams/other.json`)).status).to.equal(404);
      },
    ));

  it('answers a web Request', async () => {
    const document = await (await mounted(new Request('http://here/streams/asyncapi.json'))).json();
    expect(document).to.include({ asyncapi: '3.0.0' });
    expect((await mounted(new Request('http://here/streams', { method: 'DELETE' }))).status).to.equal(405);
  });

  it('reads the events of a mounted feed, of receive, and of the handlers of rxsse/fetch', async () => {
    const orders = feed(Orders);
    const handlers = [sse(orders), receive(orders), sseFetch(orders), receiveFetch(orders)];
    for (const handler of handlers) expect(await pageOf(contract({ '/x': handler }))).to.contain('order_shipped');
  });

  it('has the events that the program names where a function chooses the feed', async () => {
    const handler = receive(() => feed(Notes));
    expect(await pageOf(contract({ '/x': handler }))).to.not.contain('text</span>');
    expect(await pageOf(contract({ '/x': { handler, events: Notes } }))).to.contain('Events that it accepts: noted');
  });

  it('has the method that starts a stream, the one that reads it again and the one that stops it', async () => {
    const headings = (handler: ContractHandler): Promise<readonly string[]> =>
      pageOf(handler).then((text) =>
        [...text.matchAll(/<h2 id="\w+_title">.*?>([A-Z]+)<.*?<code>(.*?)<\/code>/g)].map(([, ...parts]) =>
          parts.join(' '),
        ),
      );
    const options = { events: Notes, body: { text: t.string }, resume: true } as const;
    const [node, web] = [sse(options, () => EMPTY), sseFetch(options, () => EMPTY)];
    const all = ['POST /x', 'GET /x', 'DELETE /x'];
    expect(await headings(contract({ '/x': [node, stop(node)] }))).to.deep.equal(all);
    expect(await headings(contract({ '/x': [web, stopFetch(web)] }))).to.deep.equal(all);
    const mounted = { '/x': { handler: node, methods: ['PUT'] }, '/stop': { handler: stop(node), methods: ['POST'] } };
    expect(await headings(contract(mounted))).to.deep.equal(['PUT /x', 'POST /stop']);
  });

  it('has two events of one name that are defined twice', async () => {
    const other = sse({ events: events({ Noted: { other: t.number } }) }, EMPTY);
    const handler = contract({ '/a': notes, '/b': other });
    expect((await handler(new Request('http://here/streams/schemas/noted_2.json'))).status).to.equal(200);
  });

  it('makes no example for data that a codec refuses', async () => {
    const Email = t.refinement(t.string, (text) => text.includes('@'), 'Email');
    const handler = sse({ events: events({ Sent: { to: Email } }) }, EMPTY);
    expect(await pageOf(contract({ '/x': handler }))).to.not.contain('<pre tabindex');
    const examples = { sent: { to: 'ada@example.org' } };
    expect(await pageOf(contract({ '/x': handler }, { examples }))).to.contain('ada@example.org');
  });

  it('has no payload: nothing that was published is in the page or a document', async () => {
    const { app, orders } = shopApp();
    await orders.publish(Orders.OrderPaid({ order: 'SECRET-1', total: 1, method: 'card' }));
    const texts = await listen(app, (url) =>
      Promise.all(
        ['', '/openapi.json', '/asyncapi.json'].map(async (path) => (await fetch(`${url}/streams${path}`)).text()),
      ),
    );
    expect(texts.join()).to.not.contain('SECRET-1');
  });

  const mistakes: readonly (readonly [title: string, make: () => unknown, message: string])[] = [
    [
      'a function that calls a handler',
      () => contract({ '/x': ((request: never, response: never) => notes(request, response)) as never }),
      'contract: /x: expected a handler that sse, receive or stop returned, or { handler } with one; pass the handler itself and not a function that calls it',
    ],
    [
      'events that are not a contract',
      () => contract({ '/x': { handler: notes, events: { Noted: t.string } as never } }),
      'contract: /x: events must be a contract, as events(...) returns',
    ],
    [
      'methods that are no array of methods',
      () => contract({ '/x': { handler: notes, methods: ['post'] } }),
      "contract: /x: methods must be an array of methods such as 'POST'",
    ],
    [
      'a path without a slash',
      () => contract({ orders: notes }),
      'contract: orders: a path starts with /, such as /orders',
    ],
    [
      'a path with a pattern',
      () => contract({ '/files/*rest': notes }),
      'contract: /files/*rest: write the path with parameters such as :room, without other patterns',
    ],
    [
      'a parameter that the path does not have',
      () => contract({ '/x': sse({ params: { room: t.string } }, EMPTY) }),
      'contract: /x: the route decodes params.room, which the path does not have',
    ],
    [
      'a misspelt option',
      () => contract({ '/x': notes }, { titel: 'Shop' } as never),
      'contract: unknown option titel; did you mean title?',
    ],
    [
      'a description of an unknown field',
      () => contract({ '/x': notes }, { descriptions: { 'noted.txt': '' } }),
      'contract: descriptions: these routes have no event or field noted.txt; there are noted, noted.text',
    ],
    [
      'an example of an unknown event',
      () => contract({ '/x': notes }, { examples: { sent: {} } }),
      'contract: examples: these routes have no event sent; there are noted',
    ],
    [
      'an example that the event does not accept',
      () => contract({ '/x': notes }, { examples: { noted: { text: 1 } } }),
      'contract: examples.noted is not data of noted; give it as JSON, as it is sent',
    ],
    [
      'a schema of a codec that the library describes itself',
      () => contract({ '/x': notes }, { schemas: { Money: { type: 'string' } } }),
      'contract: schemas: these routes have no custom codec or refinement Money; there are none',
    ],
  ];

  for (const [title, make, message] of mistakes) {
    it(`refuses ${title}`, () => {
      expect(make).to.throw(TypeError).with.property('message', message);
    });
  }
});
