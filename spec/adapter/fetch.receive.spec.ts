import { expect } from 'chai';
import { type FetchReceiveHandler, receive } from '../../lib/adapter/web/index.ts';
import { feed, feeds, memoryLog } from '../../lib/index.ts';
import { Orders, paid, remembered } from './posting.ts';

/** Returns a handler over a feed of its own, and the text of the log. */
function shop(options?: Parameters<typeof receive>[1]) {
  const log = memoryLog();
  const orders = feed(Orders, { log });
  return { orders, handler: receive(orders, options), remembered: () => remembered(log) };
}

const json = { 'Content-Type': 'application/json' };
const post = (body: unknown, headers: Record<string, string> = json) =>
  new Request('http://here/orders', { method: 'POST', body: JSON.stringify(body), headers });

/** Returns the status, and the data of the log. */
async function answerOf(handler: FetchReceiveHandler<Request>, request: Request, context?: unknown) {
  const response = await handler(request, context);
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as { readonly cursor?: string; readonly status?: number },
  };
}

describe('receive of rxsse/fetch', () => {
  it('appends the events, and answers with the cursor of the last one', async () => {
    const { handler, remembered } = shop();
    const { status, headers, body } = await answerOf(handler, post([paid('A'), paid('B')]));
    expect([status, headers.get('content-type')]).to.deep.equal([202, 'application/json']);
    expect(body.cursor).to.match(/^1\.[\w-]{16}\.2$/);
    expect(remembered().match(/"order":"."/g)).to.deep.equal(['"order":"A"', '"order":"B"']);
  });

  it('repeats the cursor for an Idempotency-Key', async () => {
    const { handler, remembered } = shop();
    const send = () => answerOf(handler, post(paid('A'), { ...json, 'Idempotency-Key': 'k' }));
    expect((await send()).body).to.deep.equal((await send()).body);
    expect(remembered().match(/^id/gm)).to.have.length(1);
  });

  const refused: readonly (readonly [string, () => Request, number])[] = [
    ['another method', () => new Request('http://here/'), 405],
    ['a body of another type', () => post(paid('A'), { 'Content-Type': 'text/plain' }), 415],
    ['a body that is not JSON', () => new Request('http://here/', { method: 'POST', body: '{', headers: json }), 400],
    ['a body that is too large', () => post(paid('A'.repeat(300))), 413],
    ['events that do not decode', () => post(paid(5)), 422],
    ['more events than maxBatch', () => post([paid('A'), paid('B'), paid('C')]), 422],
    ['an invalid key', () => post(paid('A'), { ...json, 'Idempotency-Key': '' }), 400],
  ];
  for (const [what, request, expected] of refused) {
    it(`answers ${expected} for ${what}, and stores nothing`, async () => {
      const { handler, remembered } = shop({ maxBodyBytes: 200, maxBatch: 2 });
      const { status, body } = await answerOf(handler, request());
      expect([status, body.status, remembered()]).to.deep.equal([expected, expected, '']);
    });
  }

  it('answers 409 for a feed that has ended', async () => {
    const { orders, handler } = shop();
    await orders.end();
    expect((await answerOf(handler, post(paid('A')))).status).to.equal(409);
  });

  it('answers 503 with Retry-After for a full family of feeds', async () => {
    const rooms = feeds(Orders, { maxFeeds: 1 });
    const reading = rooms.get('a').events().subscribe();
    const { status, headers } = await answerOf(
      receive(() => rooms.get('b')),
      post(paid('A')),
    );
    reading.unsubscribe();
    rooms.close();
    expect([status, Number(headers.get('retry-after')) >= 5]).to.deep.equal([503, true]);
  });

  it('accepts a body that a framework has read', async () => {
    const { handler, remembered } = shop();
    const request = post({});
    await request.text();
    expect((await answerOf(handler, request, { body: paid('A') })).status).to.equal(202);
    expect(remembered()).to.include('"order":"A"');
  });

  it('rejects when the body was read before and not passed', async () => {
    const request = post(paid('A'));
    await request.text();
    const failure = await shop()
      .handler(request)
      .catch((error: unknown) => error);
    expect(String(failure)).to.include('the body was read before: pass its value as { body }');
  });

  it('passes the web request to the function, rejects with its errors and answers with its Response', async () => {
    const { orders } = shop();
    const seen: Request[] = [];
    const request = post(paid('A'));
    const handler = receive(async (passed) => {
      seen.push(passed);
      return orders;
    });
    expect((await handler(request)).status).to.equal(202);
    expect(seen[0]).to.equal(request);
    const failing = receive(() => Promise.reject(new Error('no such room')));
    expect(String(await failing(post(paid('A'))).catch((error: unknown) => error))).to.equal('Error: no such room');
    const refusing = receive(() => {
      throw new Response(null, { status: 403 });
    });
    expect((await refusing(post(paid('A')))).status).to.equal(403);
  });

  it('throws for a value that is not a feed and for a bound out of range', () => {
    expect(() => receive({} as never)).to.throw(TypeError, 'receive: expected a feed');
    expect(() => receive(feed(Orders), { maxBatch: 0 })).to.throw(RangeError, 'receive: maxBatch');
  });
});
