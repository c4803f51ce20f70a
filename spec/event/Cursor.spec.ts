import { expect } from 'chai';
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { cursorOf, endCursorOf, parseCursor } from '../../lib/event/cursor.ts';

const urlSafe = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'];
const epochs = fc.string({ unit: fc.constantFrom(...urlSafe), minLength: 1, maxLength: 32 });
const sequences = fc.oneof(fc.nat(), fc.maxSafeNat(), fc.constantFrom(0, 1, Number.MAX_SAFE_INTEGER));
const positions = fc.record({ epoch: epochs, sequence: sequences, end: fc.boolean() });

const print = ({ epoch, sequence, end }: { epoch: string; sequence: number; end: boolean }) =>
  end ? endCursorOf(epoch, sequence) : cursorOf(epoch, sequence);

/** Cursors with a random change, of which most are no cursors. */
const nearly = fc
  .tuple(positions.map(print), fc.nat(60), fc.nat(2), fc.string({ unit: 'binary', maxLength: 2 }))
  .map(([text, at, taken, put]) => text.slice(0, at) + put + text.slice(at + taken));

const anything = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom(...'1.09aZ-_~ +\n'), maxLength: 60 }),
  nearly,
);

describe('a cursor', () => {
  it('is parsed to the position that it was created from', () => {
    fc.assert(
      fc.property(positions, (position) => {
        expect(parseCursor(print(position))).to.deep.equal(E.right(position));
      }),
    );
  });

  it('is short ASCII that a header and a URL carry unchanged', () => {
    fc.assert(
      fc.property(positions, (position) => {
        const text = print(position);
        expect(text).to.match(/^[\x21-\x7e]{5,52}$/);
        expect(encodeURIComponent(text)).to.equal(text);
        expect(new Headers({ 'last-event-id': text }).get('last-event-id')).to.equal(text);
        expect(new URL(`http://host/?lastEventId=${text}`).searchParams.get('lastEventId')).to.equal(text);
      }),
    );
  });

  it('has one text for each position, and rejects every other text', () => {
    const judged = { refused: 0, taken: 0 };
    fc.assert(
      fc.property(anything, (text) => {
        const parsed = parseCursor(text);
        if (E.isRight(parsed)) expect(print(parsed.right)).to.equal(text);
        judged[E.isRight(parsed) ? 'taken' : 'refused']++;
      }),
      { numRuns: 3000 },
    );
    expect(judged.taken, 'the texts should come near to cursors').to.be.above(100);
    expect(judged.refused).to.be.above(1000);
  });

  const garbage: readonly (readonly [string, string])[] = [
    ['nothing', ''],
    ['another version', '2.abc.1'],
    ['no epoch', '1..1'],
    ['an epoch of 33 characters', `1.${'a'.repeat(33)}.1`],
    ['an epoch that a URL would change', '1.a+b.1'],
    ['no sequence', '1.abc.'],
    ['a leading zero', '1.abc.01'],
    ['a sign', '1.abc.-1'],
    ['a fraction', '1.abc.1.5'],
    ['an exponent', '1.abc.1e3'],
    ['a number that is not exact', '1.abc.9007199254740992'],
    ['a number of 17 digits', '1.abc.10000000000000000'],
    ['digits that are not ASCII', '1.abc.１'],
    ['two ends', '1.abc.1~~'],
    ['space around it', ' 1.abc.1'],
    ['a line feed after it', '1.abc.1\n'],
    ['NUL', '1.abc.1\0'],
    ['two of them, as two headers are joined', '1.abc.1, 1.abc.2'],
  ];
  for (const [what, text] of garbage) {
    it(`is not ${what}`, () => expect(parseCursor(text)).to.satisfy(E.isLeft));
  }

  it('is rejected unread when it is too long, with a reason that does not repeat it', () => {
    expect(parseCursor('x'.repeat(53))).to.deep.equal(E.left('a cursor has at most 52 characters, got 53'));
    expect(parseCursor('1.secret.x')).to.deep.equal(E.left('not a cursor of this library'));
    // A backtracking pattern would not return from these.
    for (const text of ['1.'.repeat(8_000_000), `1.${'a'.repeat(16_000_000)}`])
      expect(parseCursor(text)).to.satisfy(E.isLeft);
  });

  it('is longest with the longest epoch and the largest sequence', () => {
    const text = endCursorOf('e'.repeat(32), Number.MAX_SAFE_INTEGER);
    expect(text).to.have.lengthOf(52);
    expect(parseCursor(text)).to.satisfy(E.isRight);
  });
});
