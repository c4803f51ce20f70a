import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { expect } from 'chai';
import { EventSource } from 'eventsource';
import { requires } from '../support/requires.ts';
import { type FrameworkExample, importPackage, load } from './example.ts';

interface TrackedOrder {
  readonly id: string;
  readonly data: { readonly type: string; readonly data: { readonly total?: number; readonly reason?: string } } | null;
}

interface Subscription {
  unsubscribe(): void;
}

interface Client {
  readonly orders: {
    subscribe(
      input: { lastEventId: string } | undefined,
      observer: { onData(order: TrackedOrder): void; onError(error: unknown): void },
    ): Subscription;
  };
}

interface ClientPackage {
  createTRPCClient(options: { links: readonly unknown[] }): Client;
  httpSubscriptionLink(options: { url: string; EventSource: unknown }): unknown;
}

describe('a feed as a subscription of tRPC', () => {
  requires('frameworks');

  let example: FrameworkExample & { cut(): void };
  let client: Client;
  let url: string;

  before(async function () {
    this.timeout(30_000);
    const { createTRPCClient, httpSubscriptionLink } = await importPackage<ClientPackage>('@trpc/client');
    example = await load('trpc');
    url = await example.start();
    client = createTRPCClient({ links: [httpSubscriptionLink({ url, EventSource })] });
  });

  after(() => example?.stop());

  const pay = (total: number) => example.orders.publish({ type: 'order_paid', data: { user: 'ada', total } });
  const noReaders = async () => {
    while (example.orders.readers > 0) await new Promise((resolve) => setImmediate(resolve));
  };

  /** Subscribes as a program of tRPC does. */
  function follow(lastEventId?: string) {
    const received: TrackedOrder[] = [];
    let check = (): void => {};
    let fail = (_error: unknown): void => {};
    const subscription = client.orders.subscribe(lastEventId === undefined ? undefined : { lastEventId }, {
      onData: (order) => {
        received.push(order);
        check();
      },
      onError: (error) => fail(error),
    });
    const until = (isTrue: (last: TrackedOrder) => boolean): Promise<void> =>
      new Promise((resolve, reject) => {
        check = () => {
          const last = received.at(-1);
          if (last !== undefined && isTrue(last)) resolve();
        };
        fail = reject;
        check();
      });
    const totals = () => received.flatMap(({ data }) => (data === null ? [] : [data.data.total]));
    return { received, totals, until, stop: () => subscription.unsubscribe() };
  }

  const isTotal = (total: number) => (order: TrackedOrder) => order.data?.data.total === total;

  it('is resumed from the log by each reconnect of a client of tRPC, also before the first event', async () => {
    const { until, totals, received, stop } = follow();
    await until(({ data }) => data === null);
    for (const total of [1, 3]) {
      example.cut();
      await noReaders();
      await pay(total);
      await pay(total + 1);
      await until(isTotal(total + 1));
    }
    expect(totals()).to.deep.equal([1, 2, 3, 4]);
    expect(received.at(-1)?.id).to.equal(await example.orders.cursor());
    stop();
    await noReaders();
  });

  it('continues after the id that a program has stored', async () => {
    const cursor = await pay(10);
    await pay(11);
    const { until, totals, stop } = follow(cursor);
    await until(isTotal(11));
    expect(totals()).to.deep.equal([11]);
    stop();
    await noReaders();
  });

  it('sends a gap for an id that cannot be served', async () => {
    const { until, received, stop } = follow('unknown');
    await until(({ data }) => data?.type === 'rxsse.gap');
    expect(received.at(-1)?.data?.data).to.include({ reason: 'invalid' });
    stop();
    await noReaders();
  });

  it('reads the log again for a reader that is slow', async () => {
    const cursor = await pay(20);
    const input = encodeURIComponent(JSON.stringify({ lastEventId: cursor }));
    const sent = request(`${url}/orders?input=${input}`, { agent: false }).end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    while (example.orders.readers === 0) await new Promise((resolve) => setImmediate(resolve));
    // More than the sockets of both ends and the queue of the loop hold.
    const count = 12_000;
    for (let first = 0; first < count; first += 100) {
      await example.orders.publish(
        Array.from({ length: 100 }, (_, n) => ({
          type: 'order_paid' as const,
          data: { user: 'x'.repeat(1000), total: first + n },
        })),
      );
      await new Promise((resolve) => setImmediate(resolve));
    }
    const totals: number[] = [];
    let rest = '';
    for await (const chunk of response.setEncoding('utf8')) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const total = /"total":(\d+)/.exec(line)?.[1];
        if (total !== undefined) totals.push(Number(total));
      }
      if (totals.length >= count) break;
    }
    expect(totals).to.deep.equal(Array.from({ length: count }, (_, n) => n));
    await noReaders();
  });
});
