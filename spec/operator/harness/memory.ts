import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import { Subject as Emitter } from 'rxjs';
import type { Order } from '../sample.ts';
import type { Over } from './Subject.ts';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

const all = 1_000_000;
const turns = 100;

/**
 * Of a million values that went through, those are gone that nobody waits for.
 *
 * Every ten thousandth is watched. What holds a bounded number holds one of
 * those at most, and the last value is one that it may hold.
 */
export async function holdsFew(over: Over): Promise<void> {
  const source = new Emitter<Order>();
  let given = 0;
  const failures: unknown[] = [];
  const reader = over(source).subscribe({ next: () => given++, error: (error) => failures.push(error) });
  const watched: WeakRef<Order>[] = [];
  for (let turn = 0; turn < turns; turn++) {
    for (let n = 0; n < all / turns; n++) {
      const order: Order = { type: 'order_paid', data: { order: String(n % 100), total: turn * turns + n } };
      if (n === 0) watched.push(new WeakRef(order));
      source.next(order);
    }
    // A reference that was made or read is kept until the turn is over; promises settle here, too.
    await new Promise((resolve) => setImmediate(resolve));
  }
  collect();
  const held = watched.filter((order) => order.deref() !== undefined).length;
  reader.unsubscribe();
  expect(failures).to.deep.equal([]);
  expect(given).to.be.above(0);
  expect(held).to.be.at.most(1);
}
