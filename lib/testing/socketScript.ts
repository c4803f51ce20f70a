import type { TestReader } from './TestReader.ts';
import { parseDiagram } from './TestRecord.ts';

/** The step of a socket at one moment. */
export interface SocketStep {
  /** Virtual milliseconds. */
  readonly at: number;
  /** The letter of the step. */
  readonly letter: string;
  apply(reader: TestReader): void;
}

const stepOfLetter: Readonly<Record<string, SocketStep['apply']>> = {
  F: ({ response }) => response.fill(),
  D: ({ response }) => response.drain(),
  X: ({ response }) => response.disconnect(),
  L: (reader) => {
    if (reader.closedAt === undefined) reader.lose();
    reader.response.disconnect();
  },
};

/**
 * Parses the script of a socket from a marble diagram: `F` full, `D` drained, `X` the client disconnects, `L` likewise
 * and the last write is lost in transit, `#` it breaks. `more` are further letters that the caller knows.
 */
export function socketScript(marbles: string, where: string, more = ''): readonly SocketStep[] {
  return parseDiagram(marbles).map(({ frame, notification }) => {
    if (notification.kind === 'E') return { at: frame, letter: '#', apply: breakSocket };
    const letter = notification.kind === 'N' ? String(notification.value) : '|';
    const apply = stepOfLetter[letter] ?? (letter !== '|' && more.includes(letter) ? nothing : undefined);
    if (apply === undefined || frame < 0) {
      const known = 'F (full), D (drained), X (the client is gone), L (as X, and the last write is lost), # (it broke)';
      throw new TypeError(
        `${where} knows ${known}${more === '' ? '' : ` and ${[...more].join(', ')}`} only, got ${letter}`,
      );
    }
    return { at: frame, letter, apply };
  });
}

function breakSocket({ response }: TestReader): void {
  response.disconnect(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }));
}

function nothing(): void {}
