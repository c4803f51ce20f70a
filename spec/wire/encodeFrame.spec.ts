import { expect } from 'chai';
import fc from 'fast-check';
import { encodeFrame, encodeJsonMessage, encodeMessage } from '../../lib/wire/encodeFrame.ts';
import { message } from '../../lib/wire/Frame.ts';
import { anyCuts, anyFrame, cutAt } from './arbitraries.ts';
import { bytesOf, foreignReading, ourReading, readingOf } from './readers.ts';
import { table } from './table.ts';

describe('encodeFrame', () => {
  for (const { what, frame, text } of table) {
    it(`encodes ${what}, and both parsers read it back`, () => {
      expect(encodeFrame(frame)).to.equal(text);
      expect(ourReading([bytesOf(text)])).to.deep.equal(readingOf(frame));
      expect(foreignReading([bytesOf(text)])).to.deep.equal(readingOf(frame));
    });
  }

  it('encodes every frame so that it is parsed back exactly', () => {
    fc.assert(
      fc.property(fc.array(anyFrame), anyCuts, (frames, cuts) => {
        const bytes = bytesOf(frames.map(encodeFrame).join(''));
        const expected = frames.flatMap(readingOf);
        expect(foreignReading([bytes])).to.deep.equal(expected);
        expect(ourReading(cutAt(bytes, cuts))).to.deep.equal(expected);
      }),
    );
  });
});

describe('encodeMessage', () => {
  it('returns the text of encodeFrame, without a frame', () => {
    const { id, event, retry, data } = message({ id: '1', event: 'e', retry: 5, text: 'a\nb' });
    expect(encodeMessage(id, event, data, retry)).to.equal('id: 1\nevent: e\nretry: 5\ndata: a\ndata: b\n\n');
    expect(encodeMessage(undefined, undefined, '')).to.equal('data:\n\n');
  });

  it('has a fast path for JSON that returns the same text', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 'e'), (value, event) => {
        const json = JSON.stringify(value);
        expect(encodeJsonMessage(event, json)).to.equal(encodeMessage(undefined, event, json));
      }),
    );
  });
});
