import { expect } from 'chai';
import * as t from 'io-ts';
import { interval, map, mergeMap, take, timer } from 'rxjs';
import { DecodeError, events, feed, memoryLog, sse } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { overLogs } from './overLogs.ts';
import { received } from './received.ts';

const Ticks = events({ Tick: t.number });
const { Tick } = Ticks;
const ticks = { a: Tick(1), b: Tick(2), c: Tick(3), d: Tick(4) };

describe('feed', () => {
  it(
    'sends each reader the events after its position, at the time at which they are published',
    marbles(({ hot, reader, expectFrames, expectSubscriptions }) => {
      const source = hot('     10ms a 9ms b 9ms c 29ms -', ticks);
      const route = sse(feed(Ticks, { source, linger: 0 }));

      expectFrames(reader(route, { socket: '40ms X' })).toBe('10ms a 9ms b 9ms c', ticks);
      expectFrames(reader(route, { at: '15ms', socket: '50ms X' })).toBe('20ms b 9ms c', ticks);
      expectSubscriptions(source.subscriptions).toBe('^ 49ms !');
    }),
  );

  it(
    'sends the events of one turn in one write, and writes nothing while the socket is full',
    marbles(({ hot, reader, flush }) => {
      const source = hot('10ms x 19ms c 9ms d', { ...ticks, x: [Tick(1), Tick(2)] }).pipe(
        mergeMap((value) => (Array.isArray(value) ? value : [value])),
      );
      const slow = reader(sse(feed(Ticks, { source })), { socket: '20ms F 39ms D 20ms X' });
      flush();
      expect(received(slow)).to.deep.equal(['position', '1', '2', '3', '4']);
      // The head and the position at 0; the events of 10; the events that waited until 60.
      expect(slow.writes.map(({ at }) => at)).to.deep.equal([0, 10, 60]);
      expect(slow.overrun).to.equal(0);
      expect(slow.response.listenerCount('drain')).to.equal(0);
    }),
  );

  it(
    'subscribes to its source once, for the first reader, and stays subscribed without readers',
    marbles(({ cold, reader, expectSubscriptions }) => {
      const source = cold('---a---b---|', ticks);
      const route = sse(feed(Ticks, { source }));
      reader(route, { at: '5ms', socket: '6ms X' });
      reader(route, { at: '8ms', socket: '20ms X' });
      expectSubscriptions(source.subscriptions).toBe('-----^----------!');
    }),
  );

  it(
    "subscribes at once with start: 'now'",
    marbles(({ cold, flush, expectSubscriptions }) => {
      const source = cold('---a---|', ticks);
      feed(Ticks, { source, start: 'now' });
      flush();
      expectSubscriptions(source.subscriptions).toBe('^------!');
    }),
  );

  it(
    'unsubscribes from its source after the linger without readers, and subscribes again for the next reader',
    marbles(({ cold, reader, expectSubscriptions }) => {
      const source = cold('---a--------------', ticks);
      const route = sse(feed(Ticks, { source, linger: 5 }));
      reader(route, { socket: '4ms X' });
      reader(route, { at: '6ms', socket: '8ms X' });
      reader(route, { at: '20ms', socket: '21ms X' });
      // The readers disconnect at 4 and at 8; only the second linger passes.
      expectSubscriptions(source.subscriptions).toBe(['^------------!', '--------------------^-----!']);
    }),
  );

  it(
    'subscribes again after the newest entry when its source fails and restart is set',
    marbles(({ cold, reader, expectFrames, flush }) => {
      const contexts: unknown[] = [];
      const errors: unknown[] = [];
      const shared = feed(Ticks, {
        source: ({ lastCursor, attempt, signal }) => {
          contexts.push({ last: lastCursor?.split('.').at(-1), attempt, aborted: signal.aborted });
          return attempt === 0 ? cold('-a-#', ticks) : cold('-b-|', ticks);
        },
        restart: { initialDelay: 1, maxDelay: 1 },
        onError: (error) => errors.push(error),
      });
      expectFrames(reader(sse(shared))).toBe('-a---b-|', ticks);
      flush();
      expect(contexts).to.deep.equal([
        { last: undefined, attempt: 0, aborted: false },
        { last: '1', attempt: 1, aborted: false },
      ]);
      expect(errors).to.deep.equal(['error']);
    }),
  );

  it(
    'reports and drops an invalid event, and sends the next ones',
    marbles(({ hot, reader, expectFrames, flush }) => {
      const errors: unknown[] = [];
      const source = hot('-a-x-b-|', { ...ticks, x: { type: 'tick', data: 'secret' } as never });
      const shared = feed(Ticks, { source, onError: (error) => errors.push(error) });
      expectFrames(reader(sse(shared))).toBe('-a---b-|', ticks);
      flush();
      expect(errors).to.have.length(1);
      expect(errors[0]).to.be.instanceOf(DecodeError);
      expect(String(errors[0])).to.include('tick.data: expected number, got string').and.not.include('secret');
    }),
  );

  it(
    'ends when its source completes, and sends the end, also to a reader that connects later',
    marbles(({ cold, reader, flush }) => {
      const shared = feed(Ticks, { source: cold('-(a|)', ticks) });
      const route = sse(shared);
      const first = reader(route);
      const later = reader(route, { at: '10ms' });
      flush();
      expect(received(first)).to.deep.equal(['position', '1', 'end']);
      expect(first.endedAt).to.equal(1);
      expect(first.lastEventId).to.match(/^1\.[\w-]{16}\.1~$/);
      expect(received(later)).to.deep.equal(['position', '1', 'end']);
      expect(first.listeners).to.equal(0);
    }),
  );

  it(
    'ends as failed when its source errors and restart is not set',
    marbles(({ cold, reader, flush }) => {
      const errors: unknown[] = [];
      const shared = feed(Ticks, { source: cold('-a-#', ticks), onError: (error) => errors.push(error) });
      const r = reader(sse(shared));
      flush();
      expect(received(r)).to.deep.equal(['position', '1', 'end']);
      expect(r.frames.at(-1)?.frame).to.include({ event: 'rxsse.end', data: '{"reason":"failed"}' });
      expect(errors).to.deep.equal(['error']);
    }),
  );

  it(
    'disconnects its readers and unsubscribes from its source when it is closed',
    marbles(({ cold, reader, flush, expectSubscriptions }) => {
      const source = cold('-a---------', ticks);
      const shared = feed(Ticks, { source });
      const r = reader(sse(shared));
      timer(5).subscribe(() => shared.close());
      flush();
      expect(received(r)).to.deep.equal(['position', '1']);
      expect(r.cutAt).to.equal(5);
      expectSubscriptions(source.subscriptions).toBe('^----!');
    }),
  );

  it(
    'sends a gap in mid-stream to a reader so slow that the log has trimmed its next entries',
    marbles(({ reader, flush }) => {
      const source = interval(1).pipe(
        take(400),
        map((n) => Tick(n)),
      );
      const route = sse(feed(Ticks, { source, log: memoryLog({ maxEntries: 10 }) }));
      const slow = reader(route, { socket: '50ms F 300ms D 200ms X' });
      flush();
      const frames = received(slow);
      const gap = frames.indexOf('gap trimmed');
      expect(gap).to.be.above(10);
      const before = frames.slice(1, gap).map(Number);
      const after = frames.slice(gap + 1, -1).map(Number);
      expect(before).to.deep.equal(before.map((_, index) => index));
      expect(after.length).to.be.above(10);
      const [first = 0] = after;
      expect(first).to.be.above(before.length);
      expect(after).to.deep.equal(after.map((_, index) => first + index));
      expect(after.at(-1)).to.equal(399);
    }),
  );

  it('resolves publish to the cursor of the last event once the log has stored it', async () => {
    const shared = feed(Ticks);
    expect(await shared.publish(Tick(1))).to.match(/^1\.[\w-]{16}\.1$/);
    expect(await shared.publish([Tick(2), { type: 'tick', data: 3 }])).to.match(/\.3$/);
  });

  it('publishes all events of an array or none', async () => {
    const shared = feed(Ticks);
    const bad = shared.publish([Tick(1), { type: 'tick', data: 'no' as never }]);
    const reason = await bad.then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(reason).to.be.instanceOf(DecodeError);
    expect(await shared.publish(Tick(1))).to.match(/\.1$/);
  });

  it('publishes once for each idempotency key', async () => {
    const shared = feed(Ticks);
    const first = await shared.publish(Tick(1), { key: 'k' });
    expect(await shared.publish(Tick(1), { key: 'k' })).to.equal(first);
    expect(await shared.publish(Tick(1))).to.match(/\.2$/);
  });

  it(
    'can be read outside a route',
    marbles(({ hot, expectObservable }) => {
      const shared = feed(Ticks, { source: hot('-a---b----|', ticks) });
      const seen = shared
        .entries({ from: 'oldest' })
        .pipe(map(({ event, sequence }) => `${sequence} ${event?.data ?? ''}`));
      expectObservable(seen).toBe('-a---b----|', { a: '1 1', b: '2 2' });
      expectObservable(shared.events({ from: 'oldest' })).toBe('-a---b----|', ticks);
      expectObservable(shared.events().pipe(take(1))).toBe('-(a|)', ticks);
    }),
  );

  it('counts its readers, and rejects publications after end() has resolved', async () => {
    const shared = feed(Ticks);
    const reading = shared.events().subscribe();
    expect(shared.readers).to.equal(1);
    reading.unsubscribe();
    expect(shared.readers).to.equal(0);
    expect(await shared.end()).to.equal(undefined);
    const refused = await shared.publish(Tick(1)).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(refused).to.include({ _tag: 'ClosedError', state: 'ended' });
  });

  it('throws for a value that is not a contract and for a linger out of range', () => {
    expect(() => feed({} as never)).to.throw(TypeError, 'events({ ... })');
    expect(() => feed(Ticks, { linger: -1 })).to.throw(RangeError);
    expect(() => feed(Ticks, { linger: Number.NaN })).to.throw(RangeError);
  });
});

