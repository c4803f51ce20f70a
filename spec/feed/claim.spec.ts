import { expect } from 'chai';
import * as t from 'io-ts';
import { concat, NEVER, type Observable, of, throwError, timer } from 'rxjs';
import { event, events, type Feed, type FeedOptions, feed, feeds, memoryLog, shutdown, sse } from '../../lib/index.ts';
import type { EventLog } from '../../lib/log/EventLog.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { withLatency } from '../../lib/testing/withLatency.ts';
import { withOverrides } from '../log/broken.ts';
import { received } from './received.ts';

const Ticks = events({ Tick: t.number, Done: event('done') });
const { Tick, Done } = Ticks;
const values = { a: Tick(1), b: Tick(2), c: Tick(3), d: Done() };
const lease = 90;

/** The log of one process, whose storage outlives it. */
const processLog = (storage: EventLog, over: Partial<EventLog> = {}): EventLog =>
  withLatency(withOverrides(storage, { close: () => {}, ...over }), 1);

describe('feed({ claim })', () => {
  /** Returns the feeds of several processes over one storage, and their reported errors. */
  const processes = (count: number, options: FeedOptions<typeof Ticks>) => {
    const storage = memoryLog();
    const errors: string[] = [];
    const onError = (error: unknown): void => void errors.push(error instanceof Error ? error.name : String(error));
    const create = () => feed(Ticks, { claim: { lease }, onError, ...options, log: processLog(storage) });
    return { storage, errors, all: Array.from({ length: count }, create) };
  };

  it(
    'subscribes to the source in one process, whose events the readers of all processes receive',
    marbles(({ hot, reader, flush, expectSubscriptions }) => {
      const source = hot('100ms a 99ms b 899ms c', values);
      const { all, errors } = processes(3, { source });
      const readers = all.map((each) => reader(sse(each), { socket: '1500ms X' }));
      expectSubscriptions(source.subscriptions).toBe('--^ 1597ms !');
      timer(1600).subscribe(() => {
        for (const each of all.reverse()) each.close();
      });
      flush();
      for (const r of readers) expect(received(r)).to.deep.equal(['position', '1', '2', '3']);
      expect(errors).to.deep.equal([]);
    }),
  );

  for (const [what, leave] of Object.entries({
    'is closed': (one: Feed<typeof Ticks>): void => one.close(),
    'shuts down': (one: Feed<typeof Ticks>): void => void shutdown(one, { duration: 1000 }),
  })) {
    it(
      `moves the source at once when its process ${what}, after the newest entry`,
      marbles(({ reader, flush }) => {
        const happened: string[] = [];
        let count = 0;
        const source: FeedOptions<typeof Ticks>['source'] = ({ lastCursor, signal }): Observable<typeof values.a> => {
          happened.push(`starts after ${lastCursor?.replace(/\..*\./, '.')} at ${Date.now()}`);
          signal.addEventListener('abort', () => happened.push(`stops at ${Date.now()}`));
          return concat(of(Tick(++count)), NEVER);
        };
        const { all } = processes(2, { source });
        const [first, second] = all;
        if (first === undefined || second === undefined) return;
        reader(sse(first), { socket: '700ms X' });
        const r = reader(sse(second), { socket: '700ms X' });
        timer(500).subscribe(() => leave(first));
        timer(800).subscribe(() => second.close());
        flush();
        expect(happened.slice(1, 3)).to.deep.equal(['stops at 500', 'starts after 1.1 at 502']);
        expect(received(r)).to.deep.equal(['position', '1', '2']);
      }),
    );
  }

  it(
    'moves the source when the last reader of its process has been disconnected for the linger, and back',
    marbles(({ hot, reader, flush, expectSubscriptions }) => {
      const source = hot('-', values);
      const { all } = processes(2, { source, linger: 20 });
      const [first, second] = all;
      if (first === undefined || second === undefined) return;
      reader(sse(first), { socket: '100ms X' });
      reader(sse(second), { socket: '400ms X' });
      reader(sse(first), { at: '300ms', socket: '600ms X' });
      expectSubscriptions(source.subscriptions).toBe(['--^ 117ms !', '121ms ^ 298ms !', '421ms ^ 198ms !']);
      flush();
    }),
  );

  it(
    'moves the source of a family when its feed is removed',
    marbles(({ hot, reader, flush, expectSubscriptions }) => {
      const source = hot('-', values);
      const storage = memoryLog();
      const families = [1, 2].map(() =>
        feeds(Ticks, { idleTimeout: 30, feed: () => ({ source, claim: { lease }, log: processLog(storage) }) }),
      );
      const [first, second] = families.map((family) => sse(() => family.get('one')));
      if (first === undefined || second === undefined) return;
      reader(first, { socket: '100ms X' });
      reader(second, { socket: '200ms X' });
      expectSubscriptions(source.subscriptions).toBe(['--^ 127ms !', '131ms ^ 98ms !']);
      flush();
    }),
  );

  for (const [how, source, expected] of [
    ['completes', of(values.a), ['1', 'end']],
    ['fails', throwError(() => 'no'), ['end']],
  ] as const) {
    it(
      `ends the feed in all processes when the source ${how}`,
      marbles(({ reader, flush }) => {
        const { all, errors } = processes(2, { source });
        const readers = all.map((each) => reader(sse(each)));
        flush();
        for (const r of readers) expect(received(r)).to.deep.equal(['position', ...expected]);
        expect(errors).to.deep.equal(how === 'fails' ? ['no'] : []);
      }),
    );
  }

  it(
    'stores the last event and the end under its claim, also when the log fails meanwhile',
    marbles(({ hot, reader, flush, expectSubscriptions }) => {
      const source = hot('10ms a 9ms d', values);
      const storage = memoryLog();
      let fails = 3;
      const failing =
        (storageAppend: EventLog['append']): EventLog['append'] =>
        (drafts, options) =>
          drafts[0]?.event === 'done' && fails-- > 0
            ? throwError(() => new Error('full'))
            : storageAppend(drafts, options);
      const tokens: unknown[] = [];
      const log = processLog(storage, {
        append: failing((drafts, options) => storage.append(drafts, options)),
        end: (ends, options) => {
          tokens.push(options?.token);
          return storage.end(ends, options);
        },
      });
      const errors: unknown[] = [];
      const options: FeedOptions<typeof Ticks> = { source, claim: { lease }, endsWith: ({ type }) => type === 'done' };
      const first = feed(Ticks, { ...options, log, onError: (error) => errors.push(String(error)) });
      const second = feed(Ticks, { ...options, log: processLog(storage) });
      const readers = [first, second].map((each) => reader(sse(each)));
      expectSubscriptions(source.subscriptions).toBe('--^ 17ms !');
      flush();
      for (const r of readers) expect(received(r)).to.deep.equal(['position', '1', 'null', 'end']);
      expect(errors).to.deep.equal(['Error: full', 'Error: full', 'Error: full']);
      expect(tokens).to.deep.equal([1]);
    }),
  );

  it(
    'stops and reports when another producer has claimed the log, and does not end it',
    marbles(({ hot, reader, flush, expectSubscriptions }) => {
      const source = hot('50ms a 49ms b 99ms c', values);
      const storage = memoryLog();
      // Its renewals are answered and not stored, as for a process that was suspended.
      let isPaused = false;
      const log = processLog(storage, {
        claim: (holder, ms) =>
          isPaused ? of({ held: true, token: 1, remaining: ms }) : (storage.claim?.(holder, ms) ?? NEVER),
      });
      const errors: string[] = [];
      const onError = (error: unknown): void => void errors.push(String(error));
      const one = feed(Ticks, { source, claim: { lease }, log, onError });
      const r = reader(sse(one), { socket: '400ms X' });
      timer(10).subscribe(() => {
        isPaused = true;
      });
      timer(95).subscribe(() => storage.claim?.('other', 1000).subscribe());
      timer(110).subscribe(() => {
        isPaused = false;
      });
      timer(300).subscribe(() => storage.append([{ event: 'tick', data: '7', retry: undefined }], { token: 2 }));
      timer(450).subscribe(() => one.close());
      expectSubscriptions(source.subscriptions).toBe('--^ 98ms !');
      flush();
      expect(received(r)).to.deep.equal(['position', '1', '7']);
      expect(errors).to.have.length(1);
      expect(errors[0]).to.include('token 1, and the newest claim has token 2');
    }),
  );

  it('claims a shared log by default, and no other', () => {
    const claims: string[] = [];
    const claim = (): Observable<never> => {
      claims.push('claimed');
      return NEVER;
    };
    const start = (options: FeedOptions<typeof Ticks>): void => feed(Ticks, { start: 'now', ...options }).close();
    start({ source: NEVER, log: withOverrides(memoryLog(), { claim }) });
    start({ log: withOverrides(memoryLog(), { claim, shared: true }) });
    start({ source: NEVER, log: withOverrides(memoryLog(), { claim, shared: true }), claim: false });
    expect(claims).to.deep.equal([]);
    start({ source: NEVER, log: withOverrides(memoryLog(), { claim, shared: true }) });
    // Its claim, and that it is given up.
    expect(claims).to.deep.equal(['claimed', 'claimed']);
  });

  it('throws for invalid options of a claim', () => {
    const { claim: _, ...unclaimable } = withOverrides(memoryLog(), {});
    const source = NEVER;
    expect(() => feed(Ticks, { claim: true })).to.throw(TypeError, 'feed: claim needs a source');
    expect(() => feed(Ticks, { source, claim: true, log: unclaimable })).to.throw(TypeError, 'has no method claim');
    expect(() => feed(Ticks, { source, claim: { lease: 0 } })).to.throw(
      RangeError,
      'feed: claim.lease must be above 0',
    );
    expect(() => feed(Ticks, { source, claim: { leese: 1 } as never })).to.throw(TypeError, 'lease');
    expect(() => feed(Ticks, { source, claim: 5 as never })).to.throw(TypeError, 'claim must be');
  });
});
