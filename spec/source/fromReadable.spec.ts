import { PassThrough, Readable } from 'node:stream';
import { ReadableStream } from 'node:stream/web';
import { expect } from 'chai';
import { lastValueFrom, take, toArray } from 'rxjs';
import { fromReadable } from '../../lib/source/fromReadable.ts';
import { deferred } from '../support/deferred.ts';
import { watchProcess } from '../support/watchProcess.ts';

/** Resolves when the callbacks of settled promises have run, which do not run in virtual time. */
const settled = () => new Promise((resolve) => setImmediate(resolve));
const parked = () => new Promise<never>(() => {});

/** Returns an observer that records its notifications. */
function recorder() {
  const received: string[] = [];
  const observer = {
    next: (value: unknown) => received.push(String(value)),
    error: (error: unknown) => received.push(`${error}`),
    complete: () => received.push('complete'),
  };
  return { received, observer };
}

async function* letters() {
  yield 'a';
  yield 'b';
}

describe('fromReadable', () => {
  const all = (source: Parameters<typeof fromReadable<string>>[0]) =>
    lastValueFrom(fromReadable(source).pipe(toArray()));

  it('emits all values of an iterable, a Readable and a ReadableStream, and completes', async () => {
    expect(await all(letters)).to.deep.equal(['a', 'b']);
    expect(await all(() => Readable.from(['a', 'b']))).to.deep.equal(['a', 'b']);
    expect(await all(() => ReadableStream.from(['a', 'b']))).to.deep.equal(['a', 'b']);
    expect(await all(async () => letters())).to.deep.equal(['a', 'b']);
    expect(await all(() => null)).to.deep.equal([]);
  });

  it('reads a web stream that is not async iterable, as in some browsers', async () => {
    const { readable, getReader } = { readable: ReadableStream.from(['a', 'b']), getReader: 'getReader' as const };
    expect(await all(() => ({ getReader: () => readable[getReader]() }))).to.deep.equal(['a', 'b']);
  });

  it('calls its factory for each subscriber, and not before', async () => {
    let made = 0;
    const numbers = fromReadable(async function* () {
      yield ++made;
    });
    expect(made).to.equal(0);
    expect([await lastValueFrom(numbers), await lastValueFrom(numbers)]).to.deep.equal([1, 2]);
  });

  it('aborts the signal in the turn of the unsubscription, while a read is pending', () => {
    let signal: AbortSignal | undefined;
    const subscription = fromReadable(async function* (ownSignal) {
      signal = ownSignal;
      yield await parked();
    }).subscribe();
    expect(signal?.aborted).to.equal(false);
    subscription.unsubscribe();
    expect(signal?.aborted).to.equal(true);
  });

  it('cancels a ReadableStream and destroys a Readable while a read is pending', () => {
    let cancelled = 0;
    const web = new ReadableStream({ pull: parked, cancel: () => void cancelled++ });
    const node = new Readable({ read() {} });
    const subscriptions = [fromReadable(() => web), fromReadable(() => node)].map((source) => source.subscribe());
    for (const subscription of subscriptions) subscription.unsubscribe();
    expect([cancelled, node.destroyed]).to.deep.equal([1, true]);
  });

  it('emits nothing after it was unsubscribed from', async () => {
    const { received, observer } = recorder();
    const answer = deferred<string>();
    const subscription = fromReadable(async function* () {
      yield 'a';
      yield await answer.promise;
    }).subscribe(observer);
    await settled();
    subscription.unsubscribe();
    answer.resolve('b');
    await settled();
    expect(received).to.deep.equal(['a']);
  });

  it('cancels at once a source whose promise resolves after the unsubscription', async () => {
    const stream = deferred<ReadableStream<string>>();
    let cancelled = 0;
    const subscription = fromReadable(() => stream.promise).subscribe();
    subscription.unsubscribe();
    stream.resolve(new ReadableStream({ cancel: () => void cancelled++ }));
    await settled();
    expect(cancelled).to.equal(1);
  });

  it('reads no more than was requested', async () => {
    const source = new PassThrough({ objectMode: true });
    for (const letter of ['a', 'b', 'c']) source.write(letter);
    expect(await lastValueFrom(fromReadable(() => source).pipe(take(2), toArray()))).to.deep.equal(['a', 'b']);
    expect(source.destroyed).to.equal(true);
  });

  it('yields turns of the event loop when there is always a value', async () => {
    let count = 0;
    const subscription = fromReadable(async function* () {
      for (;;) yield count++;
    }).subscribe();
    await settled();
    const before = count;
    subscription.unsubscribe();
    await settled();
    await settled();
    expect(before).to.be.above(0);
    expect(count).to.be.within(before, before + 2);
  });

  for (const [how, make] of Object.entries<(signal: AbortSignal) => AsyncIterable<string> | Promise<never>>({
    'an iterator that fails': async function* () {
      yield 'a';
      throw new Error('broken');
    },
    'a factory that throws': () => {
      throw new Error('broken');
    },
    'a factory whose promise rejects': () => Promise.reject(new Error('broken')),
    'a Readable that breaks': () =>
      new Readable({
        read() {
          this.destroy(new Error('broken'));
        },
      }),
  })) {
    it(`errors with ${how}, and aborts the signal`, async () => {
      const { received, observer } = recorder();
      let ownSignal: AbortSignal | undefined;
      fromReadable((signal) => {
        ownSignal = signal;
        return make(signal);
      }).subscribe(observer);
      for (let turns = 0; turns < 5; turns++) await settled();
      expect(received.at(-1)).to.equal('Error: broken');
      expect(ownSignal?.aborted).to.equal(true);
    });
  }

  it('aborts the signal when it completes', async () => {
    let ownSignal: AbortSignal | undefined;
    await all((signal) => {
      ownSignal = signal;
      return letters();
    });
    expect(ownSignal?.aborted).to.equal(true);
  });

  it('errors with a value that cannot be read', async () => {
    const { received, observer } = recorder();
    fromReadable(() => ['a'] as never).subscribe(observer);
    fromReadable((() => 5) as never).subscribe(observer);
    fromReadable((async () => undefined) as never).subscribe(observer);
    await settled();
    expect(received.map((line) => line.replace(/.*got /, ''))).to.deep.equal(['array', 'number', 'undefined']);
  });

  it('causes no unhandled rejection after the unsubscription', async () => {
    const rejections = watchProcess();
    try {
      const broken = () => Promise.reject(new Error('too late'));
      const sources = [
        fromReadable(broken),
        fromReadable(async function* () {
          yield await broken();
        }),
        fromReadable((signal) => new Readable({ signal, read() {} })),
        fromReadable(() => new ReadableStream({ pull: parked, cancel: broken })),
        fromReadable(() => ({ [Symbol.asyncIterator]: () => ({ next: parked, return: broken }) })),
      ];
      for (const source of sources) source.subscribe().unsubscribe();
      expect(await rejections.settled()).to.deep.equal([]);
    } finally {
      rejections.stop();
    }
  });

  it('throws a TypeError for a factory that is not a function', () => {
    expect(() => fromReadable(letters() as never)).to.throw(
      TypeError,
      'fromReadable: factory must be a function, got object',
    );
  });
});
