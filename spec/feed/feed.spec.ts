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
    'gives each reader what comes after its place, in the moment in which it is published',
    marbles(({ hot, reader, expectFrames, expectSubscriptions }) => {
      const source = hot('     10ms a 9ms b 9ms c 29ms -', ticks);
      const route = sse(feed(Ticks, { source, linger: 0 }));

      expectFrames(reader(route, { socket: '40ms X' })).toBe('10ms a 9ms b 9ms c', ticks);
      expectFrames(reader(route, { at: '15ms', socket: '50ms X' })).toBe('20ms b 9ms c', ticks);
      expectSubscriptions(source.subscriptions).toBe('^ 49ms !');
    }),
  );

  it(
    'writes what one moment brings in one write, and nothing while the socket is full',
    marbles(({ hot, reader, flush }) => {
      const source = hot('10ms x 19ms c 9ms d', { ...ticks, x: [Tick(1), Tick(2)] }).pipe(
        mergeMap((given) => (Array.isArray(given) ? given : [given])),
      );
      const slow = reader(sse(feed(Ticks, { source })), { socket: '20ms F 39ms D 20ms X' });
      flush();
      expect(received(slow)).to.deep.equal(['position', '1', '2', '3', '4']);
      // The head and the position; what came at 10; what was held back until 60.
      expect(slow.writes.map(({ at }) => at)).to.deep.equal([0, 10, 60]);
      expect(slow.overrun).to.equal(0);
      expect(slow.response.listenerCount('drain')).to.equal(0);
    }),
  );

  it(
    'subscribes to its source for the first reader, once, and keeps it without one',
    marbles(({ cold, reader, expectSubscriptions }) => {
      const source = cold('---a---b---|', ticks);
      const route = sse(feed(Ticks, { source }));
      reader(route, { at: '5ms', socket: '6ms X' });
      reader(route, { at: '8ms', socket: '20ms X' });
      expectSubscriptions(source.subscriptions).toBe('-----^----------!');
    }),
  );

  it(
    'subscribes at once where it is told to',
    marbles(({ cold, flush, expectSubscriptions }) => {
      const source = cold('---a---|', ticks);
      feed(Ticks, { source, start: 'now' });
      flush();
      expectSubscriptions(source.subscriptions).toBe('^------!');
    }),
  );

  it(
    'leaves its source when nobody has read for the grace, and begins anew',
    marbles(({ cold, reader, expectSubscriptions }) => {
      const source = cold('---a--------------', ticks);
      const route = sse(feed(Ticks, { source, linger: 5 }));
      reader(route, { socket: '4ms X' });
      reader(route, { at: '6ms', socket: '8ms X' });
      reader(route, { at: '20ms', socket: '21ms X' });
      // Left at 4 and again at 8: only the second wait comes to its end.
      expectSubscriptions(source.subscriptions).toBe(['^------------!', '--------------------^-----!']);
    }),
  );

  it(
    'makes a source that failed anew, after the newest entry',
    marbles(({ cold, reader, expectFrames, flush }) => {
      const made: unknown[] = [];
      const errors: unknown[] = [];
      const shared = feed(Ticks, {
        source: ({ lastCursor, attempt, signal }) => {
          made.push({ last: lastCursor?.split('.').at(-1), attempt, aborted: signal.aborted });
          return attempt === 0 ? cold('-a-#', ticks) : cold('-b-|', ticks);
        },
        restart: { initialDelay: 1, maxDelay: 1 },
        onError: (error) => errors.push(error),
      });
      expectFrames(reader(sse(shared))).toBe('-a---b-|', ticks);
      flush();
      expect(made).to.deep.equal([
        { last: undefined, attempt: 0, aborted: false },
        { last: '1', attempt: 1, aborted: false },
      ]);
      expect(errors).to.deep.equal(['error']);
    }),
  );

  it(
    'reports a bad event, drops it, and goes on',
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
    'ends with its source, and says so, also to a reader that comes later',
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
    'ends with a word of it when its source fails and is not made anew',
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
    'cuts its readers when it is closed, and leaves its source',
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
    'is told in mid-stream when it was so slow that the log let go of what it lacks',
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

  it('gives the cursor of what was published, once the log has it', async () => {
    const shared = feed(Ticks);
    expect(await shared.publish(Tick(1))).to.match(/^1\.[\w-]{16}\.1$/);
    expect(await shared.publish([Tick(2), { type: 'tick', data: 3 }])).to.match(/\.3$/);
  });

  it('publishes all of an array or nothing of it', async () => {
    const shared = feed(Ticks);
    const bad = shared.publish([Tick(1), { type: 'tick', data: 'no' as never }]);
    const reason = await bad.then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(reason).to.be.instanceOf(DecodeError);
    expect(await shared.publish(Tick(1))).to.match(/\.1$/);
  });

  it('publishes once under one key', async () => {
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

  it('ends when `end` is awaited, and counts its readers', async () => {
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

  it('refuses at once what is no contract, and a grace that is none', () => {
    expect(() => feed({} as never)).to.throw(TypeError, 'events({ ... })');
    expect(() => feed(Ticks, { linger: -1 })).to.throw(RangeError);
    expect(() => feed(Ticks, { linger: Number.NaN })).to.throw(RangeError);
  });
});

for (const [name, makeLog] of Object.entries(overLogs)) {
  describe(`a reader that comes back to a feed over ${name}`, () => {
    it(
      'gets exactly what it missed',
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
      'gets the event that came while it was away, although it had none before',
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
      'is told what was trimmed, and goes on with the oldest that is kept',
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
        // Where it was, until it is told.
        expect(ids).to.deep.equal(['1', '3', '4']);
      }),
    );

    const cursors = { epoch: '1.otherepoch.1', invalid: 'garbage', future: 'future' };
    const places = {
      epoch: ['position', 'gap epoch', '1', '2'],
      invalid: ['position', 'gap invalid'],
      future: ['position', 'gap future'],
    };
    for (const [reason, cursor] of Object.entries(cursors)) {
      it(
        `is told a gap of ${reason}`,
        marbles(({ hot, reader, flush }) => {
          const source = hot('10ms a 9ms b', ticks);
          const route = sse(feed(Ticks, { source, log: makeLog() }));
          const first = reader(route, { socket: '50ms X' });
          flush();
          const asked = cursor === 'future' ? first.lastEventId.replace(/\d+$/, '99') : cursor;
          const second = reader(route, { lastEventId: asked, socket: '200ms X' });
          flush();
          expect(received(second)).to.deep.equal(places[reason as keyof typeof places]);
          const gap = second.frames[1]?.frame;
          expect(gap).to.have.property('data');
          const { requested, resumedFrom } = JSON.parse(gap && 'data' in gap ? gap.data : '{}');
          expect(requested).to.equal(reason === 'invalid' ? null : asked);
          expect(gap).to.have.property('id', resumedFrom);
        }),
      );
    }

    for (const [missed, frames] of Object.entries({
      replay: ['position', 'gap epoch', '1', '2'],
      skip: ['position', 'gap epoch'],
      end: ['position', 'gap epoch', 'end'],
    })) {
      it(
        `goes on where the route says: ${missed}`,
        marbles(({ hot, reader, flush }) => {
          const source = hot('10ms a 9ms b', ticks);
          const route = sse(
            {
              resume: { gapPolicy: missed as 'replay' | 'skip' | 'end' },
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
      'is answered 204 after the end',
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