for (const [name, makeLog] of Object.entries(overLogs)) {
  describe(`a reader that reconnects to a feed over ${name}`, () => {
    it(
      'receives exactly the events that it missed',
      marbles(({ hot, reader, flush }) => {
        const source = hot('10ms a 9ms b 9ms c 9ms d', ticks);
        const route = sse(feed(Ticks, { source, log: makeLog() }));
        const first = reader(route, { socket: '15ms X' });
        flush();
        const second = reader(route, { lastEventId: first.lastEventId, socket: '200ms X' });
        flush();
        expect(received(first)).to.deep.equal(['position', '1']);
        expect(received(second)).to.deep.equal(['position', '2', '3', '4']);
        expect(second.headers).to.include({ 'rxsse-resume': 'exact' });
      }),
    );

    it(
      'receives an event that it missed, although it had received none before',
      marbles(({ hot, reader, flush }) => {
        const source = hot('50ms a', ticks);
        const route = sse(feed(Ticks, { source, log: makeLog() }));
        const first = reader(route, { socket: '20ms X' });
        flush();
        const second = reader(route, { lastEventId: first.lastEventId, socket: '200ms X' });
        flush();
        expect(received(first)).to.deep.equal(['position']);
        expect(received(second)).to.deep.equal(['position', '1']);
      }),
    );

    it(
      'receives a gap for trimmed entries, and continues with the oldest retained entry',
      marbles(({ hot, reader, flush }) => {
        const source = hot('10ms a 9ms b 9ms c 9ms d', ticks);
        const route = sse(feed(Ticks, { source, log: makeLog({ maxEntries: 1 }) }));
        const first = reader(route, { socket: '15ms X' });
        flush();
        const second = reader(route, { lastEventId: first.lastEventId, socket: '200ms X' });
        flush();
        expect(received(second)).to.deep.equal(['position', 'gap trimmed', '4']);
        expect(second.headers).to.include({ 'rxsse-resume': 'gap;reason=trimmed' });
        const ids = second.frames.map(({ frame }) => ('id' in frame ? frame.id?.split('.').at(-1) : undefined));
        // Its own position stays until the gap.
        expect(ids).to.deep.equal(['1', '3', '4']);
      }),
    );

    const cursors = { epoch: '1.otherepoch.1', invalid: 'garbage', future: 'future' };
    const framesOf = {
      epoch: ['position', 'gap epoch', '1', '2'],
      invalid: ['position', 'gap invalid'],
      future: ['position', 'gap future'],
    };
    for (const [reason, cursor] of Object.entries(cursors)) {
      it(
        `receives a gap with the reason ${reason}`,
        marbles(({ hot, reader, flush }) => {
          const source = hot('10ms a 9ms b', ticks);
          const route = sse(feed(Ticks, { source, log: makeLog() }));
          const first = reader(route, { socket: '50ms X' });
          flush();
          const requestedCursor = cursor === 'future' ? first.lastEventId.replace(/\d+$/, '99') : cursor;
          const second = reader(route, { lastEventId: requestedCursor, socket: '200ms X' });
          flush();
          expect(received(second)).to.deep.equal(framesOf[reason as keyof typeof framesOf]);
          const gap = second.frames[1]?.frame;
          expect(gap).to.have.property('data');
          const { requested, resumedFrom } = JSON.parse(gap && 'data' in gap ? gap.data : '{}');
          expect(requested).to.equal(reason === 'invalid' ? null : requestedCursor);
          expect(gap).to.have.property('id', resumedFrom);
        }),
      );
    }

    for (const [gapPolicy, frames] of Object.entries({
      replay: ['position', 'gap epoch', '1', '2'],
      skip: ['position', 'gap epoch'],
      end: ['position', 'gap epoch', 'end'],
    })) {
      it(
        `continues by the gapPolicy ${gapPolicy}`,
        marbles(({ hot, reader, flush }) => {
          const source = hot('10ms a 9ms b', ticks);
          const route = sse(
            {
              resume: { gapPolicy: gapPolicy as 'replay' | 'skip' | 'end' },
            },
            feed(Ticks, { source, log: makeLog() }),
          );
          reader(route, { socket: '50ms X' });
          flush();
          const second = reader(route, { lastEventId: '1.other.7', socket: '200ms X' });
          flush();
          expect(received(second)).to.deep.equal(frames);
        }),
      );
    }

    it(
      'receives 204 after the end',
      marbles(({ hot, reader, flush }) => {
        const route = sse(feed(Ticks, { source: hot('10ms (a|)', ticks), log: makeLog() }));
        const first = reader(route);
        flush();
        const second = reader(route, { lastEventId: first.lastEventId });
        flush();
        expect(received(first)).to.deep.equal(['position', '1', 'end']);
        expect(second.status).to.equal(204);
        expect(second.headers).to.include({ 'rxsse-resume': 'ended' });
      }),
    );
  });
}
