import { expect } from 'chai';
import { asapScheduler, asyncScheduler } from 'rxjs';
import { marbles } from '../../lib/testing/marbles.ts';
import { clock, perClock } from '../../lib/time/clock.ts';

describe('the clock of a run', () => {
  it(
    'runs a microtask when the running code has returned, before any other step',
    marbles(({ flush }) => {
      const log: string[] = [];
      const say = (word: string) => () => log.push(`${clock.now()} ${word}`);
      asyncScheduler.schedule(() => {
        clock.turn(say('turn'));
        clock.micro(() => {
          say('micro 1')();
          clock.micro(say('micro in micro'));
          clock.turn(say('turn in micro'));
        });
        asapScheduler.schedule(say('asap'));
        clock.micro(say('micro 2'));
        say('code')();
      }, 5);
      asyncScheduler.schedule(say('other'), 5);
      asyncScheduler.schedule(say('later'), 6);
      flush();

      expect(log).to.deep.equal([
        '5 code',
        '5 micro 1',
        '5 micro 2',
        '5 micro in micro',
        '5 asap',
        '5 other',
        '5 turn',
        '5 turn in micro',
        '6 later',
      ]);
    }),
  );

  it(
    'runs the microtasks of the test function first',
    marbles(({ flush, cold }) => {
      const log: string[] = [];
      cold('a').subscribe(() => log.push('step'));
      clock.turn(() => log.push('turn'));
      clock.micro(() => log.push('micro'));
      expect(log).to.deep.equal([]);
      flush();
      expect(log).to.deep.equal(['micro', 'step', 'turn']);
    }),
  );

  it(
    'runs turns one after the other at one time',
    marbles(({ flush }) => {
      const log: string[] = [];
      clock.turn(() => {
        log.push('1');
        clock.turn(() => log.push('3'));
      });
      clock.turn(() => log.push('2'));
      flush();
      expect(log).to.deep.equal(['1', '2', '3']);
      expect(clock.now()).to.equal(0);
    }),
  );

  it('fails the run with the error of a microtask', () => {
    const run = marbles(() =>
      clock.micro(() => {
        throw new Error('in a micro');
      }),
    );
    expect(run).to.throw('in a micro');
  });

  it('has the same random bytes for the same seed, and others for each call', () => {
    const drawn = (seed: number) => {
      const all: Uint8Array[] = [];
      marbles(() => void all.push(clock.random(12), clock.random(12)), { seed })();
      return all.map((bytes) => Buffer.from(bytes).toString('hex'));
    };
    const [first, second] = drawn(7);
    expect(first).to.have.length(24).and.not.to.equal(second);
    expect(drawn(7)).to.deep.equal([first, second]);
    expect(drawn(8)).not.to.include(first);
  });

  it('is restored after the run, with everything that depends on it', () => {
    const shared = perClock(() => ({}));
    const outside = shared();
    const inside = [1, 2].map(() => {
      let state = outside;
      marbles(() => {
        state = shared();
        expect(shared()).to.equal(state);
      })();
      return state;
    });
    expect(new Set([outside, ...inside])).to.have.property('size', 3);
    expect(shared()).to.equal(outside);
  });
});
