import { expect } from 'chai';
import { comment, isFrame, message, retry } from '../../lib/wire/Frame.ts';

describe('message', () => {
  for (const [bad, named] of [
    ['a\nb', 'line feed'],
    ['a\rb', 'carriage return'],
    ['a\0b', 'NUL'],
    ['a\ud83d', 'half of a surrogate pair'],
  ] as const) {
    it(`rejects ${named} in an id and in a name, and names the field`, () => {
      expect(() => message({ id: bad, data: 1 })).to.throw(
        TypeError,
        new RegExp(`^message: id must not contain .*${named}`),
      );
      expect(() => message({ event: bad, data: 1 })).to.throw(
        TypeError,
        new RegExp(`^message: event must not contain .*${named}`),
      );
    });
  }

  it('rejects reserved names and an empty one', () => {
    for (const name of ['rxsse.', 'rxsse.end'] as string[]) {
      expect(() => message({ event: name, data: 1 })).to.throw(
        TypeError,
        /^message: event \S+ is reserved: .*another name$/,
      );
    }
    expect(() => message({ event: '' as string, data: 1 })).to.throw(
      TypeError,
      /^message: event must not be empty; leave it out/,
    );
    expect(message({ event: 'rxsse', data: 1 }).event).to.equal('rxsse');
  });

  it('accepts an empty id, which clears the position', () => {
    expect(message({ id: '', data: 1 }).id).to.equal('');
  });

  it('rejects values that JSON cannot represent, by kind and not by value', () => {
    const circle: Record<string, unknown> = { secret: 'hunter2' };
    circle.again = circle;
    for (const [data, kind] of [
      [undefined, 'undefined, which JSON leaves out'],
      [() => 'hunter2', 'function, which'],
      [Symbol('hunter2'), 'symbol, which'],
      [{ toJSON: () => undefined }, 'object, which'],
      [1n, 'bigint;'],
      [{ hunter2: 1n }, 'object with a BigInt'],
      [[circle], 'array with a BigInt or a circular reference'],
    ] as const) {
      expect(() => message({ data })).to.throw(TypeError, new RegExp(`^message: data must be JSON, got ${kind}`));
      expect(() => message({ data })).to.not.throw(/hunter2/);
    }
  });

  it('rethrows what a toJSON throws', () => {
    const failure = new RangeError('no');
    const throwIt = () => {
      throw failure;
    };
    expect(() => message({ data: { toJSON: throwIt } })).to.throw(failure);
  });

  it('accepts either data or text, and not both', () => {
    const of = message as (fields: object) => unknown;
    expect(() => of({ data: 1, text: 'a' })).to.throw(TypeError, /^message: got both data and text; leave one out$/);
    expect(() => of({})).to.throw(TypeError, /^message: data must be JSON, got undefined/);
    expect(() => of({ text: 1 })).to.throw(TypeError, /^message: text must be a string, got number/);
    expect(() => of({ id: 1, data: 1 })).to.throw(TypeError, /^message: id must be a string, got number/);
    expect(() => of({ event: null, data: 1 })).to.throw(TypeError, /^message: event must be a string, got null/);
  });

  it('rejects a retry that is out of range', () => {
    expect(() => message({ retry: -1, data: 1 })).to.throw(RangeError, /^message: retry must be .*, got -1$/);
  });
});

describe('comment', () => {
  it('rejects text of several lines', () => {
    expect(() => comment('a\nb')).to.throw(TypeError, /^comment: text must not contain a line feed/);
    expect(() => comment('a\rb')).to.throw(TypeError, /^comment: text must not contain a carriage return/);
  });
});

describe('retry', () => {
  it('rejects every value that is not a whole number of milliseconds up to the longest delay of a timer', () => {
    const expected = '^retry: ms must be a whole number from 0 to 2147483647 ms, got ';
    for (const [ms, kind] of [
      [-1, '-1'],
      [0.5, '0.5'],
      [2 ** 31, '2147483648'],
      [Number.NaN, 'NaN'],
      [Number.POSITIVE_INFINITY, 'Infinity'],
    ] as const) {
      expect(() => retry(ms)).to.throw(RangeError, new RegExp(`${expected}${kind}$`));
    }
    const text = '5' as unknown as number;
    expect(() => retry(text)).to.throw(TypeError, /^retry: ms must be a whole number of milliseconds, got string$/);
  });
});

describe('isFrame', () => {
  it('recognizes frames of the constructors', () => {
    expect([message({ data: 1 }), comment(), retry(0)].map(isFrame)).to.deep.equal([true, true, true]);
  });

  it('rejects lookalikes', () => {
    const lookalikes = [
      { ...message({ data: 1 }) },
      { _tag: 'Comment', text: '' },
      null,
      undefined,
      'data: 1\n\n',
      () => 1,
    ];
    expect(lookalikes.map(isFrame)).to.deep.equal(lookalikes.map(() => false));
  });
});
