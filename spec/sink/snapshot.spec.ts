import { expect } from 'chai';
import * as t from 'io-ts';
import { timer } from 'rxjs';
import type { SnapshotGap } from '../../lib/feed/startPosition.ts';
import type { Snapshot } from '../../lib/feed/takeSnapshot.ts';
import { type EventOf, events, feed, memoryLog, sse } from '../../lib/index.ts';
import { type MarbleHelpers, marbles } from '../../lib/testing/marbles.ts';
import { comment, type Frame, message } from '../../lib/wire/index.ts';
import { received } from '../feed/received.ts';
import { deferred } from '../support/deferred.ts';
import { listen } from '../support/listen.ts';
import { openStream } from '../support/openStream.ts';

const Counts = events({ Count: t.number, Total: t.number });
const { Count, Total } = Counts;
type Sent = EventOf<typeof Counts> | Frame;
type TakeSnapshot = (missed: SnapshotGap | undefined) => Snapshot<Sent> | Promise<Snapshot<Sent>>;

/** Returns a feed whose log stores the newest two events, and the cursors of all published events. */
function counted(log = memoryLog({ maxEntries: 2 })) {
  const shared = feed(Counts, { log });
  const cursors: string[] = [];
  const publish = (n: number) => shared.publish(Count(n)).subscribe((cursor) => cursors.push(cursor));
  return { shared, cursors, publish };
}

/** Returns a route whose readers without a cursor start live. */
const withSnapshot = (shared: ReturnType<typeof counted>['shared'], snapshot: TakeSnapshot) =>
  sse({ resume: { from: 'live', snapshot: (_context, missed) => snapshot(missed) } }, shared);

const routed = (
  { shared, cursors }: ReturnType<typeof counted>,
  requests: unknown[] = [],
  passed: readonly Sent[] = [Total(10), { type: 'total', data: 11 }],
) => {
  const snapshot: TakeSnapshot = (missed) => {
    requests.push(missed);
    return { events: passed, cursor: cursors.at(-1) ?? '' };
  };
  return withSnapshot(shared, snapshot);
};

const cursorOf = (sequence: number, cursors: readonly string[]) => cursors[0]?.replace(/\d+$/, String(sequence)) ?? '';

