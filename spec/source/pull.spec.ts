import { expect } from 'chai';
import { Subscriber } from 'rxjs';
import { pull } from '../../lib/source/pull.ts';

/** An iterator by hand: each `next` waits to be answered, and what is done to it is written down. */
function byHand() {
  const log: string[] = [];
  const waiting: { give(result: IteratorResult<unknown>): void; fail(error: unknown): void }[] = [];
  const iterable: AsyncIterable<unknown> = {
    [Symbol.asyncIterator]: () => ({
      next: () => {
        log.push('next');
        return new Promise((give, fail) => waiting.push({ give, fail }));
      },
      return: () => {
        log.push('return');
        return Promise.reject(new Error('ignored'));
      },
    }),
  };
  return { iterable, log, answer: () => waiting.shift() };
}

/** A subscriber that writes down what it hears, into the same log. */
function listener(log: string[]): Subscriber<unknown> {
  const hear = { next: (value: unknown) => log.push(`got ${value}`), error: (error: unknown) => log.push(`${error}`) };
  return new (class extends Subscriber<unknown> {
    protected override _next(value: unknown) {
      hear.next(value);
    }
    protected override _error(error: unknown) {
      this.unsubscribe();
      hear.error(error);
    }
    protected override _complete() {
      this.unsubscribe();
      log.push('complete');
    }
  })();
}

/** Resolves when all settled promises have run their callbacks. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('pull', () => {
  it('requests a value when the one before was delivered and the pace calls back', async () => {
    const { iterable, log, answer } = byHand();
    const paced: (() => void)[] = [];
    pull(iterable, listener(log), (ask) => paced.push(ask));
    expect(log).to.deep.equal([]);
    paced.shift()?.();
    answer()?.give({ value: 'a' });
    await settled();
    expect(log).to.deep.equal(['next', 'got a']);
    paced.shift()?.();
    answer()?.give({ done: true, value: 'not sent' });
    await settled();
    expect(log).to.deep.equal(['next', 'got a', 'next', 'complete']);
    expect(paced).to.deep.equal([]);
  });

  it('cancels an iterator with a pending read at once, and ignores its result', async () => {
    const { iterable, log, answer } = byHand();
    const reader = listener(log);
    pull(iterable, reader, (ask) => ask());
    reader.unsubscribe();
    expect(log).to.deep.equal(['next', 'return']);
    answer()?.give({ value: 'too late' });
    await settled();
    expect(log).to.deep.equal(['next', 'return']);
  });

  it('requests nothing after it was unsubscribed from between two values', async () => {
    const { iterable, log, answer } = byHand();
    const paced: (() => void)[] = [];
    const reader = listener(log);
    pull(iterable, reader, (ask) => paced.push(ask));
    paced.shift()?.();
    answer()?.give({ value: 'a' });
    await settled();
    reader.unsubscribe();
    paced.shift()?.();
    expect(log).to.deep.equal(['next', 'got a', 'return']);
  });

  it('errors with a failure, and does not cancel an ended iterator', async () => {
    const { iterable, log, answer } = byHand();
    pull(iterable, listener(log), (ask) => ask());
    answer()?.fail('broken');
    await settled();
    expect(log).to.deep.equal(['next', 'broken']);
  });

  for (const [what, iterable] of Object.entries<AsyncIterable<unknown>>({
    'has no iterator': {
      [Symbol.asyncIterator]: () => {
        throw 'broken';
      },
    },
    'throws on a request': {
      [Symbol.asyncIterator]: () => ({
        next: () => {
          throw 'broken';
        },
      }),
    },
  })) {
    it(`errors with an iterable that ${what}`, () => {
      const log: string[] = [];
      pull(iterable, listener(log), (ask) => ask());
      expect(log).to.deep.equal(['broken']);
    });
  }

  it('cancels an iterator without `return`, or whose `return` throws', () => {
    const parked = () => new Promise<never>(() => {});
    for (const iterator of [
      { next: parked },
      {
        next: parked,
        return: () => {
          throw new Error('no');
        },
      },
    ]) {
      const reader = listener([]);
      pull({ [Symbol.asyncIterator]: () => iterator }, reader, (ask) => ask());
      expect(() => reader.unsubscribe()).to.not.throw();
    }
  });
});
