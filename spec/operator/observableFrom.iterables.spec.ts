import { expect } from 'chai';
import { lastValueFrom, NEVER, type Observable, take, toArray } from 'rxjs';
import { feed, fromPoll, timeouts } from 'rxsse';
import { marbles } from 'rxsse/testing';
import { turn } from '../http/slow/watched.ts';
import { Ticks } from '../http/ticks.ts';
import { deferred } from '../support/deferred.ts';
import { waitingIterable } from '../support/waitingIterable.ts';
import { waitingStreams } from '../support/waitingStreams.ts';

/** More than is read in some turns; with an end, so that a source without turns fails and does not hang. */
const many = 100_000;

/** The functions that take an iterable, each as a stream of its values. */
const takers: Readonly<Record<string, (input: () => Iterable<number> | AsyncIterable<number>) => Observable<number>>> =
  {
    'a poll': (input) => fromPoll(input, { interval: 1000 }),
    'what replaces a slow stream': (input) => NEVER.pipe(timeouts({ first: 1, with: input })),
  };

for (const [what, streamOf] of Object.entries(takers)) {
  describe(`an iterable as ${what}`, () => {
    it('leaves the event loop its turns while it has values', async () => {
      const [first, seen] = [deferred(), [] as number[]];
      let produced = 0;
      const subscription = streamOf(function* () {
        while (produced < many) yield produced++;
      }).subscribe((n) => {
        first.resolve();
        seen.push(n);
      });
      await first.promise;
      for (let n = 0; n < 20; n++) await turn();
      subscription.unsubscribe();
      expect(produced).to.be.within(1, many - 1);
      expect(seen).to.deep.equal(Array.from({ length: seen.length }, (_, n) => n));
    });

    it('is returned from when it is unsubscribed from, even while a value is awaited', async () => {
      const { iterable, requested, returned } = waitingIterable();
      const subscription = streamOf(() => iterable).subscribe();
      await requested.promise;
      subscription.unsubscribe();
      await returned.promise;
    });

    for (const [kind, create] of Object.entries(waitingStreams)) {
      it(`is released when it is ${kind} that is unsubscribed from while a value is awaited`, async () => {
        const { stream, requested, released } = create();
        const subscription = streamOf(() => stream).subscribe();
        await requested.promise;
        subscription.unsubscribe();
        await released.promise;
      });
    }
  });
}

describe('the promises in a synchronous iterable', () => {
  const inputs: Readonly<Record<string, (length: number) => Iterable<Promise<number>>>> = {
    'an array': (length) => Array.from({ length }, async (_, n) => n),
    'a set': (length) => new Set(Array.from({ length }, async (_, n) => n)),
    *'a generator'(length) {
      for (let n = 0; n < length; n++) yield Promise.resolve(n);
    },
  };
  for (const [what, make] of Object.entries(inputs)) {
    // More than is read in one turn as well.
    for (const length of [2, 600]) {
      it(`are emitted as they are, from ${what} of ${length}`, async () => {
        const values = await lastValueFrom(
          fromPoll(() => make(length), { interval: 1000 }).pipe(take(length), toArray()),
        );
        expect(values.filter((value) => !(value instanceof Promise))).to.deep.equal([]);
        expect(await Promise.all(values)).to.deep.equal(Array.from({ length }, (_, n) => n));
      });
    }
  }
});

describe('a short array', () => {
  it(
    'is emitted at once, by a poll, in place of a slow stream and as the source of a feed',
    marbles(({ expectObservable }) => {
      const values = { a: 1, b: 2 };
      expectObservable(
        fromPoll(() => [1, 2], { interval: 1000 }),
        '--^--!',
      ).toBe('--(ab)', values);
      expectObservable(NEVER.pipe(timeouts({ first: 2, with: () => [1, 2] }))).toBe('--(ab|)', values);
      const ticks = feed(Ticks, { source: () => [Ticks.Tick(1), Ticks.Tick(2)] });
      expectObservable(ticks.events({ from: 'oldest' })).toBe('(ab|)', { a: Ticks.Tick(1), b: Ticks.Tick(2) });
    }),
  );
});
