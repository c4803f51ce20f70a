import { inspect } from 'node:util';
import { expect } from 'chai';
import { NEVER, throwError } from 'rxjs';
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
      const drawing = draw(stream, { interval: 10, write, ...options });
      cold(`${leave}ms x`).subscribe(() => drawing.unsubscribe());
      flush();
      expect(drawing.closed).to.equal(true);
    })();
    return text.split('\n');
  };

  it('adds a column as time passes, and says below each row what its letters stand for', () => {
    const values = { a: { n: 1 }, b: { n: 2 }, c: 'c' };
    expect(drawn('5ms a 19ms (ab) 12ms c 9ms a 6ms |', values, { label: 'ticks', width: 5 })).to.deep.equal([
      'ticks  A-(AB)-c',
      '  A  { n: 1 }',
      '  B  { n: 2 }',
      'ticks  (A|)',
      '  A  { n: 1 }',
      '',
    ]);
  });

  it('draws an error and says it, and goes on no more when it is left', () => {
    expect(drawn('5ms a 9ms #', undefined, {})).to.deep.equal(['a#', '  #  Error: broke', '']);
    expect(drawn('5ms a', undefined, {}, 35)).to.deep.equal(['a--']);
  });

  it('begins its letters anew with each row, so that they do not give out', () => {
    const count = 80;
    const values = Object.fromEntries(
      Array.from({ length: count }, (_, n) => [String.fromCharCode(0x4e00 + n), { n }]),
    );
    const text = drawn(`5ms ${Object.keys(values).join(' 9ms ')}`, values, { width: 20 });
    const rows = text.filter((line) => !line.startsWith('  '));
    expect(rows.slice(0, 4)).to.deep.equal(Array(4).fill('ABCDEFGHIJKLMNOPQRST'));
    expect(text.filter((line) => line.startsWith('  A  '))).to.deep.equal(
      [0, 20, 40, 60].map((n) => `  A  { n: ${n} }`),
    );
  });

  it('says so where one row has more values than there are letters', () => {
    const values = Object.fromEntries(Array.from({ length: 70 }, (_, n) => [String.fromCharCode(0x4e00 + n), { n }]));
    const text = drawn(`(${Object.keys(values).join('')})`, values, {}, 15);
    expect(text[0]).to.match(/^\(ABC.*XYZabc.*xyz0123456789\?{8}\)$/);
    expect(drawn(`(${Object.keys(values).join('')}|)`, values, {}).at(-2)).to.equal(
      '  ?  more values than there are letters',
    );
  });

  it('draws an error that is none as it draws a value, and throws for none', () => {
    const failing = (error: unknown) => {
      const text: string[] = [];
      draw(
        throwError(() => error),
        { write: (part) => text.push(part) },
      );
      return text.join('');
    };
    expect(failing({ status: 500 })).to.equal('#\n  #  { status: 500 }\n');
    expect(failing('text')).to.equal("#\n  #  'text'\n");
    expect(failing(undefined)).to.equal('#\n  #  undefined\n');
    expect(failing(Object.create(null))).to.equal('#\n  #  [Object: null prototype] {}\n');
    const hostile = () => {
      throw new Error('mine');
    };
    expect(failing({ [inspect.custom]: hostile })).to.equal('#\n  #  object\n');
    expect(failing(Object.assign(new Error('x'), { toString: hostile }))).to.equal('#\n  #  Error\n');
  });

  it('refuses bounds that are none', () => {
    for (const interval of [0, -1, NaN, Infinity, 2 ** 31]) {
      expect(() => draw(NEVER, { interval })).to.throw(RangeError, 'interval must be above 0 ms');
    }
    for (const width of [0, 2.5, NaN, Infinity]) {
      expect(() => draw(NEVER, { width })).to.throw(RangeError, 'width must be a whole number');
    }
  });
});
