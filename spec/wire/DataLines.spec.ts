import { expect } from 'chai';
import fc from 'fast-check';
import { DataLines } from '../../lib/wire/Block.ts';
import { bytesOf } from './readers.ts';
import { workOf } from './work.ts';

function joined(lines: readonly string[], limit: number): string {
  const data = new DataLines(limit);
  for (const line of lines) if (!data.add(line)) throw new RangeError('too large');
  return data.join();
}

describe('DataLines', () => {
  const anyLines = fc.array(fc.string({ unit: 'binary' }), { minLength: 1 });

  it('joins lines by LF, and accepts exactly as many bytes as its limit', () => {
    fc.assert(
      fc.property(anyLines, (lines) => {
        const expected = lines.join('\n');
        const bytes = bytesOf(expected).length;
        expect(joined(lines, bytes)).to.equal(expected);
        expect(() => joined(lines, bytes - 1)).to.throw(RangeError);
      }),
    );
  });

  it('joins more lines than one page', () => {
    const lines = Array.from({ length: 5000 }, (_, line) => String(line));
    expect(joined(lines, 2 ** 20)).to.equal(lines.join('\n'));
  });

  it('joins small lines while they are added, so that they are not retained as many strings', () => {
    const data = new DataLines(2 ** 20);
    const joins = workOf(() => {
      for (let line = 0; line < 5000; line++) data.add('');
    });
    // Each join of a page counts the LFs of the page.
    expect(joins).to.be.within(4000, 4999 + 5000);
  });
});
