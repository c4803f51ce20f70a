import { expect } from 'chai';
import { noop } from 'rxjs';
import { ReaderSet } from '../../lib/feed/ReaderSet.ts';
import { ClosedError } from '../../lib/index.ts';
import { replaceClock } from '../../lib/time/clock.ts';
import { manualLog, PositionedReader, page } from './manualLog.ts';
import { ManualClock } from './sweptReaders.ts';

/** An error after which a read is not repeated. */
const closed = new ClosedError('the log', 'closed');

/** Returns a set with one reader over a log whose reads a spec answers, and the tails that were passed to readers. */
function opened() {
  const { log, reads } = manualLog();
  const readers = new ReaderSet(log, 64, noop);
  const first = new PositionedReader(9);
  first.readerSet = undefined;
  const tails: number[] = [];
  readers.add(first, ({ tail }) => tails.push(tail));
  return { readers, reads, first, tails };
}

describe('ReaderSet', () => {
  beforeEach(() => replaceClock(new ManualClock()));
  afterEach(() => replaceClock(undefined));

  it('passes the state of the log to all waiting readers once it has been read', () => {
    const { readers, reads, tails } = opened();
    const second = new PositionedReader(9);
    readers.add(second, ({ tail }) => tails.push(tail));
    expect([tails, reads.length]).to.deep.equal([[], 1]);
    reads[0]?.answer.next(page);
    expect(tails).to.deep.equal([9, 9]);
    readers.add(new PositionedReader(9), ({ tail }) => tails.push(tail));
    expect(tails).to.deep.equal([9, 9, 9]);
  });

  it('passes no state to readers that were removed before it was read', () => {
    const { readers, reads, first, tails } = opened();
    const second = new PositionedReader(9);
    readers.add(second, ({ tail }) => tails.push(tail));
    readers.remove(first);
    reads[0]?.answer.next(page);
    expect(tails).to.deep.equal([9]);
    readers.remove(second);
    readers.remove(second);
    expect(readers.size).to.equal(0);
  });

  it('reads again when all readers were removed before the log was read', () => {
    const { readers, reads, first, tails } = opened();
    readers.remove(first);
    readers.add(new PositionedReader(9), ({ tail }) => tails.push(tail));
    expect(reads).to.have.length(2);
    reads[1]?.answer.next(page);
    expect(tails).to.deep.equal([9]);
  });

  it('fails all waiting readers when the log cannot be read, and reads again for the next one', () => {
    const { readers, reads, first } = opened();
    reads[0]?.answer.error(closed);
    expect(first.errors).to.deep.equal([closed]);
    const tails: number[] = [];
    readers.add(new PositionedReader(9), ({ tail }) => tails.push(tail));
    reads[1]?.answer.next(page);
    expect(tails).to.deep.equal([9]);
  });

  it('reads the state of the log itself for readers that are still present, or fails them', () => {
    const { readers, reads, first } = opened();
    reads[0]?.answer.next(page);
    const before = reads.length;
    const read: number[] = [];
    const readState = () => {
      readers.readState(first, ({ tail }) => read.push(tail));
      return reads.at(-1)?.answer;
    };
    readState()?.next({ ...page, tail: 12 });
    readState()?.error(closed);
    expect([read, first.errors]).to.deep.equal([[12], [closed]]);
    expect(reads.slice(before).map(({ after, maxBytes }) => [after, maxBytes])).to.deep.equal(Array(2).fill([0, 0]));
  });

  for (const answer of ['next', 'error'] as const) {
    it(`passes the ${answer} of a read of the state to no reader that was removed`, () => {
      const { readers, reads, first } = opened();
      reads[0]?.answer.next(page);
      const read: number[] = [];
      readers.readState(first, ({ tail }) => read.push(tail));
      readers.remove(first);
      if (answer === 'next') reads.at(-1)?.answer.next(page);
      else reads.at(-1)?.answer.error(closed);
      expect([read, first.errors]).to.deep.equal([[], []]);
    });
  }

  it('returns how many entries a reader is behind, and 0 where epochs differ', () => {
    const { readers, reads } = opened();
    expect(readers.lagOf(new PositionedReader(4))).to.equal(0);
    reads[0]?.answer.next(page);
    const lags = [4, 9, 10].map((after) => readers.lagOf(new PositionedReader(after)));
    expect([...lags, readers.lagOf(new PositionedReader(4, 'two'))]).to.deep.equal([5, 0, 0, 0]);
  });
});
