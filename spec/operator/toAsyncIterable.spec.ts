import { expect } from 'chai';
import { NEVER, Observable, of, range, Subject } from 'rxjs';
import { type BufferPolicy, toAsyncIterable } from '../../lib/operator/toAsyncIterable.ts';

/** Returns a loop that has received its first value, and for which these values wait. */
async function behind(overflow: BufferPolicy, values: readonly number[], queue = 2) {
  const source = new Subject<number>();
  const dropped: number[] = [];
  const loop = toAsyncIterable(source, { overflow, maxQueued: queue, onDropped: (n) => dropped.push(n) })[
    Symbol.asyncIterator
  ]();
  const first = loop.next();
  for (const n of [0, ...values]) source.next(n);
  const isLeft = !source.observed;
  source.complete();
  const got: unknown[] = [];
  for (let answer = await first; !answer.done; answer = await loop.next()) got.push(answer.value);
  return { got, dropped, isLeft, loop };
}

describe('toAsyncIterable', () => {
  it('returns the waiting values, and then the end', async () => {
    const { got, dropped } = await behind('fail', [1, 2]);
    expect([got, dropped]).to.deep.equal([[0, 1, 2], []]);
  });

  it("drops the oldest value with 'drop-oldest'", async () => {
    const { got, dropped } = await behind('drop-oldest', [1, 2, 3, 4]);
    expect([got, dropped]).to.deep.equal([
      [0, 3, 4],
      [1, 2],
    ]);
  });

  it("drops the newest value with 'drop-newest'", async () => {
    const { got, dropped } = await behind('drop-newest', [1, 2, 3, 4]);
    expect([got, dropped]).to.deep.equal([
      [0, 1, 2],
      [3, 4],
    ]);
  });

  it('keeps the newest value with maxQueued 1', async () => {
    expect((await behind('drop-oldest', [1, 2, 3], 1)).got).to.deep.equal([0, 3]);
  });

  it("unsubscribes from the source and fails after the waiting values with 'fail'", async () => {
    const source = new Subject<number>();
    const loop = toAsyncIterable(source, { overflow: 'fail', maxQueued: 2 })[Symbol.asyncIterator]();
    const first = loop.next();
    for (const n of [0, 1, 2, 3, 4]) source.next(n);
    expect(source.observed).to.equal(false);
    const got = [await first, await loop.next(), await loop.next()].map(({ value }) => value);
    expect(got).to.deep.equal([0, 1, 2]);
    const failure = await loop.next().catch((error: unknown) => error);
    expect(failure).to.include({ _tag: 'LimitError', kind: 'operator-queue', limit: 2 });
    expect(await loop.next()).to.deep.equal({ done: true, value: undefined });
  });

  it('lets 1000 values wait by default', async () => {
    const got: number[] = [];
    const all = toAsyncIterable(range(0, 2000), { overflow: 'drop-newest' });
    for await (const n of all) got.push(n);
    // The first value did not wait: it had been requested.
    expect([got.length, got.at(-1)]).to.deep.equal([1001, 1000]);
  });

  it('subscribes at the first request, and once', async () => {
    let subscribed = 0;
    const source = new Observable<number>((subscriber) => {
      subscribed++;
      subscriber.next(1);
      subscriber.next(2);
    });
    const loop = toAsyncIterable(source, { overflow: 'fail' })[Symbol.asyncIterator]();
    expect(subscribed).to.equal(0);
    await loop.next();
    await loop.next();
    expect(subscribed).to.equal(1);
    await loop.return?.();
  });

  it('answers pending requests in order', async () => {
    const source = new Subject<number>();
    const loop = toAsyncIterable(source, { overflow: 'fail' })[Symbol.asyncIterator]();
    const pending = [loop.next(), loop.next(), loop.next()];
    source.next(1);
    source.next(2);
    source.complete();
    expect(await Promise.all(pending)).to.deep.equal([
      { done: false, value: 1 },
      { done: false, value: 2 },
      { done: true, value: undefined },
    ]);
  });

  it('rejects a pending request with an error, and then ends', async () => {
    const source = new Subject<number>();
    const loop = toAsyncIterable(source, { overflow: 'fail' })[Symbol.asyncIterator]();
    const pending = [loop.next(), loop.next()];
    source.error(undefined);
    const results = await Promise.allSettled(pending);
    expect(results).to.deep.equal([
      { status: 'rejected', reason: undefined },
      { status: 'fulfilled', value: { done: true, value: undefined } },
    ]);
  });

  it('drops the waiting values and ends when the loop breaks', async () => {
    const source = new Subject<number>();
    const loop = toAsyncIterable(source, { overflow: 'fail' })[Symbol.asyncIterator]();
    const first = loop.next();
    source.next(0);
    source.next(1);
    await first;
    expect(await loop.return?.()).to.deep.equal({ done: true, value: undefined });
    expect(await loop.next()).to.deep.equal({ done: true, value: undefined });
    expect(source.observed).to.equal(false);
  });

  it('throws a TypeError for an unknown policy', () => {
    expect(() => toAsyncIterable(NEVER, { overflow: 'keep' as never })).to.throw(
      TypeError,
      "toAsyncIterable: overflow must be 'fail', 'drop-oldest' or 'drop-newest', got 'keep'",
    );
    expect(() => toAsyncIterable(of(1), { overflow: 'drop-newest' })).to.not.throw();
  });

  it('ends pending requests when the teardown of the source throws, and rejects `return`', async () => {
    const source = new Observable<number>(() => () => {
      throw new Error('from the teardown');
    });
    const values = toAsyncIterable(source, { overflow: 'fail' })[Symbol.asyncIterator]();
    const pending = values.next();
    const returned = values.return?.().then(
      () => 'returned',
      (error: Error) => error.message,
    );
    expect(await pending).to.deep.equal({ done: true, value: undefined });
    expect(await returned).to.include('from the teardown');
    expect(await values.next()).to.deep.equal({ done: true, value: undefined });
  });

  it('throws a TypeError at once for a source that is not an Observable', () => {
    expect(() => toAsyncIterable([1] as never, { overflow: 'fail' })).to.throw(
      TypeError,
      'toAsyncIterable: source must be an Observable, got array',
    );
  });
});
