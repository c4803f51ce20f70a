import { expect } from 'chai';
import { openStream } from '../support/openStream.ts';
import { requires } from '../support/requires.ts';
import { removeNext, startNext } from './nextServer.ts';

describe('the route files in a server of Next', function () {
  this.timeout(120_000);
  requires('frameworks');

  let server: Awaited<ReturnType<typeof startNext>>;
  before(async () => {
    server = await startNext();
  });
  after(removeNext);

  /** Publishes orders of one user over HTTP, and returns the cursor of the last one. */
  async function pay(...totals: readonly number[]): Promise<string> {
    let cursor = '';
    for (const total of totals) {
      const body = JSON.stringify({ type: 'order_paid', data: { user: total % 2 === 0 ? 'ada' : 'bob', total } });
      const headers = { 'Content-Type': 'application/json' };
      const answer = await fetch(`${server.url}/orders`, { method: 'POST', headers, body });
      expect(answer.status).to.equal(202);
      ({ cursor } = (await answer.json()) as { readonly cursor: string });
    }
    return cursor;
  }

  /** Resolves when the feed has so many readers. */
  async function readersAre(count: number): Promise<void> {
    while ((await (await fetch(`${server.url}/readers`)).json()) !== count);
  }

  const totalsIn = (text: string) => [...text.matchAll(/"total":(\d+)/g)].map(([, total]) => Number(total));

  it('send each event at once, also to a reader that accepts compression', async () => {
    const wire = await openStream(`${server.url}/orders`, { headers: { 'Accept-Encoding': 'gzip, br, zstd' } });
    expect([wire.status, wire.headers['content-encoding']]).to.deep.equal([200, undefined]);
    await wire.until(/rxsse\.position/);
    for (const total of [1, 2, 3]) {
      await pay(total);
      await wire.until(new RegExp(`"total":${total}}\n\n$`));
    }
    wire.close();
  });

  it('continue exactly after a cut', async () => {
    const cursor = await pay(10);
    await pay(11, 12);
    const wire = await openStream(`${server.url}/orders`, { headers: { 'Last-Event-ID': cursor } });
    expect(wire.headers['rxsse-resume']).to.equal('exact');
    await wire.until(/"total":12}\n\n/);
    await pay(13);
    expect(totalsIn(await wire.until(/"total":13}\n\n/))).to.deep.equal([11, 12, 13]);
    wire.close();
  });

  it('get the parameters and the query, and answer by a response that is thrown', async () => {
    const headers = { 'Last-Event-ID': await pay(20) };
    const wire = await openStream(`${server.url}/orders/ada?min=23`, { headers });
    await pay(21, 22, 23, 24);
    expect(totalsIn(await wire.until(/"total":24}\n\n/))).to.deep.equal([24]);
    wire.close();
    expect((await fetch(`${server.url}/orders/ada?min=much`)).status).to.equal(422);
    for (const [path, status, text] of [
      ['/orders/unknown', 404, 'no such user'],
      ['/mine', 401, 'sign in first'],
    ] as const) {
      const answer = await fetch(server.url + path);
      expect([answer.status, await answer.text()]).to.deep.equal([status, text]);
    }
  });

  it('answer HEAD, and 204 after the end', async () => {
    const head = await fetch(`${server.url}/orders`, { method: 'HEAD' });
    expect([head.status, await head.text()]).to.deep.equal([200, '']);
    const headers = { 'Last-Event-ID': `${await pay(30)}~` };
    expect((await fetch(`${server.url}/orders`, { headers })).status).to.equal(204);
  });

  it('unsubscribe a reader that disconnects', async () => {
    await readersAre(0);
    const wires = await Promise.all([
      openStream(`${server.url}/orders`),
      openStream(`${server.url}/mine`, { headers: { Authorization: 'Bearer bob' } }),
    ]);
    await readersAre(2);
    for (const wire of wires) wire.close();
    await readersAre(0);
  });

  it('end their streams on SIGTERM, so that the process exits', async () => {
    const wire = await openStream(`${server.url}/orders`, { patience: 20_000 });
    await wire.until(/rxsse\.position/);
    const [text, code] = await Promise.all([wire.ended(), server.stop()]);
    expect(text).to.match(/\nretry: \d+\n\n$/);
    // That of SIGTERM, by which the process ends itself.
    expect(code).to.equal(143);
  });
});
