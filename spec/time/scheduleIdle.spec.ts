import { expect } from 'chai';
import * as t from 'io-ts';
import { asyncScheduler, NEVER } from 'rxjs';
import { events, feed, feeds } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { scheduleIdle } from '../../lib/time/scheduleIdle.ts';

const Ticks = events({ Tick: t.number });

/** Returns the number of timers that the work starts and that keep the process alive. */
function timersStartedBy(work: () => void): number {
  const count = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = count();
  work();
  return count() - before;
}

describe('scheduleIdle', () => {
  it('does not keep the process alive, and asyncScheduler does', () => {
    let idle = asyncScheduler.schedule(() => {}, 60_000);
    idle.unsubscribe();
    expect(
      timersStartedBy(() => {
        idle = scheduleIdle(() => {}, 60_000);
      }),
    ).to.equal(0);
    idle.unsubscribe();
    expect(
      timersStartedBy(() => {
        idle = asyncScheduler.schedule(() => {}, 60_000);
      }),
    ).to.equal(1);
    idle.unsubscribe();
  });

  it(
    'runs the work at its time in virtual time, and not after an unsubscription',
    marbles(({ flush }) => {
      const ran: number[] = [];
      scheduleIdle(() => ran.push(asyncScheduler.now()), 50);
      scheduleIdle(() => ran.push(-1), 60).unsubscribe();
      flush();
      expect(ran).to.deep.equal([50]);
    }),
  );

  it('is used by a family of feeds for feeds without readers', () => {
    const rooms = feeds(Ticks);
    expect(timersStartedBy(() => void rooms.get('lobby').publish(Ticks.Tick(1)))).to.equal(0);
    rooms.close();
  });

  it('is used by a feed for the linger of its source', () => {
    const shared = feed(Ticks, { source: NEVER, linger: 60_000 });
    expect(timersStartedBy(() => shared.events().subscribe().unsubscribe())).to.equal(0);
    shared.close();
  });
});
