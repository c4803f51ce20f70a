import { expect } from 'chai';
import { NEVER, Subject } from 'rxjs';
import type { FromSseOptions } from '../../../lib/client/index.ts';
import { ConnectionError, fromSse, readSse, tabs } from '../../../lib/client/index.ts';
import { tabsOf } from '../../../lib/client/tabs/tabs.ts';
import { asyncMarbles } from '../../../lib/testing/index.ts';
import { Ticks } from '../../http/ticks.ts';
import { later, type OpenedTab, TestOrigin } from './TestOrigin.ts';

/** Returns a test in virtual time of an origin with some tabs, which all have joined. */
function withTabs(
  count: number,
  test: (origin: TestOrigin, opened: readonly OpenedTab[]) => Promise<void>,
  options: Partial<FromSseOptions> = {},
) {
  return asyncMarbles(
    async () => {
      const origin = new TestOrigin();
      const opened = Array.from({ length: count }, () => origin.open(undefined, options));
      await later(2000);
      await test(origin, opened);
      for (const { subscription } of opened) subscription.unsubscribe();
    },
    { until: '10m' },
  );
}

type Reader = ReadableStreamDefaultController<string>;

/** Returns a response that stays open, and is one of the readers until it is cancelled. */
function streamOf(text: string, readers = new Set<Reader>()): Response {
  let added: Reader | undefined;
  const body = new ReadableStream<string>({
    start: (reader) => {
      reader.enqueue(text);
      readers.add(reader);
      added = reader;
    },
    cancel: () => void readers.delete(added as Reader),
  });
  return new Response(body.pipeThrough(new TextEncoderStream()), { headers: { 'content-type': 'text/event-stream' } });
}

const receivedBy = (opened: readonly OpenedTab[]) => opened.map(({ received }) => received);

