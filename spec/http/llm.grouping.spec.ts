import { map } from 'rxjs';
import { groupTokens } from '../../examples/llm/answer.ts';
import { Chat } from '../../examples/llm/events.ts';
import { marbles } from '../../lib/testing/marbles.ts';

const run = 'r';
const token = (text: string) => Chat.Token({ run, text });
const end = Chat.Done({ run, reason: 'stop' });
const eventOf = (letter: string) => (letter === 'D' ? end : token(letter));

describe('groupTokens', () => {
  it(
    'groups what is emitted within the time, in order, and delays nothing for longer',
    marbles(({ hot, expectObservable }) => {
      const source = hot('  ab-c-----d-D|');
      const expected = '    -----x------(yD|)';
      const values = { x: token('abc'), y: token('d'), D: end };

      expectObservable(source.pipe(map(eventOf), groupTokens({ maxDelay: 5, maxBytes: 10 }))).toBe(expected, values);
    }),
  );

  it(
    'makes no event larger than the bound in bytes, of which a letter may have several',
    marbles(({ hot, expectObservable }) => {
      const source = hot('  abüc|');
      const expected = '    --xy|';
      const values = { x: token('ab'), y: token('üc') };

      expectObservable(source.pipe(map(eventOf), groupTokens({ maxDelay: 50, maxBytes: 3 }))).toBe(expected, values);
    }),
  );
});
