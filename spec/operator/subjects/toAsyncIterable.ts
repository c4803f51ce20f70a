import { expect } from 'chai';
import { EMPTY, Subject as Emitter, from, NEVER, type Observable, of, range, throwError } from 'rxjs';
import { toAsyncIterable } from '../../../lib/operator/toAsyncIterable.ts';
import { trackTimers } from '../../support/trackTimers.ts';
import type { Subject } from '../harness/Subject.ts';
import type { Order } from '../sample.ts';

const all = <T>(source: Observable<T>) => toAsyncIterable(source, { overflow: 'fail' });

/** Returns the values that a loop over the source receives, and its end. */
async function looped(source: Observable<unknown>): Promise<unknown[]> {
  const got: unknown[] = [];
  try {
    for await (const value of all(source)) got.push(value);
    got.push('end');
  } catch (error) {
    got.push({ error });
  }
  return got;
}

const loop = (source: Observable<unknown>) => all(source)[Symbol.asyncIterator]();

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

/** It is tested in real time: the promises of a loop settle in microtasks. */
export const subject: Subject = {
  over: (source: Observable<Order>) => from(all(source)),
  values: { marbles: '' },
  bad: {
    'no policy': [
      () => toAsyncIterable(NEVER, {} as never),
      TypeError,
      /^toAsyncIterable: overflow must be 'fail', 'drop-oldest' or 'drop-newest', got undefined$/,
    ],
    'maxQueued of 0': [
      () => toAsyncIterable(NEVER, { overflow: 'fail', maxQueued: 0 }),
      RangeError,
      /^toAsyncIterable: maxQueued must be a whole number from 1/,
    ],
    'an onDropped that is not a function': [
      () => toAsyncIterable(NEVER, { overflow: 'fail', onDropped: 5 as never }),
      TypeError,
      /^toAsyncIterable: onDropped must be a function, got number$/,
    ],
  },
  busy: (source) => from(toAsyncIterable(source, { overflow: 'drop-oldest', maxQueued: 10 })),
  diagram: {
    playAsync: async (diagram) => {
      const source = diagram.marbles('source');
      const asks = diagram.marbles('the loop requests');
      const letters = new Emitter<string>();
      const loop = toAsyncIterable(letters, { overflow: 'drop-oldest', maxQueued: 2 })[Symbol.asyncIterator]();
      const drawn: string[] = [];
      const answered = ({ done, value }: IteratorResult<string, undefined>): void => {
        drawn[drawn.length - 1] = done ? '|' : value;
      };
      for (const [column, ask] of [...asks].entries()) {
        drawn.push('-');
        const letter = source[column] ?? '-';
        if (letter === '|') letters.complete();
        else if (letter !== '-') letters.next(letter);
        if (ask === '?') loop.next().then(answered);
        await settled();
      }
      expect(drawn.join('')).to.equal(diagram.marbles('toAsyncIterable, overflow drop-oldest, maxQueued 2'));
    },
  },
  own: {
    values: async () => {
      expect(await looped(of(1, 2, 3))).to.deep.equal([1, 2, 3, 'end']);
    },
    never: async () => {
      const silent = loop(NEVER);
      let answer: unknown = 'none';
      silent.next().then((result) => {
        answer = result;
      });
      await settled();
      expect(answer).to.equal('none');
      await silent.return?.();
      expect(answer).to.deep.equal({ done: true, value: undefined });
    },
    empty: async () => {
      expect(await looped(EMPTY)).to.deep.equal(['end']);
    },
    error: async () => {
      const failing = new Emitter<number>();
      const got = looped(failing);
      failing.next(1);
      failing.next(2);
      failing.error('no');
      expect(await got).to.deep.equal([1, 2, { error: 'no' }]);
      expect(await looped(throwError(() => 'no'))).to.deep.equal([{ error: 'no' }]);
    },
    'early unsubscribe': async () => {
      const source = new Emitter<number>();
      const iterator = loop(source);
      const pending = iterator.next();
      expect(source.observed).to.equal(true);
      source.next(1);
      source.next(2);
      await iterator.return?.();
      expect(source.observed).to.equal(false);
      expect(await pending).to.deep.equal({ done: false, value: 1 });
      expect(await iterator.next()).to.deep.equal({ done: true, value: undefined });
      const never = loop(source);
      await never.return?.();
      expect(await never.next()).to.deep.equal({ done: true, value: undefined });
      expect(source.observed).to.equal(false);
    },
    'synchronous source': async () => {
      let taken = 0;
      const endless = range(0, Infinity);
      const got: number[] = [];
      let failure: unknown;
      try {
        for await (const n of toAsyncIterable(endless, { overflow: 'fail', maxQueued: 3 })) {
          taken++;
          got.push(n);
        }
      } catch (error) {
        failure = error;
      }
      expect([taken, got]).to.deep.equal([4, [0, 1, 2, 3]]);
      expect(failure).to.have.property('_tag', 'LimitError');
    },
    're-entrant emission': async () => {
      const source = new Emitter<number>();
      const dropped: number[] = [];
      const onDropped = (n: number) => {
        dropped.push(n);
        if (n < 3) source.next(n + 10);
      };
      const iterator = toAsyncIterable(source, { overflow: 'drop-oldest', maxQueued: 2, onDropped })[
        Symbol.asyncIterator
      ]();
      const first = iterator.next();
      for (const n of [0, 1, 2, 3]) source.next(n);
      source.complete();
      const rest = [await first, await iterator.next(), await iterator.next(), await iterator.next()];
      expect(rest.map(({ value }) => value)).to.deep.equal([0, 11, 12, undefined]);
      expect(dropped).to.deep.equal([1, 2, 3]);
    },
    'second subscriber': async () => {
      const iterable = all(of(1, 2));
      const both = await Promise.all(
        [0, 1].map(async () => {
          const got: unknown[] = [];
          for await (const value of iterable) got.push(value);
          return got;
        }),
      );
      expect(both).to.deep.equal([
        [1, 2],
        [1, 2],
      ]);
    },
    'callbacks that throw': async () => {
      const source = new Emitter<number>();
      const onDropped = () => {
        throw new Error('thrown');
      };
      const iterator = toAsyncIterable(source, { overflow: 'drop-newest', maxQueued: 1, onDropped })[
        Symbol.asyncIterator
      ]();
      const first = iterator.next();
      for (const n of [0, 1, 2]) source.next(n);
      expect(source.observed).to.equal(false);
      expect((await first).value).to.equal(0);
      expect((await iterator.next()).value).to.equal(1);
      const failure = await iterator.next().catch((error: unknown) => error);
      expect(failure).to.deep.equal(new Error('thrown'));
      expect(await iterator.next()).to.deep.equal({ done: true, value: undefined });
    },
    'nothing left behind': async () => {
      const timers = trackTimers();
      const source = new Emitter<number>();
      for await (const _ of all(of(1))) break;
      const reading = looped(source);
      source.complete();
      await reading;
      timers.stop();
      expect([source.observed, timers.set]).to.deep.equal([false, 0]);
    },
    positions: { because: 'its result is not a stream' },
  },
};
