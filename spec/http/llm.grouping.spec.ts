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
    'groups the tokens that are emitted within the time, in order, and delays none for longer',
    marbles(({ hot, expectObservable }) => {
      const source = hot('  ab-c-----d-D|');
      const expected = '    -----x------(yD|)';
      const values = { x: token('abc'), y: token('d'), D: end };

      expectObservable(source.pipe(map(eventOf), groupTokens({ maxDelay: 5, maxBytes: 10 }))).toBe(expected, values);
    }),
  );

  it(
    'emits no event larger than the bound in bytes, also for letters of several bytes',
    marbles(({ hot, expectObservable }) => {
      const source = hot('  abüc|');
      const expected = '    --xy|';
      const values = { x: token('ab'), y: token('üc') };

      expectObservable(source.pipe(map(eventOf), groupTokens({ maxDelay: 50, maxBytes: 3 }))).toBe(expected, values);
    }),
  );
});