describe('tabs', () => {
  it(
    'hold one connection for all tabs, and each receives what is published',
    withTabs(20, async (origin, opened) => {
      expect(origin.requests.size).to.equal(1);
      for (let n = 0; n < 3; n++) await origin.publish();
      await later(100);
      for (const { received } of opened) expect(received).to.deep.equal([1, 2, 3]);
      // The leader's, and that of one tab at a time which joins.
      expect(origin.mostRequests).to.equal(2);
      for (const { subscription } of opened) subscription.unsubscribe();
      expect(origin.requests.size).to.equal(0);
      expect(origin.browser.channels.size).to.equal(0);
    }),
  );

  it(
    'give a tab that resumes exactly what follows its position',
    withTabs(2, async (origin) => {
      await origin.publish();
      const cursor = await origin.publish();
      for (let n = 0; n < 3; n++) await origin.publish();
      await later(100);
      const late = origin.open({ cursor, first: 3 });
      const newest = origin.open({ cursor: late.cursor, first: 3 });
      await later(1000);
      expect(receivedBy([late, newest])).to.deep.equal([
        [3, 4, 5],
        [3, 4, 5],
      ]);
      expect(origin.requests.size).to.equal(1);
      const requests = origin.requestCount;
      // It has the leader's position already, so it makes no request.
      const exact = origin.open({ cursor: late.cursor, first: 6 });
      await later(1000);
      await origin.publish();
      await later(100);
      expect(exact.received).to.deep.equal([6]);
      expect(origin.requestCount).to.equal(requests);
      // So has one that joins when the leader has reconnected at its position.
      origin.cut();
      await later(1000);
      const reconnected = origin.requestCount;
      const second = origin.open({ cursor: exact.cursor, first: 7 });
      await later(1000);
      expect(origin.requestCount).to.equal(reconnected);
      for (const { subscription } of [late, newest, exact, second]) subscription.unsubscribe();
    }),
  );

  it(
    'replace a leader that stops without an event, and follow when it runs again',
    withTabs(3, async (origin, opened) => {
      const [leader, ...others] = opened;
      leader?.tab.freeze(false);
      await origin.publish();
      await later(31_000);
      await origin.publish();
      await later(100);
      expect(receivedBy(others)).to.deep.equal([
        [1, 2],
        [1, 2],
      ]);
      leader?.tab.thaw();
      await later(1000);
      expect(leader?.received).to.deep.equal([1, 2]);
      expect(origin.requests.size).to.equal(1);
    }),
  );

  it(
    'pass the lead on when the page is frozen or hidden, and join again when it is back',
    withTabs(2, async (origin, opened) => {
      const [leader, other] = opened as [OpenedTab, OpenedTab];
      for (const [stop, start] of [
        [() => leader.tab.freeze(true), () => leader.tab.thaw()],
        [() => other.tab.hide(), () => other.tab.show()],
      ] as const) {
        stop();
        await origin.publish();
        await later(100);
        expect(origin.requests.size).to.equal(1);
        start();
        await later(100);
      }
      await origin.publish();
      await later(100);
      expect(receivedBy(opened)).to.deep.equal([
        [1, 2, 3],
        [1, 2, 3],
      ]);
    }),
  );

  it(
    'send the status of the connection to each tab',
    withTabs(2, async (origin, opened) => {
      const [leader, other] = opened as [OpenedTab, OpenedTab];
      expect(other.states).to.deep.equal(['connecting', 'connecting', 'open']);
      origin.cut();
      await later(1000);
      expect(leader.states.slice(2)).to.deep.equal(['retrying', 'connecting', 'open']);
      expect(other.states.slice(3)).to.deep.equal(['retrying', 'connecting', 'open']);
    }),
  );

  const wake = new Subject<void>();
  it(
    'connect at once when another tab notices that the browser is online again',
    withTabs(
      1,
      async (origin, [leader]) => {
        const other = origin.open(undefined, { backoff: { initialDelay: 1e9, maxDelay: 1e9 }, reconnectOn: wake });
        await later(1000);
        origin.cut();
        await later(10);
        expect(leader?.states.at(-1)).to.equal('retrying');
        wake.next();
        await later(50);
        expect(leader?.states.at(-1)).to.equal('open');
        other.subscription.unsubscribe();
      },
      { backoff: { initialDelay: 1e9, maxDelay: 1e9 }, reconnectOn: NEVER },
    ),
  );

  it(
    'end in each tab with the answer that it has got itself',
    withTabs(3, async (origin, opened) => {
      origin.response = () => new Response('{"title":"signed out"}', { status: 401 });
      origin.cut();
      await later(2000);
      for (const { end } of opened) expect(end).to.be.instanceOf(ConnectionError).and.include({ status: 401 });
      expect(origin.browser.held.size).to.equal(0);
    }),
  );

  it(
    'complete in each tab when the server ends the stream',
    withTabs(3, async (origin, opened) => {
      await origin.publish();
      origin.ticks.end();
      await later(1000);
      for (const { received, end } of opened)
        expect({ received, end }).to.deep.equal({ received: [1], end: 'completed' });
    }),
  );

  const skipped: string[] = [];
  it(
    'report in each tab that an event was skipped',
    withTabs(
      2,
      async (origin, opened) => {
        await origin.ticks.publish(Ticks.Tick(-1.2345678901234567e300));
        await origin.publish();
        await later(100);
        expect(receivedBy(opened)).to.deep.equal([[1], [1]]);
        expect(skipped).to.have.length(2);
        expect(skipped[0]).to.equal(skipped[1]);
      },
      { maxEventBytes: 20, onError: ({ issues }) => skipped.push(issues.join()) },
    ),
  );

  it(
    'have a connection each where the events have no ids',
    asyncMarbles(
      async () => {
        const origin = new TestOrigin();
        origin.response = () => streamOf('event: tick\ndata: 1\n\n');
        const opened = [origin.open(undefined), origin.open(undefined)];
        await later(1100);
        expect(receivedBy(opened)).to.deep.equal([[1], [1]]);
        expect(origin.requests.size).to.equal(2);
        for (const { subscription } of opened) subscription.unsubscribe();
      },
      { until: '10m' },
    ),
  );

  for (const [what, line] of [
    ['have no ids', ''],
    ['repeat one', 'id: 7\n'],
  ] as const) {
    it(
      `share from where an event moves the position of both, if some events ${what}`,
      asyncMarbles(
        async () => {
          const origin = new TestOrigin();
          const sent: string[] = [];
          const readers = new Set<Reader>();
          const send = (id: string, n: number): void => {
            sent.push(`${id}event: tick\ndata: ${n}\n\n`);
            for (const reader of readers) reader.enqueue(sent.at(-1) as string);
          };
          origin.response = ({ headers }) => {
            const id = new Headers(headers).get('last-event-id');
            const at = sent.findIndex((frame) => frame.startsWith(`id: ${id}\n`));
            return streamOf(at < 0 ? '' : sent.slice(at + 1).join(''), readers);
          };
          const leader = origin.open(undefined);
          await later(100);
          send('id: 7\n', 1);
          send(line, 2);
          await later(100);
          const second = origin.open({ cursor: '7', first: 2 });
          await later(2000);
          send(line, 3);
          await later(100);
          expect(receivedBy([leader, second])).to.deep.equal([
            [1, 2, 3],
            [2, 3],
          ]);
          send('id: 8\n', 4);
          await later(100);
          expect(origin.requests.size).to.equal(1);
          send('', 5);
          await later(100);
          expect(receivedBy([leader, second])).to.deep.equal([
            [1, 2, 3, 4, 5],
            [2, 3, 4, 5],
          ]);
          for (const { subscription } of [leader, second]) subscription.unsubscribe();
        },
        { until: '10m' },
      ),
    );
  }

  it(
    'have a connection each where they accept events of other sizes',
    withTabs(
      1,
      async (origin, [small]) => {
        const large = origin.open(undefined);
        await later(1000);
        await origin.ticks.publish(Ticks.Tick(-1.2345678901234567e300));
        await later(100);
        expect(receivedBy([small as OpenedTab, large])).to.deep.equal([[], [-1.2345678901234567e300]]);
        expect(origin.requests.size).to.equal(2);
        large.subscription.unsubscribe();
      },
      { maxEventBytes: 20, onError: () => {} },
    ),
  );

  it(
    'have a connection each for each key',
    withTabs(1, async (origin, [tab]) => {
      const other = origin.open(undefined, {}, 'another user');
      await later(1000);
      await origin.publish();
      await later(100);
      expect(receivedBy([tab as OpenedTab, other])).to.deep.equal([[1], [1]]);
      expect(origin.requests.size).to.equal(2);
      other.subscription.unsubscribe();
    }),
  );

  it(
    'do not wait for a tab that hangs while it catches up',
    withTabs(1, async (origin) => {
      await origin.publish();
      const hanging = origin.open(undefined);
      const isCatchingUp = () =>
        [...origin.browser.held].some(([name, { tab }]) => name.endsWith(' turn') && tab === hanging.tab);
      while (!isCatchingUp()) await later(1);
      hanging.tab.freeze(false);
      const opened = origin.open(undefined);
      await later(60_000);
      await origin.publish();
      await later(100);
      expect(opened.received).to.deep.equal([2]);
      for (const { subscription } of [hanging, opened]) subscription.unsubscribe();
    }),
  );

  for (const denied of ['locks', 'channels'] as const) {
    it(
      `have a connection each where the browser allows no ${denied}`,
      asyncMarbles(
        async () => {
          const origin = new TestOrigin();
          origin.browser.denied = denied;
          const opened = [origin.open(undefined), origin.open(undefined)];
          await later(1000);
          await origin.publish();
          await later(100);
          expect(receivedBy(opened)).to.deep.equal([[1], [1]]);
          expect(origin.requests.size).to.equal(2);
          for (const { subscription } of opened) subscription.unsubscribe();
        },
        { until: '10m' },
      ),
    );
  }

  it(
    'have a connection each outside of browsers',
    asyncMarbles(
      async () => {
        const origin = new TestOrigin();
        const share = [tabsOf(() => undefined, { key: 'user' }), tabs({ key: 'user' })];
        const opened = share.map((each) => origin.open(undefined, { share: each }));
        await later(100);
        expect(origin.requests.size).to.equal(2);
        for (const { subscription } of opened) subscription.unsubscribe();
      },
      { until: '10m' },
    ),
  );

  it('refuse what they cannot share', () => {
    const share = tabs();
    const refused = (options: FromSseOptions, target: Parameters<typeof fromSse>[0] = '/x') =>
      expect(() => fromSse(target, Ticks, { share, ...options }))
        .to.throw(TypeError)
        .with.property('message');
    refused({ method: 'POST' }).that.includes('fromSse: share takes GET requests with a URL, got another request');
    refused({ body: 'x' }).that.includes('share takes GET requests');
    refused({}, new Request('http://x.test/')).that.includes('share takes GET requests');
    refused({ fetch }).that.includes('fromSse: share needs a key with fetch;');
    refused({ headers: { a: 'b' } }).that.includes('fromSse: share needs a key with headers; use tabs({ key })');
    refused({}, () => '/x').that.includes('fromSse: share needs a key with a function as the target');
    expect(() => fromSse('/x', Ticks, { share: tabs({ key: 'me' }), headers: { a: 'b' } })).not.to.throw();
    expect(() => readSse('/x', Ticks, { share } as object)).to.throw(TypeError, 'unknown option share');
    expect(() => tabs({ keys: 'me' } as object)).to.throw(TypeError, 'tabs: unknown option keys; did you mean key?');
  });
});
