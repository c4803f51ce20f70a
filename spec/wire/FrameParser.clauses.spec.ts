import { expect } from 'chai';
import { byteByByte } from './arbitraries.ts';
import { bytesOf, type Notification, ourReading } from './readers.ts';

const message = (data: string, event?: string, id?: string): Notification => ['message', id, event, data];

/** The rules of the standard, each with a stream and its events; each stream is read whole, cut at each byte, and byte by byte. */
const clauses: readonly (readonly [
  what: string,
  stream: string | readonly number[],
  reading: readonly Notification[],
])[] = [
  ['skips one BOM at the start', '\uFEFFdata: 1\n\n', [message('1')]],
  ['skips only one', '\uFEFF\uFEFFdata: 1\n\ndata: 2\n\n', [message('2')]],
  ['skips none later', 'data: 1\n\n\uFEFFdata: 2\n\n', [message('1')]],
  ['preserves one within a value', 'data: \uFEFF1\n\n', [message('\uFEFF1')]],
  ['reads the start of one as a line', [0xef, 0xbb, ...bytesOf('data: 1\n\ndata: 2\n\n')], [message('2')]],
  ['ends lines at LF', 'data: 1\ndata: 2\n\n', [message('1\n2')]],
  ['ends lines at CR', 'data: 1\rdata: 2\r\r', [message('1\n2')]],
  ['ends lines at CRLF', 'data: 1\r\ndata: 2\r\n\r\n', [message('1\n2')]],
  ['ends lines at each in turn', 'data: 1\rdata: 2\r\ndata: 3\n\r', [message('1\n2\n3')]],
  ['reads LF and CR as two ends', 'data: 1\n\rdata: 2\n\r', [message('1'), message('2')]],
  ['removes one space', 'data:  1\n\ndata:1\n\n', [message(' 1'), message('1')]],
  [
    'takes a field without a colon for an empty one',
    'id\nevent: e\nevent\ndata\ndata\n\n',
    [message('\n', undefined, '')],
  ],
  [
    'ignores fields that it does not know',
    'Data: 1\n data: 2\ndat: 3\ndatas: 4\ndata : 5\nids: 6\ndata: 7\n\n',
    [message('7')],
  ],
  ['ignores an id with NUL', 'id: 1\nid: 2\0\ndata: a\n\n', [message('a', undefined, '1')]],
  ['clears by an empty id', 'id:\ndata: a\n\n', [message('a', undefined, '')]],
  ['takes the last id and the last name', 'id: 1\nid: 2\nevent: a\nevent: b\ndata: c\n\n', [message('c', 'b', '2')]],
  [
    'forgets the name at each blank line',
    'event: e\n\ndata: 1\n\nevent: f\ndata: 2\n\ndata: 3\n\n',
    [message('1'), message('2', 'f'), message('3')],
  ],
  ['takes an empty name for none', 'event: e\nevent:\ndata: 1\n\n', [message('1')]],
  ['tells of empty data', 'data\n\ndata:\n\ndata: \n\n', [message(''), message(''), message('')]],
  ['tells of no event without data', 'id: 1\nevent: e\n\n\n', []],
  ['drops a block that is not finished', 'data: 1\n\ndata: 2\n', [message('1')]],
  ['drops a line that is not finished', 'data: 1\n\ndata: 2\n\ndata: 3', [message('1'), message('2')]],
  [
    'puts a retry in force at its line',
    'data: 1\nretry: 5\ndata: 2\n\nretry: 6\n',
    [['retry', 5], message('1\n2'), ['retry', 6]],
  ],
  [
    'takes only digits for a retry',
    'retry: 1e3\nretry: -1\nretry: 5 \nretry:  5\nretry:\nretry\nretry: ٣\nretry:07\n',
    [['retry', 7]],
  ],
  [
    'takes no longer retry than a timer can',
    `retry: 2147483648\nretry: ${'9'.repeat(400)}\n`,
    [
      ['retry', 2 ** 31 - 1],
      ['retry', 2 ** 31 - 1],
    ],
  ],
  [
    'tells of comments where they are',
    ': a\ndata: 1\n:b\n:\n\n',
    [['comment', 'a'], ['comment', 'b'], ['comment', ''], message('1')],
  ],
  [
    'makes U+FFFD of each malformed part',
    [...bytesOf('data: '), 0xff, 0xe2, 0x82, 0x41, 0xc3, ...bytesOf('\n\n')],
    [message('\uFFFD\uFFFDA\uFFFD')],
  ],
  ['ends no event at a line of one letter', 'data: a\nx\ndata: b\n\n', [message('a\nb')]],
  ['nor at a comment of none', 'data: a\n:\ndata: b\n\n', [['comment', ''], message('a\nb')]],
  ['takes the beginning of a BOM for what it is', [0xef, ...bytesOf('data: a\n\ndata: b\n\n')], [message('b')]],
  ['takes two thirds of a BOM likewise', [0xef, 0xbb, ...bytesOf('data: a\n\ndata: b\n\n')], [message('b')]],
  ['decodes characters of two, three and four bytes', 'data: é語🙂\n\n', [message('é語🙂')]],
];

/** https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream */
describe('FrameParser, by the standard,', () => {
  for (const [what, stream, reading] of clauses) {
    it(what, () => {
      const bytes = typeof stream === 'string' ? bytesOf(stream) : Uint8Array.from(stream);
      expect(ourReading([bytes])).to.deep.equal(reading);
      expect(ourReading(byteByByte(bytes)), 'byte by byte').to.deep.equal(reading);
      for (let cut = 1; cut < bytes.length; cut++) {
        expect(ourReading([bytes.slice(0, cut), bytes.slice(cut)]), `cut at ${cut}`).to.deep.equal(reading);
      }
    });
  }

  it('recognizes each field name as a whole, and ignores a name with another letter', () => {
    const values: Readonly<Record<string, string>> = { data: 'b', event: 'e', id: '7', retry: '5' };
    for (const [field, value] of Object.entries(values)) {
      const near = [...`${field}:`].flatMap((letter, at) => {
        const others = [-1, 1].map((step) => String.fromCharCode(letter.charCodeAt(0) + step));
        // A letter is removed, replaced or doubled; the colon is only replaced, since a line without it is a field.
        const instead = at === field.length ? others : ['', ...others, letter.toUpperCase(), letter + letter];
        return instead.map(
          (other) => `${field.slice(0, at)}${other}${field.slice(at + 1)}${at < field.length ? ':' : ''}`,
        );
      });
      for (const start of near) {
        for (const lineEnd of ['\n', '\r', '\r\n']) {
          const stream = ['data: a', `${start}${value}`, `${start} ${value}`, '', ''].join(lineEnd);
          expect(ourReading([bytesOf(stream)]), JSON.stringify(stream)).to.deep.equal([message('a')]);
        }
      }
    }
  });
});
