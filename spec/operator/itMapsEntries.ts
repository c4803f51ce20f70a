import type { OperatorFunction } from 'rxjs';
import type { Entry, Gap } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { entryAt, type Order, paid, positionAt } from './sample.ts';

export type OrderEntry = Entry<Order | Gap>;

interface Mapping {
  /** Returns the operator. */
  readonly create: () => OperatorFunction<OrderEntry, unknown>;
  /** The first entry of a source. */
  readonly from: OrderEntry;
  /** The entry that the operator emits for it. */
  readonly to: OrderEntry;
}

/** Declares the specs of an operator that emits one entry for each of its source, at the same position. */
export function itMapsEntries({ create, from, to }: Mapping): void {
  it(
    'emits nothing for a silent source, and unsubscribes from it',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot<OrderEntry>('-   ');
      const unsub = '                 ^--!';
      const expected = '              ----';

      expectObservable(source.pipe(create()), unsub).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(unsub);
    }),
  );

  it(
    'completes with an empty source',
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold<OrderEntry>('--|').pipe(create())).toBe('--|');
    }),
  );

  it(
    'errors with the source',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot<OrderEntry>('-a-#', { a: from }, 'no');
      const subs = '                  ^--!';
      const expected = '              -A-#';

      expectObservable(source.pipe(create())).toBe(expected, { A: to }, 'no');
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'has no state shared by two subscribers',
    marbles(({ cold, expectObservable }) => {
      const mapped = cold<OrderEntry>('-a-o|', { a: from, o: positionAt(2) }).pipe(create());
      const second = '                 --^';

      expectObservable(mapped).toBe('        -A-o|', { A: to, o: positionAt(2) });
      expectObservable(mapped, second).toBe('---A-o|', { A: to, o: positionAt(2) });
    }),
  );
}

/** Declares the spec of an operator whose function throws an error with the message `no`. */
export function itErrorsWithItsFunction(create: () => OperatorFunction<OrderEntry, unknown>): void {
  it(
    'errors, and unsubscribes from the source, when the function throws',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot<OrderEntry>('-o--a--b--|', { o: positionAt(1), a: entryAt(2, paid), b: entryAt(3, paid) });
      const subs = '                  ^---!';
      const expected = '              -o--#';

      expectObservable(source.pipe(create())).toBe(expected, { o: positionAt(1) }, new Error('no'));
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );
}
