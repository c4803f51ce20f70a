import { expect } from 'chai';
import * as t from 'io-ts';
import { concat, defer, merge, mergeMap, type Observable, of, timer } from 'rxjs';
import { DecodeError, events, feed, memoryLog, PositionError, type SseContext, sse } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { comment } from '../../lib/wire/index.ts';
import { overLogs } from './overLogs.ts';
import { received } from './received.ts';

const Ticks = events({ Tick: t.number });
const { Tick } = Ticks;

/** Runs a route with the pipeline over a feed of three events, and returns what it sends and reports. */
function attempt(
  makeLog: typeof memoryLog,
  pipeline: (shared: TickFeed, context: SseContext) => Observable<unknown>,
  resume: { readonly from: 'oldest' } | 'none' = { from: 'oldest' },
) {
  const errors: unknown[] = [];
  let frames: readonly string[] = [];
  let ended: 'open' | 'cut' | 'ended' = 'open';
  let refused: unknown;
  marbles(({ reader, flush }) => {
    const shared = feed(Ticks, { log: makeLog() });
    shared.publish([Tick(1), Tick(2), Tick(3)]);
    const onError = (error: unknown) => void errors.push(error);
    const options = resume === 'none' ? { onError } : { onError, resume };
    const r = reader(
      sse(options, (context) => pipeline(shared, context)),
      { at: '10ms', socket: '100ms X' },
    );
    flush();
    frames = received(r);
    refused = r.error;
    ended = r.cutAt !== undefined ? 'cut' : r.endedAt !== undefined ? 'ended' : 'open';
    expect(r.listeners).to.equal(0);
  })();
  return { errors, frames, ended, refused };
}

type Tail<A extends readonly unknown[]> = A extends readonly [unknown, ...infer Rest] ? Rest : never;
type TickFeed = ReturnType<typeof ticksOf>;
const ticksOf = () => feed(Ticks);

for (const [name, makeLog] of Object.entries(overLogs)) {
  describe(`a pipeline over feed.read over ${name} that would send a false position`, () => {
    it('is cut where it breaks the order, after the events before that', () => {
      const broken = attempt(makeLog, (shared, context) =>
        shared
          .read(context)
          .pipe(mergeMap((entry) => (entry.event?.data === 2 ? timer(5).pipe(mergeMap(() => of(entry))) : of(entry)))),
      );
      expect(broken.frames).to.deep.equal(['position', '1', '3']);
      expect(broken.ended).to.equal('cut');
      expect(broken.errors.map((error) => error instanceof PositionError)).to.deep.equal([true]);
    });

    it('is cut where an event without a position is merged later', () => {
      const { errors, frames, ended } = attempt(makeLog, (shared, context) =>
        merge(shared.read(context), timer(20).pipe(mergeMap(() => of(Tick(9))))),
      );
      expect(frames).to.deep.equal(['position', '1', '2', '3']);
      expect(ended).to.equal('cut');
      expect(errors.map((error) => error instanceof PositionError)).to.deep.equal([true]);
    });

    it('is not cut for comments, which have no position', () => {
      const { frames, ended } = attempt(makeLog, (shared, context) =>
        merge(of(comment('hi')), shared.read(context), timer(20).pipe(mergeMap(() => of(comment('ho'))))),
      );
      expect([frames, ended]).to.deep.equal([['position', '1', '2', '3'], 'open']);
    });

    it('is cut where it emits an entry of another feed', () => {
      const other = feed(Ticks);
      const { errors, ended, frames } = attempt(makeLog, (shared, context) => {
        timer(20).subscribe(() => other.publish(Tick(9)));
        return merge(shared.read(context), other.entries());
      });
      expect(frames).to.deep.equal(['position', '1', '2', '3']);
      expect(ended).to.equal('cut');
      expect(errors.map((error) => error instanceof PositionError)).to.deep.equal([true]);
    });
  });
}

