import { expect } from 'chai';
import * as t from 'io-ts';
import { map } from 'rxjs';
import { ClosedError, DecodeError, events, feed, memoryLog, setErrorReporter, sse } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { received } from './received.ts';

const Ticks = events({ Tick: t.number });
const { Tick } = Ticks;
const bad = { type: 'tick', data: 'not a number' } as never;

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Runs the work and returns what the feed's `onError` and the error reporter received by the turn after the next one. */
async function errorsOf(work: (shared: ReturnType<typeof reported>) => unknown, onError: 'onError' | 'none') {
  const received: { callback: unknown[]; reporter: [string, unknown][] } = { callback: [], reporter: [] };
  setErrorReporter((error, where) => received.reporter.push([where, error]));
  try {
    work(reported(onError === 'none' ? undefined : (error) => received.callback.push(error)));
    await turn();
    await turn();
  } finally {
    setErrorReporter(undefined);
  }
  return received;
}

const reported = (onError: ((error: unknown) => void) | undefined) =>
  feed(Ticks, onError === undefined ? {} : { onError });

describe('a publication that fails', () => {
  const ways: Readonly<Record<string, (shared: ReturnType<typeof reported>) => unknown>> = {
    'is not awaited': (shared) => shared.publish(bad),
    'is subscribed to without callbacks': (shared) => shared.publish(bad).subscribe(),
    'is subscribed to with a callback for the cursor alone': (shared) => shared.publish(bad).subscribe(() => {}),
    'is piped and then subscribed to without callbacks': (shared) =>
      shared
        .publish(bad)
        .pipe(map((cursor) => cursor.length))
        .subscribe(),
  };
  for (const [how, publish] of Object.entries(ways)) {
    it(`is passed to onError of the feed when it ${how}`, async () => {
      const { callback, reporter } = await errorsOf(publish, 'onError');
      expect(callback.map((error) => error instanceof DecodeError)).to.deep.equal([true]);
      expect(reporter).to.deep.equal([]);
    });

    it(`is passed to the error reporter when it ${how} and the feed has no onError`, async () => {
      const { reporter } = await errorsOf(publish, 'none');
      expect(reporter.map(([where, error]) => [where, error instanceof DecodeError])).to.deep.equal([
        ['feed of tick', true],
      ]);
    });
  }

  it('is passed only to the caller that awaits it, or subscribes to it with an error callback', async () => {
    const caught: unknown[] = [];
    const { callback, reporter } = await errorsOf((shared) => {
      shared.publish(bad).then(undefined, (error) => caught.push(error));
      shared.publish(bad).subscribe({ error: (error) => caught.push(error) });
      shared.publish(bad).subscribe(undefined, (error) => caught.push(error));
    }, 'onError');
    expect(caught.map((error) => error instanceof DecodeError)).to.deep.equal([true, true, true]);
    expect([callback, reporter]).to.deep.equal([[], []]);
  });

  it('rejects an await that starts later in the same turn', async () => {
    const caught: unknown[] = [];
    const { callback } = await errorsOf(async (shared) => {
      const published = shared.publish(bad);
      await Promise.resolve();
      await published.then(undefined, (error) => caught.push(error));
    }, 'onError');
    expect([caught.length, callback]).to.deep.equal([1, []]);
  });

  it('is reported for an event or an end that the log rejects', async () => {
    const { callback } = await errorsOf((shared) => {
      shared.close();
      shared.publish(Tick(1));
      shared.end();
    }, 'onError');
    expect(callback.map((error) => error instanceof ClosedError)).to.deep.equal([true, true]);
  });

  it('is reported once, with what onError throws', async () => {
    const thrown = new Error('in onError');
    const seen: unknown[] = [];
    setErrorReporter((error, where) => seen.push([where, error]));
    try {
      feed(Ticks, {
        onError: () => {
          throw thrown;
        },
      }).publish(bad);
      await turn();
      await turn();
    } finally {
      setErrorReporter(undefined);
    }
    expect(seen).to.deep.equal([['onError of the feed of tick', thrown]]);
  });

  it('emits the cursor and completes for a subscriber with any form of callbacks', () => {
    const shared = feed(Ticks, { log: memoryLog() });
    const seen: string[] = [];
    shared.publish(Tick(1)).subscribe((cursor) => seen.push(cursor.slice(-2)));
    shared
      .publish(Tick(2))
      .subscribe({ next: (cursor) => seen.push(cursor.slice(-2)), complete: () => seen.push('|') });
    shared.publish(Tick(3)).subscribe(undefined, undefined, () => seen.push('|'));
    expect(seen).to.deep.equal(['.1', '.2', '|', '|']);
  });
});

describe('an event of a source that does not match the contract', () => {
  const values = { a: Tick(1), x: bad, b: Tick(2) };

  it(
    'is dropped and reported by default, and the readers get no gap',
    marbles(({ hot, reader, expectFrames, flush, reportedErrors }) => {
      const reports = reportedErrors();
      const route = sse(feed(Ticks, { source: hot('-a-x-b-|', values) }));
      expectFrames(reader(route)).toBe('-a---b-|', values);
      flush();
      expect(reports.map(({ where, error }) => [where, error instanceof DecodeError])).to.deep.equal([
        ['feed of tick', true],
      ]);
    }),
  );

  it(
    "ends the feed as failed with onInvalidEvent: 'fail'",
    marbles(({ hot, reader, flush }) => {
      const errors: unknown[] = [];
      const onError = (error: unknown) => void errors.push(error);
      const source = hot('-a-x-b-|', values);
      const r = reader(sse(feed(Ticks, { source, onInvalidEvent: 'fail', onError })));
      flush();
      expect(received(r)).to.deep.equal(['position', '1', 'end']);
      expect(r.frames.at(-1)?.frame).to.include({ data: '{"reason":"failed"}' });
      expect(errors.map((error) => error instanceof DecodeError)).to.deep.equal([true]);
    }),
  );

  it(
    "restarts the source with onInvalidEvent: 'fail' and restart",
    marbles(({ cold, reader, expectFrames }) => {
      const restart = { initialDelay: 1, maxDelay: 1 };
      const source = ({ attempt }: { readonly attempt: number }) => cold(attempt === 0 ? '-a-x' : '-b-|', values);
      const shared = feed(Ticks, { source, onInvalidEvent: 'fail', restart, onError: () => {} });
      expectFrames(reader(sse(shared))).toBe('-a---b-|', values);
    }),
  );

  it('is treated by one of two policies; another value is a TypeError', () => {
    expect(() => feed(Ticks, { onInvalidEvent: 'skip' as never })).to.throw(TypeError, "'drop' or 'fail'");
  });
});
