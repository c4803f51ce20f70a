import { expect } from 'chai';
import { noop } from 'rxjs';
import { PageLoader } from '../../lib/feed/PageLoader.ts';
import { ClosedError } from '../../lib/index.ts';
import { replaceClock } from '../../lib/time/clock.ts';
import { manualLog, PositionedReader, page } from './manualLog.ts';
import { ManualClock } from './sweptReaders.ts';

/** An error after which a read is not repeated. */
const closed = new ClosedError('the log', 'closed');

describe('PageLoader', () => {
  // A reader that has received a page is in the sweep, which does not run here.
  beforeEach(() => replaceClock(new ManualClock()));
  afterEach(() => replaceClock(undefined));

  it('reads the state once for all who call while a read is under way, after that read', () => {
    const { log, reads } = manualLog();
    const loader = new PageLoader(log, 100, 64, noop);
    const results: unknown[] = [];
    const request = (name: string): void =>
      loader.readState({
        next: ({ tail }) => results.push([name, tail]),
        error: (error) => results.push([name, error]),
      });
    request('a');
    request('b');
    request('c');
    expect(reads).to.have.length(1);
    reads[0]?.answer.next({ ...page, tail: 5 });
    expect([results.splice(0), reads.length]).to.deep.equal([[['a', 5]], 2]);
    request('d');
    reads[1]?.answer.error(closed);
    expect([results.splice(0), reads.length]).to.deep.equal([
      [
        ['b', closed],
        ['c', closed],
      ],
      3,
    ]);
    loader.cancel();
    reads[2]?.answer.next(page);
    request('e');
    reads[3]?.answer.next({ ...page, tail: 7 });
    expect(results).to.deep.equal([['e', 7]]);
  });

  it('reads once for the readers at one position of one epoch, and passes the page and its version to each', () => {
    const { log, reads } = manualLog();
    const loader = new PageLoader(log, 100, 64, noop);
    const [a, b, c, other] = [
      new PositionedReader(3),
      new PositionedReader(3),
      new PositionedReader(4),
      new PositionedReader(3, 'two'),
    ];
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

  it('passes the last page to a reader that is added at its position after the read, and reads again at another one', () => {
    const { log, reads } = manualLog();
    const loader = new PageLoader(log, 100, 64, noop);
    const [first, later, other] = [new PositionedReader(3), new PositionedReader(3), new PositionedReader(4)];
    loader.load(first, 0);
    reads[0]?.answer.next(page);
    loader.load(later, 1);
    loader.load(other, 1);
    expect(reads).to.have.length(2);
    expect(later.loaded).to.deep.equal(first.loaded);
    expect(later.isLinked).to.equal(true);
    expect(other.loaded).to.equal(undefined);
  });

  it('reads again after a read that failed, or has found nothing, and for a reader of another epoch', () => {
    const { log, reads } = manualLog();
    const loader = new PageLoader(log, 100, 64, noop);
    loader.load(new PositionedReader(3), 0);
    reads[0]?.answer.next({ ...page, last: 3 });
    loader.load(new PositionedReader(3), 1);
    reads[1]?.answer.error(closed);
    loader.load(new PositionedReader(3), 2);
    reads[2]?.answer.next({ ...page, epoch: 'f' });
    loader.load(new PositionedReader(3), 3);
    expect(reads).to.have.length(4);
  });

  it('forgets the last page when the last reader has left', () => {
    const { log, reads } = manualLog();
    const loader = new PageLoader(log, 100, 64, noop);
    loader.load(new PositionedReader(3), 0);
    reads[0]?.answer.next(page);
    loader.cancel();
    loader.load(new PositionedReader(3), 1);
    expect(reads).to.have.length(2);
  });

  it('passes no page to a reader that has unsubscribed or has another position by then', () => {
    const { log, reads } = manualLog();
    const loader = new PageLoader(log, 100, 64, noop);
    const [left, moved, stays] = [new PositionedReader(3), new PositionedReader(3), new PositionedReader(3)];
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
    const { log, reads } = manualLog();
    const loader = new PageLoader(log, 100, 2, noop);
    const readers = [1, 2, 3, 4, 5].map((after) => new PositionedReader(after));
    for (const reader of readers) loader.load(reader, 0);
    expect(reads.map(({ after }) => after)).to.deep.equal([1, 2]);
    reads[0]?.answer.error(closed);
    expect(readers.map(({ errors }) => errors)).to.deep.equal([[closed], [], [], [], []]);
    expect(reads.map(({ after }) => after)).to.deep.equal([1, 2, 3]);
    reads[1]?.answer.next(page);
    expect(reads.map(({ after }) => after)).to.deep.equal([1, 2, 3, 4]);
  });

  it('uses the first page that the log emits, and nothing that it emits after that', () => {
    const { log, reads } = manualLog();
    const loader = new PageLoader(log, 100, 1, noop);
    const [first, ...others] = [1, 2, 3].map((after) => new PositionedReader(after));
    for (const reader of [first, ...others]) if (reader) loader.load(reader, 0);
    reads[0]?.answer.next({ ...page, after: 1 });
    const loaded = first?.loaded;
    reads[0]?.answer.next({ ...page, after: 2 });
    reads[0]?.answer.error(closed);
    expect(first?.loaded).to.equal(loaded);
    expect(first?.errors).to.deep.equal([]);
    // One read is running and one waits, so the end of the first read was counted once.
    expect(reads.map(({ after }) => after)).to.deep.equal([1, 2]);
    loader.load(new PositionedReader(4), 0);
    expect(reads).to.have.length(2);
  });

  it('does not read for readers that unsubscribed while they waited, but reads for a later reader at the same position', () => {
    const { log, reads } = manualLog();
    const loader = new PageLoader(log, 100, 1, noop);
    const [first, removed, last] = [new PositionedReader(1), new PositionedReader(2), new PositionedReader(3)];
    for (const reader of [first, removed, last]) loader.load(reader, 0);
    removed.readerSet = undefined;
    reads[0]?.answer.next(page);
    expect(reads.map(({ after }) => after)).to.deep.equal([1, 3]);
    reads[1]?.answer.next(page);
    loader.load(new PositionedReader(2), 0);
    expect(reads.map(({ after }) => after)).to.deep.equal([1, 3, 2]);
  });
});
