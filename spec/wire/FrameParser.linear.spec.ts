import { expect } from 'chai';
import { FrameParser } from '../../lib/wire/FrameParser.ts';
import { byteByByte } from './arbitraries.ts';
import { bytesOf } from './readers.ts';
import { workOf } from './work.ts';

/** Streams for which a parser may need too much work, each of about `size` bytes. */
const shapes: readonly (readonly [what: string, stream: (size: number) => string])[] = [
  ['one line', (size) => `data: ${'x'.repeat(size)}\n\n`],
  ['one line that never ends', (size) => `data: ${'x'.repeat(size)}`],
  ['one line of long characters', (size) => `data: ${'語'.repeat(size / 3)}\n\n`],
  ['one event of empty lines', (size) => `${'data:\n'.repeat(size / 6)}\n`],
  ['one event of lines that end in CR', (size) => `${'data:1\r'.repeat(size / 7)}\r`],
  ['one event of lines that end in CRLF', (size) => `${'data:1\r\n'.repeat(size / 8)}\r\n`],
  ['lines without a colon', (size) => 'x\n'.repeat(size / 2)],
  ['data lines without a colon', (size) => 'data\n'.repeat(size / 5)],
  ['small events', (size) => 'id: 1\nevent: e\ndata: 1\n\n'.repeat(size / 24)],
  ['blank lines', (size) => '\n'.repeat(size)],
  ['digits of a retry', (size) => `retry: ${'9'.repeat(size)}\n`],
];

describe('FrameParser', () => {
  const size = 2 ** 14;
  const read = (chunks: readonly Uint8Array[], maxEventBytes: number) => () => {
    const parser = new FrameParser({ maxEventBytes, maxLineBytes: 2 ** 20, onMessage: () => {}, onRetry: () => {} });
    for (const chunk of chunks) parser.push(chunk);
  };

  for (const [what, stream] of shapes) {
    const once = bytesOf(stream(size));
    const fourTimes = bytesOf(stream(4 * size));

    it(`needs four times the work for four times the bytes of ${what} in one chunk`, () => {
      const work = workOf(read([once], 2 ** 20));
      expect(workOf(read([fourTimes], 2 ** 20))).to.be.below(4.5 * work);
    });

    it(`needs four times the work for four times the bytes of ${what}, byte by byte`, () => {
      const work = workOf(read(byteByByte(once), 2 ** 20));
      expect(workOf(read(byteByByte(fourTimes), 2 ** 20))).to.be.below(4.5 * work);
    });

    it(`needs four times the work for four times the bytes of ${what}, close to the limit`, () => {
      const work = workOf(read(byteByByte(once), once.length));
      expect(workOf(read(byteByByte(fourTimes), fourTimes.length))).to.be.below(4.5 * work);
    });
  }

  it('needs a few units of work a byte', () => {
    const bytes = bytesOf(`data: ${'x'.repeat(size)}\n\n`);
    expect(workOf(read(byteByByte(bytes), 2 ** 20))).to.be.below(8 * bytes.length);
  });
});
