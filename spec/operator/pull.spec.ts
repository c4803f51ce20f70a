import { expect } from 'chai';
import { Subscriber } from 'rxjs';
import { pull } from '../../lib/operator/pull.ts';

/** Returns an iterable whose requests a spec answers, and a log of the calls of its iterator. */
function manualIterable() {
  const log: string[] = [];
  const waiting: { resolve(result: IteratorResult<unknown>): void; fail(error: unknown): void }[] = [];
  const iterable: AsyncIterable<unknown> = {
    [Symbol.asyncIterator]: () => ({
      next: () => {
        log.push('next');
        return new Promise((resolve, fail) => waiting.push({ resolve, fail }));
      },
      return: () => {
        log.push('return');
        return Promise.reject(new Error('ignored'));
      },
    }),
  };
  return { iterable, log, answer: () => waiting.shift() };
}

/** Returns a subscriber that records its notifications in the same log. */
function recorder(log: string[]): Subscriber<unknown> {
  const record = {
    next: (value: unknown) => log.push(`got ${value}`),
    error: (error: unknown) => log.push(`${error}`),
  };
  return new (class extends Subscriber<unknown> {
    protected override _next(value: unknown) {
      record.next(value);
    }
    protected override _error(error: unknown) {
      this.unsubscribe();
      record.error(error);
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
    const { iterable, log, answer } = manualIterable();
    const paced: (() => void)[] = [];
    pull(iterable, recorder(log), (request) => paced.push(request));
    expect(log).to.deep.equal([]);
    paced.shift()?.();
    answer()?.resolve({ value: 'a' });
    await settled();
    expect(log).to.deep.equal(['next', 'got a']);
    paced.shift()?.();
    answer()?.resolve({ done: true, value: 'not sent' });
    await settled();
    expect(log).to.deep.equal(['next', 'got a', 'next', 'complete']);
    expect(paced).to.deep.equal([]);
  });

  it('cancels an iterator with a pending read at once, and ignores its result', async () => {
    const { iterable, log, answer } = manualIterable();
    const reader = recorder(log);
    pull(iterable, reader, (request) => request());
    reader.unsubscribe();
    expect(log).to.deep.equal(['next', 'return']);
    answer()?.resolve({ value: 'too late' });
    await settled();
    expect(log).to.deep.equal(['next', 'return']);
  });

  it('requests nothing after it was unsubscribed from between two values', async () => {
    const { iterable, log, answer } = manualIterable();
    const paced: (() => void)[] = [];
    const reader = recorder(log);
    pull(iterable, reader, (request) => paced.push(request));
    paced.shift()?.();
    answer()?.resolve({ value: 'a' });
    await settled();
    reader.unsubscribe();
    paced.shift()?.();
    expect(log).to.deep.equal(['next', 'got a', 'return']);
  });

  it('errors with a failure, and does not cancel an ended iterator', async () => {
    const { iterable, log, answer } = manualIterable();
    pull(iterable, recorder(log), (request) => request());
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
      pull(iterable, recorder(log), (request) => request());
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
      const reader = recorder([]);
      pull({ [Symbol.asyncIterator]: () => iterator }, reader, (request) => request());
      expect(() => reader.unsubscribe()).to.not.throw();
    }
  });
});
