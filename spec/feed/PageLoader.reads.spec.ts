import { expect } from 'chai';
import { PageLoader } from '../../lib/feed/PageLoader.ts';
import { replaceClock } from '../../lib/time/clock.ts';
import { HandClock } from './behind.ts';
import { answered, page, Standing } from './standing.ts';

describe('the reads of a log on behalf of readers', () => {
  // Who is given something stands in the sweep, which nobody runs here.
  beforeEach(() => replaceClock(new HandClock()));
  afterEach(() => replaceClock(undefined));

  it('are one for those at one place of one epoch, and each is given it with what had been version', () => {
    const { log, reads } = answered();
    const fetches = new PageLoader(log, 100, 64);
    const [a, b, c, other] = [new Standing(3), new Standing(3), new Standing(4), new Standing(3, 'two')];
    for (const [version, reader] of [a, b, c, other].entries()) fetches.add(reader, version);
    expect(reads.map(({ after, maxBytes }) => [after, maxBytes])).to.deep.equal([
      [3, 100],
      [4, 100],
      [3, 100],
    ]);
    reads[0]?.answer.next(page);
    expect([a, b].map(({ loaded }) => loaded)).to.deep.equal([
      { page, version: 0 },
      { page, version: 0 },
    ]);
    expect([a, b, c, other].map(({ isLinked }) => isLinked)).to.deep.equal([true, true, false, false]);
    expect([c.loaded, other.loaded]).to.deep.equal([undefined, undefined]);
  });

  it('are made anew for who comes when one is over', () => {
    const { log, reads } = answered();
    const fetches = new PageLoader(log, 100, 64);
    fetches.add(new Standing(3), 0);
    reads[0]?.answer.next(page);
    fetches.add(new Standing(3), 1);
    reads[1]?.answer.error('no');
    fetches.add(new Standing(3), 2);
    expect(reads).to.have.length(3);
  });

  it('are nothing to one who has left, or has moved on', () => {
    const { log, reads } = answered();
    const fetches = new PageLoader(log, 100, 64);
    const [left, moved, stays] = [new Standing(3), new Standing(3), new Standing(3)];
    for (const reader of [left, moved, stays]) fetches.add(reader, 0);
    left.set = undefined;
    moved.after = 5;
    reads[0]?.answer.next(page);
    expect([left, moved, stays].map(({ loaded, isLinked }) => [loaded !== undefined, isLinked])).to.deep.equal([
      [false, false],
      [false, false],
      [true, true],
    ]);
  });

  it('are so many at a time, and those that wait have their turn whichever way one ends', () => {
    const { log, reads } = answered();
    const fetches = new PageLoader(log, 100, 2);
    const readers = [1, 2, 3, 4, 5].map((after) => new Standing(after));
    for (const reader of readers) fetches.add(reader, 0);
    expect(reads.map(({ after }) => after)).to.deep.equal([1, 2]);
    reads[0]?.answer.error('no');
    expect(readers.map(({ errors }) => errors)).to.deep.equal([['no'], [], [], [], []]);
    expect(reads.map(({ after }) => after)).to.deep.equal([1, 2, 3]);
    reads[1]?.answer.next(page);
    expect(reads.map(({ after }) => after)).to.deep.equal([1, 2, 3, 4]);
  });

  it('are over with the first that the log says, whatever it says after that', () => {
    const { log, reads } = answered();
    const fetches = new PageLoader(log, 100, 1);
    const [first, ...others] = [1, 2, 3].map((after) => new Standing(after));
    for (const reader of [first, ...others]) if (reader) fetches.add(reader, 0);
    reads[0]?.answer.next({ ...page, after: 1 });
    const loaded = first?.loaded;
    reads[0]?.answer.next({ ...page, after: 2 });
    reads[0]?.answer.error('no');
    expect(first?.loaded).to.equal(loaded);
    expect(first?.errors).to.deep.equal([]);
    // One read is under way, and one waits: the first was not counted as over twice.
    expect(reads.map(({ after }) => after)).to.deep.equal([1, 2]);
    fetches.add(new Standing(4), 0);
    expect(reads).to.have.length(2);
  });

  it('are not made for those who left while they waited, but are for who comes to the same place', () => {
    const { log, reads } = answered();
    const fetches = new PageLoader(log, 100, 1);
    const [first, gone, last] = [new Standing(1), new Standing(2), new Standing(3)];
    for (const reader of [first, gone, last]) fetches.add(reader, 0);
    gone.set = undefined;
    reads[0]?.answer.next(page);
    expect(reads.map(({ after }) => after)).to.deep.equal([1, 3]);
    reads[1]?.answer.next(page);
    fetches.add(new Standing(2), 0);
    expect(reads.map(({ after }) => after)).to.deep.equal([1, 3, 2]);
  });
});
