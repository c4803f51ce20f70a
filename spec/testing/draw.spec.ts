import { inspect } from 'node:util';
import { expect } from 'chai';
import { NEVER, throwError } from 'rxjs';
import { draw } from '../../lib/testing/draw.ts';
import { marbles } from '../../lib/testing/marbles.ts';

describe('draw', () => {
  const linesOf = (
    diagram: string,
    values: Record<string, unknown> | undefined,
    options: object,
    unsubscribeAt = 1000,
  ) => {
    let text = '';
    marbles(({ cold, flush }) => {
      const stream = cold(diagram, values, new Error('broke'));
      const write = (part: string) => {
        text += part;
      };
      const drawing = draw(stream, { interval: 10, write, ...options });
      cold(`${unsubscribeAt}ms x`).subscribe(() => drawing.unsubscribe());
      flush();
      expect(drawing.closed).to.equal(true);
    })();
    return text.split('\n');
  };

  it('adds a column as time passes, and writes the values of its letters below each row', () => {
    const values = { a: { n: 1 }, b: { n: 2 }, c: 'c' };
    expect(linesOf('5ms a 19ms (ab) 12ms c 9ms a 6ms |', values, { label: 'ticks', width: 5 })).to.deep.equal([
      'ticks  A-(AB)-c',
      '  A  { n: 1 }',
      '  B  { n: 2 }',
      'ticks  (A|)',
      '  A  { n: 1 }',
      '',
    ]);
  });

  it('draws an error with its message, and stops when it is unsubscribed', () => {
    expect(linesOf('5ms a 9ms #', undefined, {})).to.deep.equal(['a#', '  #  Error: broke', '']);
    expect(linesOf('5ms a', undefined, {}, 35)).to.deep.equal(['a--']);
  });

  it('starts again with the first letter in each row', () => {
    const count = 80;
    const values = Object.fromEntries(
      Array.from({ length: count }, (_, n) => [String.fromCharCode(0x4e00 + n), { n }]),
    );
    const text = linesOf(`5ms ${Object.keys(values).join(' 9ms ')}`, values, { width: 20 });
    const rows = text.filter((line) => !line.startsWith('  '));
    expect(rows.slice(0, 4)).to.deep.equal(Array(4).fill('ABCDEFGHIJKLMNOPQRST'));
    expect(text.filter((line) => line.startsWith('  A  '))).to.deep.equal(
      [0, 20, 40, 60].map((n) => `  A  { n: ${n} }`),
    );
  });

  it('draws ? for the values of a row beyond the number of letters', () => {
    const values = Object.fromEntries(Array.from({ length: 70 }, (_, n) => [String.fromCharCode(0x4e00 + n), { n }]));
    const text = linesOf(`(${Object.keys(values).join('')})`, values, {}, 15);
    expect(text[0]).to.match(/^\(ABC.*XYZabc.*xyz0123456789\?{8}\)$/);
    expect(linesOf(`(${Object.keys(values).join('')}|)`, values, {}).at(-2)).to.equal(
      '  ?  more values than there are letters',
    );
  });

  it('draws an error of any type, and never throws', () => {
    const textOfError = (error: unknown) => {
      const text: string[] = [];
      draw(
        throwError(() => error),
        { write: (part) => text.push(part) },
      );
      return text.join('');
    };
    expect(textOfError({ status: 500 })).to.equal('#\n  #  { status: 500 }\n');
    expect(textOfError('text')).to.equal("#\n  #  'text'\n");
    expect(textOfError(undefined)).to.equal('#\n  #  undefined\n');
    expect(textOfError(Object.create(null))).to.equal('#\n  #  [Object: null prototype] {}\n');
    const hostile = () => {
      throw new Error('mine');
    };
    expect(textOfError({ [inspect.custom]: hostile })).to.equal('#\n  #  object\n');
    expect(textOfError(Object.assign(new Error('x'), { toString: hostile }))).to.equal('#\n  #  Error\n');
  });

  it('throws for bounds out of range', () => {
    for (const interval of [0, -1, NaN, Infinity, 2 ** 31]) {
      expect(() => draw(NEVER, { interval })).to.throw(RangeError, 'interval must be above 0 ms');
    }
    for (const width of [0, 2.5, NaN, Infinity]) {
      expect(() => draw(NEVER, { width })).to.throw(RangeError, 'width must be a whole number');
    }
  });
});