describe('a snapshot for a reader that missed events', () => {
  it(
    'is sent between the gap and its position, and the stream continues there',
    marbles(({ reader, flush }) => {
      const all = counted();
      const calls: unknown[] = [];
      for (const n of [1, 2, 3, 4]) all.publish(n);
      const requested = cursorOf(1, all.cursors);
      timer(10).subscribe(() => all.publish(5));
      const r = reader(routed(all, calls), { lastEventId: requested, socket: '20ms X' });
      flush();
      expect(calls).to.deep.equal([{ reason: 'trimmed', requested }]);
      expect(received(r)).to.deep.equal(['position', 'gap trimmed', '10', '11', 'position', '5']);
      expect(r.headers).to.include({ 'rxsse-resume': 'gap;reason=trimmed' });
      const [first, gap, ten, , position] = r.frames.map(({ frame }) => (frame._tag === 'Message' ? frame : undefined));
      expect(JSON.parse(gap?.data ?? '')).to.include({ requested, resumedFrom: all.cursors.at(3) });
      // The gap and the events have no id, so that the reader does not resume from them.
      expect(first?.id).to.equal(requested);
      expect(gap?.id).to.equal(cursorOf(0, all.cursors));
      expect(ten).to.include({ event: 'total' }).and.not.have.property('id', position?.id);
      expect(position?.id).to.equal(all.cursors.at(3));
    }),
  );

  it(
    'is not requested for a reader that has missed no event',
    marbles(({ reader, flush }) => {
      const all = counted();
      const calls: unknown[] = [];
      for (const n of [1, 2, 3, 4]) all.publish(n);
      const fresh = reader(routed(all, calls), { socket: '20ms X' });
      const exact = reader(routed(all, calls), { lastEventId: cursorOf(3, all.cursors), socket: '20ms X' });
      flush();
      expect([fresh, exact].map(received)).to.deep.equal([['position'], ['position', '4']]);
      expect(calls).to.deep.equal([]);
    }),
  );

  const cut = ({ reader, flush }: MarbleHelpers, all: ReturnType<typeof counted>, lastEventId: string) => {
    const calls: unknown[] = [];
    const route = routed(all, calls);
    const first = reader(route, { lastEventId, socket: '20ms X' });
    flush();
    // The reader has received the preamble, the gap and one event.
    const [, , ten] = first.frames.map(({ frame }) => (frame._tag === 'Message' ? frame : undefined));
    const came = first.text.slice(0, first.text.indexOf(`data: ${ten?.data}\n\n`));
    const [lastId = ''] = [...came.matchAll(/^id: (.*)$/gm)].map(([, id = '']) => id).slice(-1);
    const second = reader(route, { lastEventId: lastId, socket: '50ms X' });
    flush();
    expect(received(second).slice(2)).to.deep.equal(['10', '11', 'position']);
    expect(received(second)[1]).to.match(/^gap /);
    expect(calls).to.have.length(2);
  };

  it(
    'is sent again to a reader that was cut within it',
    marbles((helpers) => {
      const all = counted();
      for (const n of [1, 2, 3, 4]) all.publish(n);
      cut(helpers, all, cursorOf(1, all.cursors));
    }),
  );

  it(
    'is sent again also when the log has all of its entries but not the state before them, as after a restart',
    marbles((helpers) => {
      const all = counted(memoryLog());
      all.publish(1);
      cut(helpers, all, '1.before-the-restart.7');
    }),
  );

  it(
    'can have comments, but no message with an id of its own',
    marbles(({ reader, flush }) => {
      const all = counted();
      all.publish(1);
      const route = routed(all, [], [comment('hi'), message({ data: 7 })]);
      const bad = routed(all, [], [message({ id: '7', data: 7 })]);
      const r = reader(route, { lastEventId: '1.other.1', socket: '20ms X' });
      const refused = reader(bad, { lastEventId: '1.other.1', socket: '20ms X' });
      flush();
      expect(received(r)).to.deep.equal(['position', 'gap epoch', '7', 'position']);
      expect(String(refused.error)).to.include('id of its own');
    }),
  );

  it(
    'is an HTTP error when it throws or returns no cursor of this feed',
    marbles(({ reader, flush }) => {
      const { shared, publish } = counted();
      publish(1);
      const attempt = (missed: TakeSnapshot) => reader(withSnapshot(shared, missed), { lastEventId: '1.other.1' });
      const all = [
        attempt(() => {
          throw new Error('no');
        }),
        attempt(() => ({ events: [], cursor: 'garbage' })),
        attempt(() => ({ events: [], cursor: '1.other.1' })),
        attempt(() => ({ events: [{ type: 'total', data: 'secret' } as never], cursor: '1.other.1' })),
      ];
      flush();
      for (const r of all) {
        expect(r.status).to.equal(500);
        expect(r.listeners).to.equal(0);
      }
    }),
  );

  it(
    'retains nothing of a reader that disconnects while it is awaited',
    marbles(({ cold, reader, flush, expectSubscriptions }) => {
      const source = cold('a', { a: Count(1) });
      const shared = feed(Counts, { source, linger: 0 });
      const route = withSnapshot(shared, () => new Promise<never>(() => {}));
      const r = reader(route, { lastEventId: '1.other.1', socket: '5ms X' });
      flush();
      expect(r.listeners).to.equal(0);
      expectSubscriptions(source.subscriptions).toBe('^----!');
    }),
  );

  it('can be a promise, and events that are published meanwhile are not missed', async () => {
    const { shared, cursors, publish } = counted(memoryLog());
    publish(1);
    const [called, result] = [deferred(), deferred<Snapshot<Sent>>()];
    const missed: TakeSnapshot = () => {
      called.resolve();
      return result.promise;
    };
    await listen(withSnapshot(shared, missed), async (url) => {
      const opening = openStream(url, { headers: { 'last-event-id': '1.other.1' } });
      await called.promise;
      publish(2);
      result.resolve({ events: [Total(1)], cursor: cursors[0] ?? '' });
      const wire = await opening;
      const text = await wire.until(/event: count\ndata: 2\n\n/);
      expect(text).to.match(/rxsse\.gap.*event: total\ndata: 1\n\nid: \S+\.1\nevent: rxsse\.position/s);
      wire.close();
    });
  });

  it('is an HTTP error when its promise rejects', async () => {
    const { shared, publish } = counted();
    publish(1);
    const called = deferred();
    const result = deferred<Promise<Snapshot<Sent>>>();
    const missed: TakeSnapshot = () => {
      called.resolve();
      return result.promise.then((snapshot) => snapshot);
    };
    await listen(withSnapshot(shared, missed), async (url) => {
      const opening = openStream(url, { headers: { 'last-event-id': '1.other.1' } });
      await called.promise;
      result.resolve(Promise.reject(Object.assign(new Error('no'), { status: 502 })));
      expect((await opening).status).to.equal(502);
    });
  });
});
