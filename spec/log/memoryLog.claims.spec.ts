import { expect } from 'chai';
import { asyncScheduler } from 'rxjs';
import type { ClaimState } from '../../lib/log/EventLog.ts';
import { memoryLog } from '../../lib/log/memoryLog.ts';
import { marbles } from '../../lib/testing/marbles.ts';

/** Claims a log that answers synchronously, and returns the answer. */
function claim(log: ReturnType<typeof memoryLog>, holder: string, lease: number): ClaimState | undefined {
  let state: ClaimState | undefined;
  log.claim?.(holder, lease).subscribe((answer) => {
    state = answer;
  });
  return state;
}

describe('a claim on a memory log', () => {
  it(
    'expires in virtual time, to the millisecond',
    marbles(({ flush }) => {
      const log = memoryLog();
      const states: unknown[] = [claim(log, 'a', 100)];
      asyncScheduler.schedule(() => states.push(claim(log, 'a', 50)), 60);
      asyncScheduler.schedule(() => states.push(claim(log, 'b', 50)), 109);
      asyncScheduler.schedule(() => states.push(claim(log, 'b', 50)), 110);
      flush();
      expect(states).to.deep.equal([
        { held: true, token: 1, remaining: 100 },
        { held: true, token: 1, remaining: 50 },
        { held: false, token: 1, remaining: 1 },
        { held: true, token: 2, remaining: 50 },
      ]);
    }),
  );

  it('causes no wake-up when it is acquired, renewed or refused, or given up by another holder', () => {
    const log = memoryLog();
    let wakes = 0;
    log.wakes.subscribe(() => wakes++);
    for (const [holder, lease] of [
      ['b', 0],
      ['a', 9],
      ['a', 9],
      ['b', 9],
      ['b', 0],
    ] as const)
      claim(log, holder, lease);
    expect(wakes).to.equal(0);
    claim(log, 'a', 0);
    expect(wakes).to.equal(1);
  });

  it('throws for a lease that is not a duration', () => {
    const log = memoryLog();
    expect(() => log.claim?.('a', -1)).to.throw(RangeError, 'claim: lease must be from 0 to 2147483647 ms, got -1');
    expect(() => log.claim?.('a', Infinity)).to.throw(RangeError);
    expect(() => log.claim?.('a', '9' as never)).to.throw(TypeError);
  });
});
