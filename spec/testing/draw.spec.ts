import { expect } from 'chai';
import { NEVER } from 'rxjs';
import { draw } from '../../lib/testing/draw.ts';
import { marbles } from '../../lib/testing/marbles.ts';

describe('draw', () => {
  const drawn = (diagram: string, values: Record<string, unknown> | undefined, options: object, leave = 1000) => {
    let text = '';
    marbles(({ cold, flush }) => {
      const stream = cold(diagram, values, new Error('broke'));
      const write = (part: string) => {
        text += part;
      };
      const drawing = draw(stream, { every: 10, write, ...options });
      cold(`${leave}ms x`).subscribe(() => drawing.unsubscribe());
      flush();
      expect(drawing.closed).to.equal(true);
    })();
    return text.split('\n');
  };

  it('adds a column as time passes, and says below each row what is new in it', () => {
    const values = { a: { n: 1 }, b: { n: 2 }, c: 'c' };
    expect(drawn('5ms a 19ms (ab) 12ms c 9ms a 6ms |', values, { label: 'ticks', width: 5 })).to.deep.equal([
      'ticks  A-(AB)-c',
      '  A  { n: 1 }',
      '  B  { n: 2 }',
      'ticks  (A|)',
      '',
    ]);
  });

  it('draws an error and says it, and goes on no more when it is left', () => {
    expect(drawn('5ms a 9ms #', undefined, {})).to.deep.equal(['a#', '  #  Error: broke', '']);
    expect(drawn('5ms a', undefined, {}, 35)).to.deep.equal(['a--']);
  });

  it('refuses bounds that are none', () => {
    expect(() => draw(NEVER, { every: 0 })).to.throw(RangeError, 'every');
    expect(() => draw(NEVER, { width: 0 })).to.throw(RangeError, 'width');
  });
});
