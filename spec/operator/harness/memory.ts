import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import { Subject as Emitter } from 'rxjs';
import type { Order } from '../sample.ts';
import type { Use } from './Subject.ts';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

const all = 1_000_000;
const turns = 100;

/**
 * Checks that values can be collected after they have passed, by a million of them.
 *
 * Every ten thousandth is watched. An operator that holds a bounded number of values
 * holds one of the watched ones at most.
 */
export async function holdsBoundedMemory(over: Use): Promise<void> {
  const source = new Emitter<Order>();
  let emitted = 0;
  const failures: unknown[] = [];
  const reader = over(source).subscribe({ next: () => emitted++, error: (error) => failures.push(error) });
  const watched: WeakRef<Order>[] = [];
  for (let turn = 0; turn < turns; turn++) {
    for (let n = 0; n < all / turns; n++) {
      const order: Order = { type: 'order_paid', data: { order: String(n % 100), total: turn * turns + n } };
      if (n === 0) watched.push(new WeakRef(order));
      source.next(order);
    }
    // A weak reference retains its value until the end of the turn. Promises settle here as well.
    await new Promise((resolve) => setImmediate(resolve));
  }
  collect();
  const held = watched.filter((order) => order.deref() !== undefined).length;
  reader.unsubscribe();
  expect(failures).to.deep.equal([]);
  expect(emitted).to.be.above(0);
  expect(held).to.be.at.most(1);
}
