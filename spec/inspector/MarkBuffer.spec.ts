import { expect } from 'chai';
import { MarkBuffer } from '../../lib/inspector/MarkBuffer.ts';

const mark = (at: number) => ({ at, kind: 'event', name: 'a', bytes: 1 }) as const;

describe('MarkBuffer', () => {
  it('has all events up to 24, in order', () => {
    const buffer = new MarkBuffer();
    for (let n = 0; n < 24; n++) buffer.addEvent(() => mark(n));
    expect(buffer.take('lane')).to.deep.include({
      isSampled: false,
      marks: Array.from({ length: 24 }, (_, n) => mark(n)),
    });
  });

  for (const count of [25, 48, 49, 1000, 12_345]) {
    it(`has some of ${count} events at even distances, the first among them, and makes few marks for nothing`, () => {
      const buffer = new MarkBuffer();
      let made = 0;
      for (let n = 0; n < count; n++) {
        buffer.addEvent(() => {
          made++;
          return mark(n);
        });
      }
      buffer.count(count, 10);
      const taken = buffer.take('lane');
      const times = taken?.marks.map(({ at }) => at) ?? [];
      const [first = -1, second = -1] = times;
      expect(taken).to.include({ isSampled: true, count, bytes: 10 });
      expect(times.length).to.be.within(12, 24);
      expect(times).to.deep.equal(times.map((_, index) => index * (second - first)));
      expect(made).to.be.at.most(24 + 12 * Math.ceil(Math.log2(count / 24)));
    });
  }

  it('bounds other marks, and has them beside the events', () => {
    const buffer = new MarkBuffer();
    for (let n = 0; n < 100; n++) buffer.addOther({ at: n, kind: 'gap', name: 'trimmed', bytes: 0 });
    buffer.addEvent(() => mark(1));
    const taken = buffer.take('lane');
    expect(taken?.isSampled).to.equal(true);
    expect(taken?.marks.filter(({ kind }) => kind === 'gap')).to.have.length(16);
    expect(taken?.marks.filter(({ kind }) => kind === 'event')).to.have.length(1);
  });

  it('is empty after it was taken', () => {
    const buffer = new MarkBuffer();
    for (let n = 0; n < 100; n++) buffer.addEvent(() => mark(n));
    buffer.take('lane');
    expect(buffer.take('lane')).to.equal(undefined);
    buffer.addEvent(() => mark(5));
    expect(buffer.take('lane')).to.deep.include({ isSampled: false, marks: [mark(5)] });
  });
});
