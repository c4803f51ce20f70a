import { expect } from 'chai';
import { asyncScheduler } from 'rxjs';
import { LinkedList } from '../../lib/data/LinkedList.ts';
import type { Reader } from '../../lib/feed/Reader.ts';
import { sweep } from '../../lib/feed/sweep.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { replaceClock } from '../../lib/time/clock.ts';
import { ManualClock, SweptReader, sweptReaders } from './sweptReaders.ts';

describe('the sweep', () => {
  it(
    'serves readers in the order in which they were added, after the code that adds them has returned',
    marbles(({ flush }) => {
      const log: unknown[] = [];
      const [a, b, c] = sweptReaders(3, (index) => log.push(index));
      asyncScheduler.schedule(() => {
        for (const reader of [c, a, b]) if (reader) sweep().add(reader);
        log.push('returned');
      });
      asyncScheduler.schedule(() => log.push('next turn'));
      flush();
      expect(log).to.deep.equal(['returned', 2, 0, 1, 'next turn']);
    }),
  );

  it(
    'appends a whole list of readers, in its order, behind the readers that were added before',
    marbles(({ flush }) => {
      const log: unknown[] = [];
      const [a, b, c, d] = sweptReaders(4, (index) => log.push(index));
      const idle = new LinkedList<Reader>();
      for (const reader of [a, b]) if (reader) idle.push(reader);
      for (const reader of [d, c]) if (reader) sweep().add(reader);
      sweep().addAll(idle);
      expect(idle.isEmpty).to.equal(true);
      flush();
      expect(log).to.deep.equal([3, 2, 0, 1]);
    }),
  );

  it(
    'serves a reader that was added twice once, in its later position, and does not serve an unlinked reader',
    marbles(({ flush }) => {
      const log: unknown[] = [];
      const [a, b, c] = sweptReaders(3, (index) => log.push(index));
      for (const reader of [a, b, c, a]) if (reader) sweep().add(reader);
      b?.unlink();
      flush();
      expect(log).to.deep.equal([2, 0]);
    }),
  );

  it(
    'yields to the event loop after each slice',
    marbles(({ flush }) => {
      let served = 0;
      const seen: number[] = [];
      // Records in each turn of the event loop how many readers were served before.
      const look = (): void => {
        seen.push(served);
        if (served < 2000) asyncScheduler.schedule(look);
      };
      for (const reader of sweptReaders(2000, () => served++)) sweep().add(reader);
      asyncScheduler.schedule(look);
      flush();
      expect(seen.at(-1)).to.equal(2000);
      const slices = seen.map((count, index) => count - (seen[index - 1] ?? 0));
      expect(Math.max(...slices)).to.be.at.most(256);
    }),
  );

  it(
    'serves readers in rounds, so that a large feed does not starve a small one',
    marbles(({ flush }) => {
      const log: (number | 'small')[] = [];
      const remaining = Array<number>(30).fill(20);
      const large = sweptReaders(30, (index, self) => {
        log.push(index);
        const rounds = (remaining[index] ?? 0) - 1;
        remaining[index] = rounds;
        if (rounds > 0) sweep().add(self);
      });
      for (const reader of [...large, new SweptReader(() => log.push('small'))]) sweep().add(reader);
      flush();
      expect(log.indexOf('small')).to.equal(30);
      // Each reader of the large feed was served once in each round.
      const others = log.filter((name) => name !== 'small');
      expect(others).to.deep.equal(Array.from({ length: 20 * 30 }, (_, index) => index % 30));
    }),
  );

  it(
    'fails only the reader whose step throws',
    marbles(({ flush }) => {
      const log: unknown[] = [];
      const readers = sweptReaders(5, (index) => {
        if (index === 2) throw new Error('broken');
        log.push(index);
      });
      for (const reader of readers) sweep().add(reader);
      flush();
      expect(log).to.deep.equal([0, 1, 3, 4]);
      expect(readers.map(({ errors }) => errors.map(String))).to.deep.equal([[], [], ['Error: broken'], [], []]);
    }),
  );
});

describe('a slice of the sweep', () => {
  const clock = new ManualClock();
  before(() => replaceClock(clock));
  after(() => replaceClock(undefined));

  it('ends when its time is over, and the next turn serves the remaining readers', () => {
    let served = 0;
    for (const reader of sweptReaders(20, () => {
      served++;
      clock.time += 0.15;
    })) {
      sweep().add(reader);
    }
    expect([clock.micros.length, served]).to.deep.equal([1, 0]);
    clock.micros.shift()?.();
    const first = served;
    expect(first).to.be.within(1, 6);

    let turns = 0;
    for (let next = clock.turns.shift(); next !== undefined; next = clock.turns.shift()) {
      const before = served;
      next();
      turns++;
      expect(served - before).to.be.at.most(first);
    }
    expect(served).to.equal(20);
    // The last turn finds no reader.
    expect(turns).to.equal(Math.ceil(20 / first));
    expect(clock.micros).to.have.length(0);
  });

  it('continues with the other readers when fail() of a reader throws', () => {
    const log: unknown[] = [];
    const broken = sweptReaders(1, () => {
      throw new Error('step');
    })[0];
    if (broken === undefined) return expect.fail('there is no broken reader');
    Object.assign(broken.target, {
      fail: () => {
        throw new Error('fail');
      },
    });
    const others = sweptReaders(2, (index) => log.push(index));
    for (const reader of [broken, ...others]) sweep().add(reader);
    expect(() => clock.micros.shift()?.()).to.throw('fail');
    clock.turns.shift()?.();
    clock.turns.shift()?.();
    expect(log).to.deep.equal([0, 1]);

    const late = sweptReaders(1, () => log.push('late'))[0];
    if (late !== undefined) sweep().add(late);
    clock.micros.shift()?.();
    expect(log).to.deep.equal([0, 1, 'late']);
  });
});

describe('a reader whose socket drains within the turn', () => {
  const clock = new ManualClock();
  before(() => replaceClock(clock));
  after(() => replaceClock(undefined));

  it('is served by one slice of each turn while it is behind, and does not block the event loop', () => {
    let served = 0;
    const [fast] = sweptReaders(1, (_, self) => {
      served++;
      clock.time += 0.15;
      if (served < 10) clock.micro(() => sweep().add(self));
    });
    if (fast === undefined) return expect.fail('there is no fast reader');
    sweep().add(fast);
    const seen: number[] = [];
    do {
      for (let work = clock.micros.shift(); work !== undefined; work = clock.micros.shift()) work();
      seen.push(served);
      const turns = clock.turns.splice(0);
      for (const work of turns) work();
    } while (clock.turns.length > 0 || clock.micros.length > 0);
    expect(seen).to.deep.equal([2, 4, 6, 8, 10]);
  });
});