describe('feed.read', () => {
  const refusal = (...args: Tail<Parameters<typeof attempt>>) => {
    const { refused, errors } = attempt(memoryLog, ...args);
    return refused ?? errors[0];
  };

  it('throws for two feeds, or for two calls, in one route', () => {
    const other = feed(Ticks);
    const two = refusal((shared, context) => merge(shared.read(context), other.read(context)));
    expect(two).to.be.instanceOf(TypeError);
    expect(String(two)).to.include('reads one feed');
    expect(refusal((shared, context) => merge(shared.read(context), shared.read(context)))).to.be.instanceOf(TypeError);
  });

  it('throws for a second subscription', () => {
    const twice = refusal((shared, context) => {
      const entries = shared.read(context);
      return merge(entries, entries);
    });
    expect(String(twice)).to.include('one subscription');
  });

  it('throws when it is called after the route has subscribed', () => {
    const late = refusal((shared, context) => timer(5).pipe(mergeMap(() => shared.read(context))), 'none');
    expect(late).to.be.instanceOf(TypeError);
  });

  it('throws a PositionError after an event of another source', () => {
    const behind = refusal(
      (shared, context) =>
        concat(
          of(Tick(9)),
          defer(() => shared.read(context)),
        ),
      'none',
    );
    expect(behind).to.be.instanceOf(PositionError);
  });

  it('can be called when the route subscribes', () => {
    const { errors, refused } = attempt(memoryLog, (shared, context) => defer(() => shared.read(context)), 'none');
    expect([errors, refused]).to.deep.equal([[], undefined]);
  });

  it('throws outside a route', () => {
    expect(() => feed(Ticks).read({} as never)).to.throw(TypeError, 'outside a route use events() or entries()');
  });

  it('leaves no timer or listener when the pipeline does not subscribe to it', () => {
    const { frames, ended } = attempt(memoryLog, (shared, context) => {
      shared.read(context);
      return concat(of(comment('hi')));
    });
    expect([frames, ended]).to.deep.equal([['end'], 'ended']);
  });

  it(
    'reports an event of an older contract, and continues at the position after it',
    marbles(({ reader, flush }) => {
      const log = memoryLog();
      const Older = events({ Tick: t.number, Tock: t.string });
      feed(Older, { log }).publish([Older.Tick(1), Older.Tock('x'), Older.Tick(2)]);
      log.append([
        { event: 'tick', data: '"text"', retry: undefined },
        { event: 'tick', data: '3', retry: undefined },
      ]);
      const errors: unknown[] = [];
      const shared = feed(Ticks, { log, onError: (error) => errors.push(error) });
      const route = sse({ resume: { from: 'oldest' }, heartbeat: 20 }, (context) => shared.read(context));
      const r = reader(route, { socket: '50ms X' });
      flush();
      expect(received(r)).to.deep.equal(['position', '1', '2', '3']);
      expect(r.lastEventId).to.match(/\.5$/);
      expect(errors.map((error) => error instanceof DecodeError)).to.deep.equal([true, true]);
      // A second reader at the same position receives the entries that were decoded before.
      reader(route, { socket: '100ms X' });
      flush();
      expect(errors).to.have.length(2);
    }),
  );
});

describe('feed.events with a cursor', () => {
  it(
    'emits a gap first when the cursor cannot be served',
    marbles(({ expectObservable }) => {
      const shared = feed(Ticks, { log: memoryLog({ maxEntries: 1 }) });
      const epoch = cursorEpoch(shared);
      shared.publish([Tick(1), Tick(2)]);
      shared.publish(Tick(3));
      const shown = (cursor: string) => shared.events({ from: cursor });
      const gap = (reason: string, requested: string | null, after: number) => ({
        type: 'rxsse.gap',
        data: { reason, requested, resumedFrom: `1.${epoch}.${after}` },
      });
      expectObservable(shown(`1.${epoch}.0`), '-^-!').toBe('-(gc)', {
        g: gap('trimmed', `1.${epoch}.0`, 2),
        c: Tick(3),
      });
      expectObservable(shown(`1.${epoch}.9`), '-^-!').toBe('-g', { g: gap('future', `1.${epoch}.9`, 3) });
      expectObservable(shown('garbage'), '-^-!').toBe('-g', { g: gap('invalid', null, 3) });
      expectObservable(shown('1.other.1'), '-^-!').toBe('-(gc)', { g: gap('epoch', '1.other.1', 2), c: Tick(3) });
      expectObservable(shown(`1.${epoch}.2`), '-^-!').toBe('-c', { c: Tick(3) });
    }),
  );
});

function cursorEpoch(shared: TickFeed): string {
  let epoch = '';
  shared.publish([]).subscribe((cursor) => {
    epoch = cursor.split('.')[1] ?? '';
  });
  return epoch;
}
