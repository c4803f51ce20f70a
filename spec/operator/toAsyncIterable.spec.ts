import { expect } from 'chai';
import { NEVER, Observable, of, range, Subject } from 'rxjs';
import { type BufferPolicy, toAsyncIterable } from '../../lib/operator/toAsyncIterable.ts';

/** A loop that has its first value, and then lets these wait. */
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
  it('gives what waits, and then the end', async () => {
    const { got, dropped } = await behind('fail', [1, 2]);
    expect([got, dropped]).to.deep.equal([[0, 1, 2], []]);
  });

  it('drops what has waited longest', async () => {
    const { got, dropped } = await behind('drop-oldest', [1, 2, 3, 4]);
    expect([got, dropped]).to.deep.equal([
      [0, 3, 4],
      [1, 2],
    ]);
  });

  it('drops what has just come', async () => {
    const { got, dropped } = await behind('drop-newest', [1, 2, 3, 4]);
    expect([got, dropped]).to.deep.equal([
      [0, 1, 2],
      [3, 4],
    ]);
  });

  it('keeps the newest with a queue of 1', async () => {
    expect((await behind('drop-oldest', [1, 2, 3], 1)).got).to.deep.equal([0, 3]);
  });

  it('leaves the source and fails after what waits, when that is too much', async () => {
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

  it('lets 1000 wait where nothing is said', async () => {
    const got: number[] = [];
    const all = toAsyncIterable(range(0, 2000), { overflow: 'drop-newest' });
    for await (const n of all) got.push(n);
    // The first was not waiting: it was asked for.
    expect([got.length, got.at(-1)]).to.deep.equal([1001, 1000]);
  });

  it('subscribes when it is asked, and once', async () => {
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

  it('answers those who ask before there is anything, in order', async () => {
    const source = new Subject<number>();
    const loop = toAsyncIterable(source, { overflow: 'fail' })[Symbol.asyncIterator]();
    const asked = [loop.next(), loop.next(), loop.next()];
    source.next(1);
    source.next(2);
    source.complete();
    expect(await Promise.all(asked)).to.deep.equal([
      { done: false, value: 1 },
      { done: false, value: 2 },
      { done: true, value: undefined },
    ]);
  });

  it('tells one who waits of a failure, and the next of the end', async () => {
    const source = new Subject<number>();
    const loop = toAsyncIterable(source, { overflow: 'fail' })[Symbol.asyncIterator]();
    const asked = [loop.next(), loop.next()];
    source.error(undefined);
    const told = await Promise.allSettled(asked);
    expect(told).to.deep.equal([
      { status: 'rejected', reason: undefined },
      { status: 'fulfilled', value: { done: true, value: undefined } },
    ]);
  });

  it('drops what waits, and is over, when it is left', async () => {
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

  it('says which policies there are', () => {
    expect(() => toAsyncIterable(NEVER, { overflow: 'keep' as never })).to.throw(
      TypeError,
      "toAsyncIterable: overflow must be 'fail', 'drop-oldest' or 'drop-newest', got 'keep'",
    );
    expect(() => toAsyncIterable(of(1), { overflow: 'drop-newest' })).to.not.throw();
  });

  it('answers who waits though the source cannot be left without an error, which is told to who left', async () => {
    const source = new Observable<number>(() => () => {
      throw new Error('cannot be left');
    });
    const values = toAsyncIterable(source, { overflow: 'fail' })[Symbol.asyncIterator]();
    const asked = values.next();
    const left = values.return?.().then(
      () => 'left',
      (error: Error) => error.message,
    );
    expect(await asked).to.deep.equal({ done: true, value: undefined });
    expect(await left).to.include('cannot be left');
    expect(await values.next()).to.deep.equal({ done: true, value: undefined });
  });

  it('takes an Observable alone, and says so at once', () => {
    expect(() => toAsyncIterable([1] as never, { overflow: 'fail' })).to.throw(
      TypeError,
      'toAsyncIterable: source must be an Observable, got array',
    );
  });
});
