import { expect } from 'chai';
import { noop } from 'rxjs';
import { PageLoader } from '../../lib/feed/PageLoader.ts';
import { ClosedError } from '../../lib/index.ts';
import { replaceClock } from '../../lib/time/clock.ts';
import { HandClock } from './behind.ts';
import { answered, page, Standing } from './standing.ts';

/** An error after which a read is not repeated. */
const closed = new ClosedError('the log', 'closed');

describe('PageLoader', () => {
  // A reader that got a page is in the sweep, which does not run here.
  beforeEach(() => replaceClock(new HandClock()));
  afterEach(() => replaceClock(undefined));

  it('reads once for the readers at one position of one epoch, and gives each the page and its version', () => {
    const { log, reads } = answered();
    const loader = new PageLoader(log, 100, 64, noop);
    const [a, b, c, other] = [new Standing(3), new Standing(3), new Standing(4), new Standing(3, 'two')];
    for (const [version, reader] of [a, b, c, other].entries()) loader.load(reader, version);
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

  it('reads again for a reader that comes after a read has ended', () => {
    const { log, reads } = answered();
    const loader = new PageLoader(log, 100, 64, noop);
    loader.load(new Standing(3), 0);
    reads[0]?.answer.next(page);
    loader.load(new Standing(3), 1);
    reads[1]?.answer.error(closed);
    loader.load(new Standing(3), 2);
    expect(reads).to.have.length(3);
  });

  it('gives no page to a reader that has left or has moved on', () => {
    const { log, reads } = answered();
    const loader = new PageLoader(log, 100, 64, noop);
    const [left, moved, stays] = [new Standing(3), new Standing(3), new Standing(3)];
    for (const reader of [left, moved, stays]) loader.load(reader, 0);
    left.readerSet = undefined;
    moved.afterSequence = 5;
    reads[0]?.answer.next(page);
    expect([left, moved, stays].map(({ loaded, isLinked }) => [loaded !== undefined, isLinked])).to.deep.equal([
      [false, false],
      [false, false],
      [true, true],
    ]);
  });

  it('makes a bounded number of reads at once, and starts a waiting one when a read succeeds or fails', () => {
    const { log, reads } = answered();
    const loader = new PageLoader(log, 100, 2, noop);
    const readers = [1, 2, 3, 4, 5].map((after) => new Standing(after));
    for (const reader of readers) loader.load(reader, 0);
    expect(reads.map(({ after }) => after)).to.deep.equal([1, 2]);
    reads[0]?.answer.error(closed);
    expect(readers.map(({ errors }) => errors)).to.deep.equal([[closed], [], [], [], []]);
    expect(reads.map(({ after }) => after)).to.deep.equal([1, 2, 3]);
    reads[1]?.answer.next(page);
    expect(reads.map(({ after }) => after)).to.deep.equal([1, 2, 3, 4]);
  });

  it('uses the first page that the log emits, and nothing that it emits after that', () => {
    const { log, reads } = answered();
    const loader = new PageLoader(log, 100, 1, noop);
    const [first, ...others] = [1, 2, 3].map((after) => new Standing(after));
    for (const reader of [first, ...others]) if (reader) loader.load(reader, 0);
    reads[0]?.answer.next({ ...page, after: 1 });
    const loaded = first?.loaded;
    reads[0]?.answer.next({ ...page, after: 2 });
    reads[0]?.answer.error(closed);
    expect(first?.loaded).to.equal(loaded);
    expect(first?.errors).to.deep.equal([]);
    // One read is under way, and one waits: the first was not counted as over twice.
    expect(reads.map(({ after }) => after)).to.deep.equal([1, 2]);
    loader.load(new Standing(4), 0);
    expect(reads).to.have.length(2);
  });

  it('does not read for readers that left while they waited, but reads for a later reader at the same position', () => {
    const { log, reads } = answered();
    const loader = new PageLoader(log, 100, 1, noop);
    const [first, gone, last] = [new Standing(1), new Standing(2), new Standing(3)];
    for (const reader of [first, gone, last]) loader.load(reader, 0);
    gone.readerSet = undefined;
    reads[0]?.answer.next(page);
    expect(reads.map(({ after }) => after)).to.deep.equal([1, 3]);
    reads[1]?.answer.next(page);
    loader.load(new Standing(2), 0);
    expect(reads.map(({ after }) => after)).to.deep.equal([1, 3, 2]);
  });
});
