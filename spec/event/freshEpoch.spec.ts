import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { cursorOf, freshEpoch, parseCursor } from '../../lib/event/cursor.ts';
import { marbles } from '../../lib/testing/marbles.ts';

describe('freshEpoch', () => {
  it('returns another epoch each time, valid in a cursor', () => {
    const epochs = Array.from({ length: 1000 }, freshEpoch);
    for (const epoch of epochs) {
      expect(epoch).to.match(/^[A-Za-z0-9_-]{16}$/);
      expect(parseCursor(cursorOf(epoch, 1))).to.satisfy(E.isRight);
    }
    expect(new Set(epochs).size).to.equal(1000);
  });

  it('takes its random bytes from the clock, so that a virtual run can be repeated', () => {
    const seen: string[] = [];
    const run = (seed: number) => marbles(() => void seen.push(freshEpoch()), { seed })();
    for (const seed of [1, 1, 2]) run(seed);
    const [first, again, other] = seen;
    expect(again).to.equal(first);
    expect(other).to.not.equal(first);
  });
});
