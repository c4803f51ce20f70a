import { expect } from 'chai';
import fc from 'fast-check';
import { FrameParser } from '../../lib/wire/FrameParser.ts';
import { anyBytes, anyCuts, byteByByte, cutAt } from './arbitraries.ts';
import { bytesOf, type Notification, ourReading } from './readers.ts';

const message = (data: string): Notification => ['message', undefined, undefined, data];

describe('FrameParser over a limit', () => {
  const limits = { maxEventBytes: 4, maxLineBytes: 12 };
  const read = (text: string) => ourReading([bytesOf(text)], limits);

  it('accepts an event up to the limit, and throws a LimitError above it', () => {
    expect(read('data: 1234\n\n')).to.deep.equal([message('1234')]);
    expect(read('data: é\ndata: 4\n\n')).to.deep.equal([message('é\n4')]);
    expect(read('data: 1\n\ndata: 12345\n\n')).to.deep.equal([message('1'), ['too large', 'event']]);
    expect(read('data: é\ndata: 45\n')).to.deep.equal([['too large', 'event']]);
    expect(read('data: 12345\ndata: 6\n\n')).to.deep.equal([['too large', 'event']]);
  });

  it('counts the bytes of all lines of an event, for any characters', () => {
    const line = fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.string({ unit: fc.constantFrom('a', 'é', '語', '😀'), maxLength: 12 }),
    );
    const lines = fc.array(
      line.map((text) => text.replace(/[\r\n]/g, '-')),
      { minLength: 1, maxLength: 80 },
    );
    fc.assert(
      fc.property(lines, (of) => {
        const data = of.join('\n');
        const stream = [bytesOf(`${of.map((text) => `data: ${text}\n`).join('')}\n`)];
        const bytes = Math.max(bytesOf(data).length, 1);
        expect(ourReading(stream, { maxEventBytes: bytes, maxLineBytes: 1000 })).to.deep.equal([message(data)]);
        if (bytes === 1) return;
        const less = ourReading(stream, { maxEventBytes: bytes - 1, maxLineBytes: 1000 });
        expect(less).to.deep.equal([['too large', 'event']]);
      }),
      { numRuns: 500 },
    );
  });

  it('counts the line ends of many empty lines', () => {
    expect(read(`${'data:\n'.repeat(5)}\n`)).to.deep.equal([message('\n\n\n\n')]);
    expect(read(`${'data:\n'.repeat(6)}\n`)).to.deep.equal([['too large', 'event']]);
  });

  it('accepts a line of any kind up to the limit, and throws at the first byte above it', () => {
    expect(read(':23456789012\n')).to.deep.equal([['comment', '23456789012']]);
    expect(read(':234567890é\n')).to.deep.equal([['comment', '234567890é']]);
    expect(read(':2345678901é\n')).to.deep.equal([['too large', 'line']]);
    expect(read(':234567890123')).to.deep.equal([['too large', 'line']]);
    expect(read('unknown:90123\n')).to.deep.equal([['too large', 'line']]);
    expect(ourReading([bytesOf('data: 1234567\n\n')], { maxLineBytes: 12 })).to.deep.equal([['too large', 'line']]);
  });

  it('throws at the same byte in any chunks', () => {
    const limit = fc.integer({ min: 1, max: 20 });
    fc.assert(
      fc.property(anyBytes, anyCuts, limit, limit, (bytes, cuts, maxEventBytes, maxLineBytes) => {
        const limits = { maxEventBytes, maxLineBytes };
        const expected = ourReading([bytes], limits);
        expect(ourReading(cutAt(bytes, cuts), limits)).to.deep.equal(expected);
        expect(ourReading(byteByByte(bytes), limits)).to.deep.equal(expected);
      }),
      { numRuns: 1000 },
    );
  });

  it('names the limit and what to do, and stops', () => {
    const parser = new FrameParser({ ...limits, onMessage: () => {} });
    expect(() => parser.push(bytesOf('data: 12345\n')))
      .to.throw('received an event larger than 4 bytes; raise maxEventBytes')
      .that.includes({ _tag: 'LimitError', name: 'LimitError', kind: 'frame-size', limit: 4 });
    expect(() => parser.push(bytesOf('data: 12345\n'))).to.not.throw();
  });

  it('calls onOversized once for each event, moves past its id, and reads the next one', () => {
    const text =
      'id: 1\ndata: 12345\ndata: 6\n\nid: 2\ndata: 2\n\nid: 3\ndata: 3456789\ndata: 3456789\nid: 4\n\ndata: 5\n\n';
    for (const chunks of [[bytesOf(text)], byteByByte(bytesOf(text))]) {
      const calls: string[] = [];
      const parser = new FrameParser({
        ...limits,
        onMessage: ({ id, data }) => calls.push(`message ${id} ${data}`),
        onPosition: (id) => calls.push(`position ${id}`),
        onOversized: ({ kind, limit }) => calls.push(`${kind} ${limit}`),
      });
      for (const chunk of chunks) parser.push(chunk);
      expect(calls).to.deep.equal([
        'frame-size 4',
        'position 1',
        'position 2',
        'message 2 2',
        'line-size 12',
        'position 4',
        'message undefined 5',
      ]);
      expect(parser.lastEventId).to.equal('4');
      expect(parser.isUnfinished).to.equal(false);
    }
  });

  it('throws from push what onOversized throws', () => {
    const parser = new FrameParser({
      ...limits,
      onMessage: () => {},
      onOversized: (error) => {
        throw error;
      },
    });
    expect(() => parser.push(bytesOf('data: 12345\n'))).to.throw('received an event larger than 4 bytes');
  });

  it('has a limit of 1 MiB of data by default', () => {
    const most = 'x'.repeat(2 ** 20);
    expect(ourReading([bytesOf(`data: ${most}\n\n`)])).to.deep.equal([message(most)]);
    expect(ourReading([bytesOf(`data:${most}x\n\n`)])).to.deep.equal([['too large', 'event']]);
    expect(ourReading([bytesOf(`data: ${most}x`)])).to.deep.equal([['too large', 'line']]);
  });

  it('has a limit of at least 1024 bytes a line by default, so that names and ids are read with a small maxEventBytes', () => {
    const name = 'x'.repeat(1024 - 'event: '.length);
    const text = (extra: string) => [bytesOf(`event: ${name}${extra}\ndata: 1\n\n`)];
    expect(ourReading(text(''), { maxEventBytes: 1 })).to.deep.equal([['message', undefined, name, '1']]);
    expect(ourReading(text('x'), { maxEventBytes: 1 })).to.deep.equal([['too large', 'line']]);
  });

  it('accepts up to 1024 bytes of an event of the library above the limit', () => {
    const text = (size: number) => [bytesOf(`event: rxsse.gap\ndata: ${'x'.repeat(size)}\n\n`)];
    const limits = { maxEventBytes: 1, maxLineBytes: 2000 };
    expect(ourReading(text(1024), limits)).to.deep.equal([['message', undefined, 'rxsse.gap', 'x'.repeat(1024)]]);
    expect(ourReading(text(1025), limits)).to.deep.equal([['too large', 'event']]);
  });

  it('rejects a limit that is not above zero', () => {
    for (const bad of [
      { maxEventBytes: 0 },
      { maxLineBytes: 0 },
      { maxLineBytes: -1 },
      { maxEventBytes: Number.NaN },
    ]) {
      expect(() => new FrameParser({ ...bad, onMessage: () => {} })).to.throw(
        RangeError,
        /Bytes must be above 0 bytes, got /,
      );
    }
  });
});
