import { PassThrough, Readable } from 'node:stream';
import { ReadableStream } from 'node:stream/web';
import { expect } from 'chai';
import { lastValueFrom, take, toArray } from 'rxjs';
import { fromReadable } from '../../lib/source/fromReadable.ts';
import { deferred } from '../support/deferred.ts';
import { watchProcess } from '../support/watchProcess.ts';

/** Promises do not run in virtual time, so these wait for what hangs on them. */
const settled = () => new Promise((resolve) => setImmediate(resolve));
const parked = () => new Promise<never>(() => {});

/** An observer that writes down what it hears. */
function listener() {
  const heard: string[] = [];
  const observer = {
    next: (value: unknown) => heard.push(String(value)),
    error: (error: unknown) => heard.push(`${error}`),
    complete: () => heard.push('complete'),
  };
  return { heard, observer };
}

async function* letters() {
  yield 'a';
  yield 'b';
}

describe('fromReadable', () => {
  const all = (source: Parameters<typeof fromReadable<string>>[0]) =>
    lastValueFrom(fromReadable(source).pipe(toArray()));

  it('gives all values of an iterable, a Readable and a ReadableStream, and completes', async () => {
    expect(await all(letters)).to.deep.equal(['a', 'b']);
    expect(await all(() => Readable.from(['a', 'b']))).to.deep.equal(['a', 'b']);
    expect(await all(() => ReadableStream.from(['a', 'b']))).to.deep.equal(['a', 'b']);
    expect(await all(async () => letters())).to.deep.equal(['a', 'b']);
    expect(await all(() => null)).to.deep.equal([]);
  });

  it('reads a stream that only has a reader, as that of some browsers', async () => {
    const { readable, getReader } = { readable: ReadableStream.from(['a', 'b']), getReader: 'getReader' as const };
    expect(await all(() => ({ getReader: () => readable[getReader]() }))).to.deep.equal(['a', 'b']);
  });

  it('calls its factory anew for each subscriber, and not before', async () => {
    let made = 0;
    const numbers = fromReadable(async function* () {
      yield ++made;
    });
    expect(made).to.equal(0);
    expect([await lastValueFrom(numbers), await lastValueFrom(numbers)]).to.deep.equal([1, 2]);
  });

  it('aborts the signal in the same turn when it is left, while the iterator is parked', () => {
    let signal: AbortSignal | undefined;
    const subscription = fromReadable(async function* (given) {
      signal = given;
      yield await parked();
    }).subscribe();
    expect(signal?.aborted).to.equal(false);
    subscription.unsubscribe();
    expect(signal?.aborted).to.equal(true);
  });

  it('cancels a parked ReadableStream and destroys a parked Readable when it is left', () => {
    let cancelled = 0;
    const web = new ReadableStream({ pull: parked, cancel: () => void cancelled++ });
    const node = new Readable({ read() {} });
    const subscriptions = [fromReadable(() => web), fromReadable(() => node)].map((source) => source.subscribe());
    for (const subscription of subscriptions) subscription.unsubscribe();
    expect([cancelled, node.destroyed]).to.deep.equal([1, true]);
  });

  it('hears nothing that comes after it was left', async () => {
    const { heard, observer } = listener();
    const answer = deferred<string>();
    const subscription = fromReadable(async function* () {
      yield 'a';
      yield await answer.promise;
    }).subscribe(observer);
    await settled();
    subscription.unsubscribe();
    answer.resolve('b');
    await settled();
    expect(heard).to.deep.equal(['a']);
  });

  it('leaves at once what its factory promised and brings too late', async () => {
    const stream = deferred<ReadableStream<string>>();
    let cancelled = 0;
    const subscription = fromReadable(() => stream.promise).subscribe();
    subscription.unsubscribe();
    stream.resolve(new ReadableStream({ cancel: () => void cancelled++ }));
    await settled();
    expect(cancelled).to.equal(1);
  });

  it('takes no more than what is wanted', async () => {
    const source = new PassThrough({ objectMode: true });
    for (const letter of ['a', 'b', 'c']) source.write(letter);
    expect(await lastValueFrom(fromReadable(() => source).pipe(take(2), toArray()))).to.deep.equal(['a', 'b']);
    expect(source.destroyed).to.equal(true);
  });

  it('leaves the loop its turns when there is always a value at hand', async () => {
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
    it(`errors with ${how}, and aborts what it began`, async () => {
      const { heard, observer } = listener();
      let given: AbortSignal | undefined;
      fromReadable((signal) => {
        given = signal;
        return make(signal);
      }).subscribe(observer);
      for (let turns = 0; turns < 5; turns++) await settled();
      expect(heard.at(-1)).to.equal('Error: broken');
      expect(given?.aborted).to.equal(true);
    });
  }

  it('aborts the signal when it is over by itself', async () => {
    let given: AbortSignal | undefined;
    await all((signal) => {
      given = signal;
      return letters();
    });
    expect(given?.aborted).to.equal(true);
  });

  it('errors with what cannot be pulled', async () => {
    const { heard, observer } = listener();
    fromReadable(() => ['a'] as never).subscribe(observer);
    fromReadable((() => 5) as never).subscribe(observer);
    fromReadable((async () => undefined) as never).subscribe(observer);
    await settled();
    expect(heard.map((line) => line.replace(/.*got /, ''))).to.deep.equal(['array', 'number', 'undefined']);
  });

  it('keeps from the process what nobody is left to hear', async () => {
    const unheard = watchProcess();
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
      expect(await unheard.settled()).to.deep.equal([]);
    } finally {
      unheard.stop();
    }
  });

  it('refuses what is no function', () => {
    expect(() => fromReadable(letters() as never)).to.throw(TypeError, 'expected a function, got object');
  });
});
