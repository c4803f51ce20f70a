import { expect } from 'chai';
import { Subscription } from 'rxjs';
import { Alarm } from '../../lib/time/Alarm.ts';

/** Returns the delays of the timers that are set while the work runs. */
function timersOf(work: () => void): number[] {
  const waits: number[] = [];
  const { setInterval } = globalThis;
  const counting = (run: () => void, ms: number) => {
    waits.push(ms);
    return setInterval(run, ms);
  };
  globalThis.setInterval = counting as typeof setInterval;
  try {
    work();
  } finally {
    globalThis.setInterval = setInterval;
  }
  return waits;
}

describe('Alarm', () => {
  const soon = () => performance.now() + 10_000;

  it('keeps its timer for a later deadline, and sets it again for an earlier one', () => {
    const owner = new Subscription();
    const alarm = new Alarm(owner, () => {});
    const later = timersOf(() => {
      for (let n = 0; n < 1000; n++) alarm.set(soon() + n);
      alarm.set(Infinity);
      alarm.set(soon() + 2000);
    });
    const sooner = timersOf(() => alarm.set(performance.now() + 50));
    owner.unsubscribe();
    expect([later.length, sooner.length]).to.deep.equal([1, 1]);
    expect(sooner[0]).to.be.within(1, 50);
  });

  it('sets no timer when its owner is closed, or without a deadline', () => {
    const owner = new Subscription();
    const alarm = new Alarm(owner, () => {});
    const never = timersOf(() => alarm.set(Infinity));
    owner.unsubscribe();
    expect([...never, ...timersOf(() => alarm.set(soon()))]).to.deep.equal([]);
  });

  it('sets a delay of 0 for a deadline in the past', () => {
    const owner = new Subscription();
    const alarm = new Alarm(owner, () => {});
    expect(timersOf(() => alarm.set(0))).to.deep.equal([0]);
    owner.unsubscribe();
  });
});
