import { conflateBy } from '../../lib/operator/conflateBy.ts';
import { dedupe } from '../../lib/operator/dedupe.ts';
import { filterEvents } from '../../lib/operator/filterEvents.ts';
import { groupedWithin } from '../../lib/operator/groupedWithin.ts';
import { mapAsync } from '../../lib/operator/mapAsync.ts';
import { mapEvents } from '../../lib/operator/mapEvents.ts';
import { rateLimit } from '../../lib/operator/rateLimit.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { later } from '../support/later.ts';

/** A position-only entry has no event, and `undefined` is an event like any other, so that the two differ. */
describe('an event that is undefined', () => {
  const values = { u: undefined };

  it(
    'is held, counted and keyed like any other value',
    marbles(({ hot, expectObservable }) => {
      const source = hot<undefined>('uu-------|', values);
      expectObservable(source.pipe(dedupe(() => 1))).toBe('u--------|', values);
      expectObservable(source.pipe(conflateBy(() => 1, { interval: 4 }))).toBe('----u----|', values);
      expectObservable(source.pipe(groupedWithin({ maxEvents: 2 }))).toBe('-g-------|', { g: [undefined, undefined] });
      expectObservable(source.pipe(rateLimit({ maxEvents: 1, interval: 5 }))).toBe('u----u---|', values);
      expectObservable(source.pipe(filterEvents((value) => value !== undefined))).toBe('---------|');
      expectObservable(source.pipe(mapEvents(String))).toBe('xx-------|', { x: 'undefined' });
      expectObservable(source.pipe(mapAsync(() => later(2, 'x'), { concurrency: 1 }))).toBe('--x-x----|');
    }),
  );
});
