import { expect } from 'chai';
import { lastValueFrom, NEVER, Observable, of, observable as symbol, throwError, toArray } from 'rxjs';
import { conflateBy, feed, fromPoll, mergeEvents, restartWithBackoff, sse, timeouts, toAsyncIterable } from 'rxsse';
import { marbles } from 'rxsse/testing';
import { Ticks } from '../http/ticks.ts';
import { WebObservable, type WebSubscriber } from '../support/WebObservable.ts';

const { Tick } = Ticks;
const values = <T>(...all: readonly T[]) =>
  new WebObservable<T>((subscriber) => {
    for (const value of all) subscriber.next(value);
    subscriber.complete();
  });
const failed = new Error('failed');

/** Returns a source that is open, with its subscriber and whether it was torn down. */
function open() {
  const state: { subscriber: WebSubscriber<unknown> | undefined; left: readonly unknown[] } = {
    subscriber: undefined,
    left: [],
  };
  const source = new WebObservable<unknown>((subscriber) => {
    state.subscriber = subscriber;
    subscriber.addTeardown(() => {
      state.left = [...state.left, subscriber.signal.aborted];
    });
  });
  return { source, state };
}

const collected = <T>(source: Observable<T>): Promise<readonly T[]> => lastValueFrom(source.pipe(toArray()));

describe('an Observable of the platform', () => {
  it(
    'is a route',
    marbles(({ reader, flush }) => {
      const answer = reader(sse(values(1, 2)));
      const typed = reader(sse({ events: Ticks }, () => values(Tick(1))));
      flush();
      expect(answer.text).to.match(/data: 1\n\n.*data: 2\n\n.*event: rxsse\.end/s);
      expect(typed.text).to.include('event: tick\ndata: 1\n');
    }),
  );

  it(
    'is unsubscribed from in the turn in which the reader disconnects',
    marbles(({ reader, flush }) => {
      const { source, state } = open();
      reader(sse(source), { socket: '5ms X' });
      flush();
      expect(state.left).to.deep.equal([true]);
    }),
  );

  it(
    'is answered as an error where it fails before the first byte',
    marbles(({ reader, flush }) => {
      const source = new WebObservable<never>(() => {
        throw Object.assign(failed, { status: 409 });
      });
      const answer = reader(sse(source));
      flush();
      expect(answer.error).to.equal(failed);
    }),
  );

  it(
    'is the source of a feed, alone and for each attempt',
    marbles(({ reader, flush }) => {
      const from = { resume: { from: 'oldest' } } as const;
      const plain = reader(sse(from, feed(Ticks, { source: values(Tick(1), Tick(2)) })));
      const made = reader(sse(from, feed(Ticks, { source: () => values(Tick(3)) })));
      flush();
      expect(plain.text).to.match(/data: 1\n\n.*data: 2\n\n.*rxsse\.end/s);
      expect(made.text).to.match(/data: 3\n\n.*rxsse\.end/s);
    }),
  );

  it('is taken by the functions that take an Observable', async () => {
    expect(await collected(mergeEvents({ a: values(1), b: of(2) }))).to.deep.equal([1, 2]);
    expect(
      await collected(mergeEvents({ a: throwError(() => failed) }, { onSourceError: () => values(3) })),
    ).to.deep.equal([3]);
    expect(await collected(restartWithBackoff(() => values(4)))).to.deep.equal([4]);
    expect(await collected(of({ k: 1 }).pipe(conflateBy(({ k }) => k, { until: values(1) })))).to.deep.equal([
      { k: 1 },
    ]);
    expect(await collected(NEVER.pipe(timeouts({ first: 1, with: () => values(5) })))).to.deep.equal([5]);
    const loop: number[] = [];
    for await (const n of toAsyncIterable(values(6, 7), { overflow: 'fail' })) loop.push(n);
    expect(loop).to.deep.equal([6, 7]);
  });

  it('is polled', () => {
    const seen: number[] = [];
    const polls = fromPoll(() => values(1), { interval: 1000 }).subscribe((n) => seen.push(n));
    polls.unsubscribe();
    expect(seen).to.deep.equal([1]);
  });

  it('is unsubscribed from while it emits at once, also without an end', async () => {
    const left: unknown[] = [];
    const endless = new WebObservable<number>((subscriber) => {
      subscriber.addTeardown(() => left.push('teardown'));
      for (let n = 0; subscriber.active && n < 1000; n++) subscriber.next(n);
      left.push(subscriber.active);
    });
    const loop = toAsyncIterable(endless, { overflow: 'drop-newest', maxQueued: 1 });
    for await (const n of loop) {
      expect(n).to.equal(0);
      break;
    }
    const until = new Observable((subscriber) => {
      mergeEvents({ endless }).subscribe({
        next: (n) => {
          subscriber.next(n);
          subscriber.complete();
        },
      });
    });
    expect(await collected(until)).to.deep.equal([0]);
  });

  it('shares its producer: the other subscription continues when one is aborted', () => {
    const { source, state } = open();
    const seen: unknown[] = [];
    const first = mergeEvents({ source }).subscribe((value) => seen.push(['first', value]));
    const second = mergeEvents({ source }).subscribe((value) => seen.push(['second', value]));
    state.subscriber?.next(1);
    first.unsubscribe();
    expect(state.left).to.deep.equal([]);
    state.subscriber?.next(2);
    second.unsubscribe();
    expect(seen).to.deep.equal([
      ['first', 1],
      ['second', 1],
      ['second', 2],
    ]);
    expect(state.left).to.deep.equal([true]);
  });
});

describe('an Observable of another library, with Symbol.observable,', () => {
  it('is taken by the functions that take an Observable', async () => {
    const foreign = { [symbol]: () => of(1), subscribe: () => {} };
    expect(await collected(mergeEvents({ foreign }))).to.deep.equal([1]);
  });
});

it('a value that is not an Observable is a TypeError', () => {
  for (const value of [undefined, null, 5, 'x', {}, { subscribe: 1 }, () => 1]) {
    expect(() => mergeEvents({ a: value as never })).to.throw(TypeError, 'mergeEvents: a must be an Observable, got');
  }
});
