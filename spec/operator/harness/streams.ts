import { expect } from 'chai';
import { asyncScheduler, materialize } from 'rxjs';
import { marbles } from '../../../lib/testing/marbles.ts';
import { dear, type Order, paid, shipped } from '../sample.ts';
import type { Expected, Over, Subject } from './Subject.ts';

const letters = { a: paid, b: shipped, c: dear };

/** What comes of a source. */
export function gives(over: Over, source: string, { marbles: expected, values, error }: Expected): () => void {
  return marbles(({ hot, expectObservable, expectSubscriptions }) => {
    const orders = hot<Order>(source, letters, 'no');
    expectObservable(over(orders)).toBe(expected, { ...letters, ...values }, error ?? 'no');
    expectSubscriptions(orders.subscriptions).toBe(`^${'-'.repeat(source.length - 2)}!`);
  });
}

export function waits(over: Over, { marbles: expected, values, error }: Expected): () => void {
  return marbles(({ hot, expectObservable, expectSubscriptions }) => {
    const silent = hot<Order>('-            ');
    const left = '             ^-----------!';
    const failed = expected.indexOf('#');
    const until = failed === -1 ? left : `^${'-'.repeat(failed - 1)}!`;

    expectObservable(over(silent), left).toBe(expected, values, error);
    expectSubscriptions(silent.subscriptions).toBe(until);
  });
}

/** A reader that leaves hears nothing more, and the source is left at that moment. */
export function leaves(over: Over): () => void {
  return marbles(({ hot, flush, expectSubscriptions }) => {
    const source = hot<Order>('-a-b-c-a-b-c-|', letters);
    const left = '             ^---!         ';
    const got: unknown[] = [];
    const reader = over(source).subscribe((value) => got.push(value));
    asyncScheduler.schedule(() => {
      reader.unsubscribe();
      got.push('left');
    }, left.trim().indexOf('!'));
    expectSubscriptions(source.subscriptions).toBe(left);
    flush();
    expect(got.at(-1)).to.equal('left');
  });
}

/** Two readers of a cold source get the same, each from its own beginning. */
export function startsFresh(subject: Subject): () => void {
  return marbles(({ cold, flush }) => {
    const all = subject.over(cold<Order>('-a-b-c-a--|', letters));
    const told: unknown[][] = [[], []];
    for (const [index, delay] of [0, 3].entries()) {
      asyncScheduler.schedule(() => {
        const begun = asyncScheduler.now();
        all.pipe(materialize()).subscribe((what) => told[index]?.push([asyncScheduler.now() - begun, what]));
      }, delay);
    }
    flush();
    expect(told[0]).to.not.be.empty;
    expect(told[1]).to.deep.equal(told[0]);
  });
}
