import { expect } from 'chai';
import { concatWith, NEVER, of, toArray } from 'rxjs';
import { groupedWithin } from '../../lib/operator/groupedWithin.ts';
import { timeouts } from '../../lib/operator/timeouts.ts';
import { clock } from '../../lib/time/clock.ts';
import { deferred } from '../support/deferred.ts';

/** Runs `work` as in a page, which has no `setImmediate`. */
async function inPage(work: () => Promise<void>): Promise<void> {
  const { setImmediate } = globalThis;
  Reflect.deleteProperty(globalThis, 'setImmediate');
  try {
    await work();
  } finally {
    globalThis.setImmediate = setImmediate;
  }
}

describe('a turn of the event loop without setImmediate', () => {
  it('comes after the microtasks, in the order of the calls', () =>
    inPage(async () => {
      const [order, done] = [[] as string[], deferred()];
      clock.turn(() => order.push('first'));
      clock.turn(() => {
        order.push('second');
        done.resolve();
      });
      clock.micro(() => order.push('microtask'));
      await done.promise;
      expect(order).to.deep.equal(['microtask', 'first', 'second']);
    }));

  it('ends a group of groupedWithin', () =>
    inPage(async () => {
      const group = await new Promise((resolve, reject) => {
        of(1, 2)
          .pipe(concatWith(NEVER), groupedWithin({ maxDelay: 0 }))
          .subscribe({ next: resolve, error: reject });
      });
      expect(group).to.deep.equal([1, 2]);
    }));

  it('continues a long iterable', () =>
    inPage(async () => {
      const values = await new Promise<readonly number[]>((resolve, reject) => {
        async function* numbers() {
          for (let n = 0; n < 1000; n++) yield n;
        }
        NEVER.pipe(timeouts({ first: 1, with: numbers }), toArray()).subscribe({ next: resolve, error: reject });
      });
      expect(values).to.have.length(1000);
    }));
});
