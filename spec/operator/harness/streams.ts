import { expect } from 'chai';
import { asyncScheduler, materialize } from 'rxjs';
import { marbles } from '../../../lib/testing/marbles.ts';
import { type Order, paid, paidMore, shipped } from '../sample.ts';
import type { Expected, Subject, Use } from './Subject.ts';

const letters = { a: paid, b: shipped, c: paidMore };

/** Checks the result for a source, and that it is unsubscribed from at its end. */
export function emits(over: Use, source: string, { marbles: expected, values, error }: Expected): () => void {
  return marbles(({ hot, expectObservable, expectSubscriptions }) => {
    const orders = hot<Order>(source, letters, 'no');
    expectObservable(over(orders)).toBe(expected, { ...letters, ...values }, error ?? 'no');
    expectSubscriptions(orders.subscriptions).toBe(`^${'-'.repeat(source.length - 2)}!`);
  });
}

export function staysSilent(over: Use, { marbles: expected, values, error }: Expected): () => void {
  return marbles(({ hot, expectObservable, expectSubscriptions }) => {
    const silent = hot<Order>('-            ');
    const unsub = '            ^-----------!';
    const failed = expected.indexOf('#');
    const until = failed === -1 ? unsub : `^${'-'.repeat(failed - 1)}!`;

    expectObservable(over(silent), unsub).toBe(expected, values, error);
    expectSubscriptions(silent.subscriptions).toBe(until);
  });
}

/** Checks that nothing is emitted after an unsubscription, which reaches the source at once. */
export function unsubscribesEarly(over: Use): () => void {
  return marbles(({ hot, flush, expectSubscriptions }) => {
    const source = hot<Order>('-a-b-c-a-b-c-|', letters);
    const unsub = '            ^---!         ';
    const got: unknown[] = [];
    const reader = over(source).subscribe((value) => got.push(value));
    asyncScheduler.schedule(() => {
      reader.unsubscribe();
      got.push('unsubscribed');
    }, unsub.trim().indexOf('!'));
    expectSubscriptions(source.subscriptions).toBe(unsub);
    flush();
    expect(got.at(-1)).to.equal('unsubscribed');
  });
}

/** Checks that two subscribers of a cold source receive the same values, each from the start. */
export function isolatesSubscribers(subject: Subject): () => void {
  return marbles(({ cold, flush }) => {
    const all = subject.over(cold<Order>('-a-b-c-a--|', letters));
    const received: unknown[][] = [[], []];
    for (const [index, delay] of [0, 3].entries()) {
      asyncScheduler.schedule(() => {
        const startedAt = asyncScheduler.now();
        all
          .pipe(materialize())
          .subscribe((notification) => received[index]?.push([asyncScheduler.now() - startedAt, notification]));
      }, delay);
    }
    flush();
    expect(received[0]).to.not.be.empty;
    expect(received[1]).to.deep.equal(received[0]);
  });
}
