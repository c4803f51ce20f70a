import { expect } from 'chai';
import { ReaderSet } from '../../lib/feed/ReaderSet.ts';
import { replaceClock } from '../../lib/time/clock.ts';
import { HandClock } from './behind.ts';
import { answered, page, Standing } from './standing.ts';

/** Readers of a log that is answered by hand, one of them placed. */
function opened() {
  const { log, reads } = answered();
  const readers = new ReaderSet(log, 64);
  const first = new Standing(9);
  first.set = undefined;
  const placed: number[] = [];
  readers.join(first, ({ tail }) => placed.push(tail));
  return { readers, reads, first, placed };
}

describe('the places of readers', () => {
  beforeEach(() => replaceClock(new HandClock()));
  afterEach(() => replaceClock(undefined));

  it('are given when the log has been opened, to all who wait, once', () => {
    const { readers, reads, placed } = opened();
    const second = new Standing(9);
    readers.join(second, ({ tail }) => placed.push(tail));
    expect([placed, reads.length]).to.deep.equal([[], 1]);
    reads[0]?.answer.next(page);
    expect(placed).to.deep.equal([9, 9]);
    readers.join(new Standing(9), ({ tail }) => placed.push(tail));
    expect(placed).to.deep.equal([9, 9, 9]);
  });

  it('are not given to those who left meanwhile', () => {
    const { readers, reads, first, placed } = opened();
    const second = new Standing(9);
    readers.join(second, ({ tail }) => placed.push(tail));
    readers.leave(first);
    reads[0]?.answer.next(page);
    expect(placed).to.deep.equal([9]);
    readers.leave(second);
    readers.leave(second);
    expect(readers.size).to.equal(0);
  });

  it('are asked for anew when all had left before the log was opened', () => {
    const { readers, reads, first, placed } = opened();
    readers.leave(first);
    readers.join(new Standing(9), ({ tail }) => placed.push(tail));
    expect(reads).to.have.length(2);
    reads[1]?.answer.next(page);
    expect(placed).to.deep.equal([9]);
  });

  it('fail all who wait when the log cannot be opened, and are asked for anew by who comes then', () => {
    const { readers, reads, first } = opened();
    reads[0]?.answer.error('no');
    expect(first.errors).to.deep.equal(['no']);
    const placed: number[] = [];
    readers.join(new Standing(9), ({ tail }) => placed.push(tail));
    reads[1]?.answer.next(page);
    expect(placed).to.deep.equal([9]);
  });

  it('may be asked of the log itself, which answers those who are still there, or fails them', () => {
    const { readers, reads, first } = opened();
    reads[0]?.answer.next(page);
    const before = reads.length;
    const tails: number[] = [];
    const asked = () => {
      readers.readState(first, ({ tail }) => tails.push(tail));
      return reads.at(-1)?.answer;
    };
    asked()?.next({ ...page, tail: 12 });
    asked()?.error('no');
    expect([tails, first.errors]).to.deep.equal([[12], ['no']]);
    const [answer, failure] = [asked(), asked()];
    readers.leave(first);
    answer?.next({ ...page, tail: 15 });
    failure?.error('too late');
    expect([tails, first.errors]).to.deep.equal([[12], ['no']]);
    expect(reads.slice(before).map(({ after, maxBytes }) => [after, maxBytes])).to.deep.equal(Array(4).fill([0, 0]));
  });

  it('say how far one is behind, as far as that can be compared', () => {
    const { readers, reads } = opened();
    expect(readers.lagOf(new Standing(4))).to.equal(0);
    reads[0]?.answer.next(page);
    const lags = [4, 9, 10].map((after) => readers.lagOf(new Standing(after)));
    expect([...lags, readers.lagOf(new Standing(4, 'two'))]).to.deep.equal([5, 0, 0, 0]);
  });
});
