import { expect } from 'chai';
import { asyncScheduler } from 'rxjs';
import { LinkedListNode } from '../../lib/data/LinkedList.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { clock } from '../../lib/time/clock.ts';
import { sharedTimers } from '../../lib/time/SharedTimer.ts';

class Member extends LinkedListNode {
  since = clock.now();
}

/** Returns a timer of 10 ms, and the times at which members were due. */
function recorded(early?: number) {
  const start = clock.now();
  const due: number[] = [];
  const timer = sharedTimers<Member>({
    ...(early === undefined ? {} : { early }),
    since: (member) => member.since,
    due: (member) => {
      due.push(clock.now() - start);
      member.unlink();
    },
  })(10);
  if (timer === undefined) throw new Error('a finite delay has a timer');
  return { timer, due };
}

const at = (ms: number, work: () => void) => asyncScheduler.schedule(work, ms);

describe('SharedTimer', () => {
  it(
    'calls each member when its delay has passed',
    marbles(({ flush }) => {
      const { timer, due } = recorded();
      for (const ms of [0, 3, 7]) at(ms, () => timer.add(new Member()));
      flush();
      expect(due).to.deep.equal([10, 13, 17]);
    }),
  );

  it(
    'restarts the delay of a member, and of no other',
    marbles(({ flush }) => {
      const { timer, due } = recorded();
      const [first, second] = [new Member(), new Member()];
      timer.add(first);
      timer.add(second);
      at(5, () => {
        first.since = clock.now();
        timer.restart(first);
      });
      flush();
      expect(due).to.deep.equal([10, 15]);
    }),
  );

  it(
    'does not call a member that was removed',
    marbles(({ flush }) => {
      const { timer, due } = recorded();
      const member = new Member();
      timer.add(member);
      at(5, () => timer.remove(member));
      flush();
      timer.restart(member);
      flush();
      expect(due).to.deep.equal([]);
    }),
  );

  it(
    'calls more members than fit into one turn',
    marbles(({ flush }) => {
      const { timer, due } = recorded();
      for (let n = 0; n < 200; n++) timer.add(new Member());
      flush();
      expect(due).to.deep.equal(Array.from({ length: 200 }, () => 10));
    }),
  );

  it(
    'calls together with a member that is due those that are due within the early fraction, and no other early',
    marbles(({ flush }) => {
      const { timer, due } = recorded(0.3);
      for (const ms of [0, 3, 4, 9]) at(ms, () => timer.add(new Member()));
      flush();
      expect(due).to.deep.equal([10, 10, 14, 19]);
    }),
  );

  it('has none for an infinite delay, and the same ones for the same delay', () => {
    const of = sharedTimers<Member>({ since: () => 0, due: () => {} });
    expect(of(Infinity)).to.equal(undefined);
    expect(of(5)).to.equal(of(5));
    expect(of(5)).to.not.equal(of(6));
  });
});
