import { expect } from 'chai';
import { FrameParser } from '../../lib/wire/FrameParser.ts';
import { bytesOf } from './readers.ts';

describe('FrameParser', () => {
  it('does not wait for the byte after a CR', () => {
    const data: string[] = [];
    const parser = new FrameParser({ onMessage: (m) => data.push(m.data) });
    parser.push(bytesOf('data: 1\r\r'));
    expect(data).to.deep.equal(['1']);
    parser.push(bytesOf('\ndata: 2\r\n\r'));
    expect(data).to.deep.equal(['1', '2']);
  });

  it('joins a long line from chunks of any size', () => {
    const long = 'é語🙂'.repeat(1000);
    const bytes = bytesOf(`data: ${long}\n\n`);
    for (const size of [1, 100, 1023, 1024, 1025, 5000]) {
      const data: string[] = [];
      const parser = new FrameParser({ onMessage: (m) => data.push(m.data) });
      for (let at = 0; at < bytes.length; at += size) parser.push(bytes.slice(at, at + size));
      expect(data, `pieces of ${size}`).to.deep.equal([long]);
    }
  });

  it('separates events that have many lines', () => {
    const lines = (letter: string, count: number) => Array.from({ length: count }, (_, n) => `${letter}${n}`);
    const events = [lines('a', 200), lines('b', 3), lines('c', 70), lines('d', 2), lines('e', 64), lines('f', 65)];
    const stream = events.map((each) => `${each.map((line) => `data: ${line}\n`).join('')}\n`).join('');
    const data: string[] = [];
    new FrameParser({ onMessage: (m) => data.push(m.data) }).push(bytesOf(stream));
    expect(data).to.deep.equal(events.map((each) => each.join('\n')));
  });

  it('retains none of the pushed bytes', () => {
    const data: string[] = [];
    const parser = new FrameParser({ onMessage: (m) => data.push(m.data) });
    for (const text of ['data: a', 'b\n', '\n']) {
      const bytes = bytesOf(text);
      parser.push(bytes);
      bytes.fill(120);
    }
    expect(data).to.deep.equal(['ab']);
  });

  it('separates the unfinished events of several connections', () => {
    const streams = ['a', 'b', 'c'].map((letter) => bytesOf(`data: ${letter.repeat(50)}\n\n`.repeat(4)));
    const data: string[][] = streams.map(() => []);
    const parsers = data.map((own) => new FrameParser({ onMessage: (m) => own.push(m.data) }));
    for (let at = 0; at < 60 * 4; at += 7) {
      parsers.forEach((parser, index) => {
        parser.push(streams[index]?.slice(at, at + 7) ?? bytesOf(''));
      });
    }
    expect(data).to.deep.equal(['a', 'b', 'c'].map((letter) => Array(4).fill(letter.repeat(50))));
  });

  const ends: readonly (readonly [text: string, isUnfinished: boolean])[] = [
    ['', false],
    ['data: 1\n\n', false],
    ['data: 1\r\r', false],
    ['id: 1\nevent: tick\n\n', false],
    ['retry: 5\n', false],
    [': comment\n', false],
    ['unknown: 1\n', false],
    ['data: 1', true],
    ['data: 1\n', true],
    ['data\r', true],
    ['data: 1\n\n:', true],
    ['event: tick\n', true],
    ['id: 1\n', true],
  ];
  for (const [text, isUnfinished] of ends) {
    it(`is ${isUnfinished ? '' : 'not '}unfinished after ${JSON.stringify(text)}, in any chunks`, () => {
      for (const chunks of [[text], [...text]]) {
        const parser = new FrameParser({ onMessage: () => {} });
        for (const chunk of chunks) parser.push(bytesOf(chunk));
        expect(parser.isUnfinished).to.equal(isUnfinished);
      }
    });
  }

  it('is unfinished inside a byte order mark and inside a line that it skips, and not after them', () => {
    const parser = new FrameParser({ maxLineBytes: 10, onMessage: () => {}, onOversized: () => {} });
    const states = [[0xef], [0xbb], [0xbf], bytesOf('data: 12345'), bytesOf('6'), bytesOf('\n'), bytesOf('\n')].map(
      (bytes) => {
        parser.push(Uint8Array.from(bytes));
        return parser.isUnfinished;
      },
    );
    expect(states).to.deep.equal([true, true, false, true, true, true, false]);
  });

  it('requires only the listener of messages', () => {
    const parser = new FrameParser({ onMessage: () => {} });
    expect(() => parser.push(bytesOf(': c\nretry: 5\nid: 1\n\ndata: 1\n\n'))).to.not.throw();
  });

  it('rejects text, and names what it expects', () => {
    const parser = new FrameParser({ onMessage: () => {} });
    expect(() => parser.push('data: 1' as unknown as Uint8Array)).to.throw(TypeError, 'push expects bytes, got string');
  });

  describe('the position', () => {
    it('moves at the blank line, before its message, and also without a message', () => {
      const received: unknown[] = [];
      const parser = new FrameParser({
        lastEventId: 'seed',
        onMessage: ({ id }) => received.push(['message', id, parser.lastEventId]),
        onPosition: (id) => received.push(['position', id, parser.lastEventId]),
      });
      const positionAfter = (text: string) => {
        parser.push(bytesOf(text));
        return parser.lastEventId;
      };
      expect(positionAfter('data: 0\n\nid: 1\n')).to.equal('seed');
      expect(positionAfter('\n')).to.equal('1');
      expect(positionAfter('data: 2\n\nid: 3\ndata: 3\n\nid: 4')).to.equal('3');
      expect(positionAfter('\nid: 5\0\n\n')).to.equal('4');
      expect(positionAfter('id:\n\n')).to.equal('');
      expect(received).to.deep.equal([
        ['message', undefined, 'seed'],
        ['position', '1', '1'],
        ['message', undefined, '1'],
        ['position', '3', '3'],
        ['message', '3', '3'],
        ['position', '4', '4'],
        ['position', '', ''],
      ]);
    });
  });

  describe('stopped', () => {
    const stream = 'data: 1\n\n: c\nretry: 5\nid: 6\ndata: 6\n\ndata: 7\n\n';
    const all = ['onMessage', 'onComment', 'onRetry', 'onPosition', 'onMessage', 'onMessage'];

    for (const newline of ['\n', '\r\n']) {
      it(`by any listener, reports nothing more of the same chunk (${JSON.stringify(newline)})`, () => {
        all.forEach((_, last) => {
          const received: string[] = [];
          const tell = (name: string) => () => {
            received.push(name);
            if (received.length === last + 1) parser.stop();
          };
          const [onMessage, onComment, onRetry, onPosition] = ['onMessage', 'onComment', 'onRetry', 'onPosition'].map(
            tell,
          ) as [() => void, () => void, () => void, () => void];
          const parser = new FrameParser({ onMessage, onComment, onRetry, onPosition });
          parser.push(bytesOf(`${stream.replaceAll('\n', newline)}data: 8`));
          parser.push(bytesOf('\n\n'));
          expect(received).to.deep.equal(all.slice(0, last + 1));
        });
      });
    }

    it('in the message that a held line finished, reports nothing more', () => {
      const data: string[] = [];
      const parser = new FrameParser({
        onMessage: (m) => {
          data.push(m.data);
          parser.stop();
        },
      });
      parser.push(bytesOf('data: 1\n'));
      parser.push(bytesOf(':'));
      parser.push(bytesOf('\n\ndata: 2\n\n'));
      expect(data).to.deep.equal(['1']);
    });

    it('reads nothing more, even over a limit or pushed by a listener', () => {
      const parser = new FrameParser({
        maxLineBytes: 10,
        onMessage: () => {
          parser.stop();
          parser.push(bytesOf('data: 2\n\n'));
        },
      });
      parser.push(bytesOf(`data: 1\n\n${'x'.repeat(11)}`));
      parser.push(bytesOf('x'.repeat(11)));
    });

    it('by a listener that throws, whose error push rethrows', () => {
      const failure = new Error('no');
      let calls = 0;
      const parser = new FrameParser({
        onMessage: () => {
          calls++;
          throw failure;
        },
      });
      expect(() => parser.push(bytesOf('data: 1\n\ndata: 2\n\n'))).to.throw(failure);
      parser.push(bytesOf('data: 3\n\n'));
      expect(calls).to.equal(1);
    });

    it('by a listener that pushes, since the bytes would be out of order', () => {
      const parser = new FrameParser({ onMessage: () => parser.push(bytesOf('data: 2\n\n')) });
      expect(() => parser.push(bytesOf('data: 1\n\n'))).to.throw(/push was called by a listener/);
    });
  });
});
