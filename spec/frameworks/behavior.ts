import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { request } from 'node:http';
import { expect } from 'chai';
import type { DiagnosticsMessages } from '../../lib/index.ts';
import { openStream } from '../support/openStream.ts';
import { requires } from '../support/requires.ts';
import { type FrameworkExample, load } from './example.ts';

const idOf = (text: string): string => /^id: (\S+)$/m.exec(text.slice(text.lastIndexOf('\nid: ')))?.[1] ?? '';
const totalsOf = (text: string): readonly number[] =>
  [...text.matchAll(/^data: \{"user":"\w+","total":(\d+)\}$/gm)].map(([, total]) => Number(total));

/** Describes how a framework differs from the others. */
interface Expectations {
  /** The body of the framework's own answer to an error with a status and a message. */
  readonly errorBody: (status: number, message: string) => unknown;
  /** The route of one user, as messages and reports name it. */
  readonly pattern: string;
  /** Whether the example allows another origin. @default true */
  readonly hasCors?: boolean;
}

/** Declares the specs that hold for the example of each framework: one that needs the packages by its name, or else its exports. */
export function itServes(
  served: string | FrameworkExample,
  { errorBody, pattern, hasCors = true }: Expectations,
): void {
  if (typeof served === 'string') requires('frameworks');

  let example: FrameworkExample;
  let url: string;
  let isStopped = false;

  before(async function () {
    this.timeout(30_000);
    example = typeof served === 'string' ? await load(served) : served;
    url = await example.start();
  });

  after(() => (example === undefined || isStopped ? undefined : example.stop()));

  const pay = (...totals: readonly number[]): PromiseLike<string> =>
    example.orders.publish(
      totals.map((total) => ({ type: 'order_paid' as const, data: { user: total % 2 === 0 ? 'ada' : 'bob', total } })),
    );

  const withoutReaders = async (): Promise<void> => {
    while (example.orders.readers > 0) await new Promise((resolve) => setImmediate(resolve));
  };

  const after1 = async (): Promise<string> => `${url}/orders?lastEventId=${await example.orders.cursor()}`;

  it('sends each event at once, also to a reader that accepts compression', async () => {
    const wire = await openStream(await after1(), { headers: { 'Accept-Encoding': 'gzip, br, zstd' } });
    expect(wire.status).to.equal(200);
    expect(wire.headers).to.include({ 'content-type': 'text/event-stream; charset=utf-8', 'rxsse-resume': 'exact' });
    expect(wire.headers['content-encoding']).to.equal(undefined);
    for (const total of [1, 2, 3]) {
      await pay(total);
      await wire.until(new RegExp(`"total":${total}}\n\n$`));
    }
    wire.close();
    await withoutReaders();
  });

  it('sends heartbeats', async () => {
    const wire = await openStream(`${url}/time`);
    await wire.until(/\n\n:\n\n/);
    wire.close();
  });

  it('continues exactly after a cut', async () => {
    const wire = await openStream(await after1());
    await pay(10, 11);
    const cursor = idOf(await wire.until(/"total":11}\n\n/));
    wire.close();
    await withoutReaders();
    await pay(12, 13);
    const resumed = await openStream(`${url}/orders`, { headers: { 'Last-Event-ID': cursor } });
    await pay(14);
    expect(totalsOf(await resumed.until(/"total":14}\n\n/))).to.deep.equal([12, 13, 14]);
    resumed.close();
  });

  it('decodes parameters and the query, and names what is wrong', async () => {
    const cursor = await example.orders.cursor();
    const wire = await openStream(`${url}/orders/ada?min=22`, { headers: { 'Last-Event-ID': cursor } });
    await pay(20, 21, 22, 23, 24);
    expect(totalsOf(await wire.until(/"total":24}\n\n/))).to.deep.equal([22, 24]);
    wire.close();

    const refused = await fetch(`${url}/orders/ada?min=much`);
    expect([refused.status, refused.headers.get('content-type')]).to.deep.equal([422, 'application/problem+json']);
    expect(await refused.json()).to.deep.include({ detail: 'query.min: expected a number, got string' });
  });

  it('names the route, by its pattern where the framework does', async () => {
    const opened = new Promise((resolve) => {
      const onOpen = (message: unknown): void => {
        unsubscribe('rxsse:connection:open', onOpen);
        resolve((message as DiagnosticsMessages['rxsse:connection:open']).route);
      };
      subscribe('rxsse:connection:open', onOpen);
    });
    const wire = await openStream(`${url}/orders/ada?min=1`);
    expect(await opened).to.equal(`GET ${pattern}`);
    wire.close();
  });

  it('has the headers that the framework set before', async () => {
    const origin = 'https://shop.example';
    const wire = await openStream(await after1(), { headers: { Origin: origin } });
    expect(wire.headers['access-control-allow-origin']).to.equal(hasCors ? origin : undefined);
    wire.close();
    const head = await fetch(`${url}/orders`, { method: 'HEAD', headers: { Origin: origin } });
    expect(head.status).to.equal(200);
    expect(head.headers.get('content-type')).to.equal('text/event-stream; charset=utf-8');
    expect(head.headers.get('access-control-allow-origin')).to.equal(hasCors ? origin : null);
    expect(await head.text()).to.equal('');
  });

  it('gets the user that the framework authenticated, and does not answer anyone else', async () => {
    const refused = await fetch(`${url}/mine`);
    expect([refused.status, await bodyOf(refused)]).to.deep.equal([401, errorBody(401, 'sign in first')]);

    const headers = { Authorization: 'Bearer bob', 'Last-Event-ID': await example.orders.cursor() };
    const wire = await openStream(`${url}/mine`, { headers });
    await pay(30, 31, 32, 33);
    expect(totalsOf(await wire.until(/"total":33}\n\n/))).to.deep.equal([31, 33]);
    wire.close();
  });

  it('leaves an error before the first byte to the framework', async () => {
    const refused = await fetch(`${url}/orders/unknown`, { headers: { Origin: 'https://shop.example' } });
    expect([refused.status, await bodyOf(refused)]).to.deep.equal([404, errorBody(404, 'no such user')]);
  });

  it('answers 204 after the end', async () => {
    const cursor = await example.orders.cursor();
    const answer = await fetch(`${url}/orders`, { headers: { 'Last-Event-ID': `${cursor}~` } });
    expect([answer.status, answer.headers.get('rxsse-resume'), await answer.text()]).to.deep.equal([204, 'ended', '']);
  });

  it('serves the page of the contract, and its documents', async () => {
    const page = await fetch(`${url}/streams`);
    expect([page.status, page.headers.get('content-type')]).to.deep.equal([200, 'text/html; charset=utf-8']);
    expect(await page.text()).to.include('href="streams/openapi.json"');
    const api = (await (await fetch(`${url}/streams/openapi.json`)).json()) as { readonly paths: object };
    expect(Object.keys(api.paths)).to.deep.equal(['/orders', '/orders/{user}', '/mine']);
    expect((await fetch(`${url}/streams/other.json`)).status).to.equal(404);
  });

  it('serves the inspector to those whom authorize lets in: its page, its stream and its actions', async () => {
    const headers = { Authorization: 'Bearer staff' };
    expect((await fetch(`${url}/inspect`, { headers: { Authorization: 'Bearer bob' } })).status).to.equal(403);
    const page = await fetch(`${url}/inspect`, { headers });
    expect([page.status, page.headers.get('content-type')]).to.deep.equal([200, 'text/html; charset=utf-8']);
    expect(await page.text()).to.include('data-base="inspect/"');

    const stream = await openStream(`${url}/inspect/events`, { headers });
    await stream.until(/^event: lanes\n[\s\S]*^event: status\n[\s\S]*^event: status\n/m);
    const event = { type: 'order_paid', data: { user: 'ada', total: 50 } };
    const published = await fetch(`${url}/inspect/actions`, {
      method: 'POST',
      headers: { ...headers, 'Content-Type': 'application/json' },
      body: JSON.stringify({ action: 'publish', feed: 'orders', event }),
    });
    expect([published.status, await published.text()]).to.deep.equal([202, `${await example.orders.cursor()}\n`]);
    await stream.until(/"lane":"feed:orders","count":1,/);
    stream.close();
  });

  it('unsubscribes a reader that disconnects', async () => {
    await withoutReaders();
    const wires = await Promise.all([
      openStream(`${url}/orders`),
      openStream(`${url}/mine`, { headers: { Authorization: 'Bearer bob' } }),
    ]);
    await Promise.all(wires.map((wire) => wire.until(/rxsse\.position/)));
    expect(example.orders.readers).to.equal(2);
    for (const wire of wires) wire.close();
    await withoutReaders();
  });

  it('publishes what is posted', async () => {
    const wire = await openStream(await after1());
    const body = JSON.stringify({ type: 'order_paid', data: { user: 'ada', total: 40 } });
    const headers = { 'Content-Type': 'application/json' };
    const stored = await fetch(`${url}/orders`, { method: 'POST', headers, body });
    expect([stored.status, await stored.json()]).to.deep.equal([202, { cursor: await example.orders.cursor() }]);
    expect(totalsOf(await wire.until(/"total":40}\n\n/))).to.deep.equal([40]);
    wire.close();

    const refused = await fetch(`${url}/orders`, { method: 'POST', headers, body: body.replace('40', '"40"') });
    expect([refused.status, refused.headers.get('content-type')]).to.deep.equal([422, 'application/problem+json']);
  });

  it('ends the streams when the framework shuts down, and does not wait for them', async () => {
    await withoutReaders();
    const wire = await openStream(await after1());
    await wire.until(/rxsse\.position/);
    const [stopped] = await Promise.all([example.stop(), wire.ended()]);
    isStopped = true;
    expect(stopped).to.equal(undefined);
    expect(wire.text()).to.match(/\nretry: \d+\n\n$/);
    expect(example.orders.readers).to.equal(0);
    const refused = request(`${url}/orders`);
    const [error] = await once(refused.end(), 'error');
    expect(error).to.include({ code: 'ECONNREFUSED' });
  });
}

async function bodyOf(response: Response): Promise<unknown> {
  return response.headers.get('content-type')?.includes('json') ? response.json() : response.text();
}
