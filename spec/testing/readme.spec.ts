import * as t from 'io-ts';
import { asyncScheduler, map, merge, timer } from 'rxjs';
import { DateFromISOString, events, sse, withDefault } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/index.ts';

// The route of the README, which is compiled there and run here.
const now = () => new Date(asyncScheduler.now());
const shape = { message: t.string, created_at: withDefault(DateFromISOString, now) };
const Echoes = events({ Echo: shape, ReverseEcho: shape });

const echo = (message: string) => timer(0, 1000).pipe(map(() => Echoes.Echo({ message })));
const reverseEcho = (message: string) =>
  timer(1000, 1000).pipe(map(() => Echoes.ReverseEcho({ message: [...message].reverse().join('') })));

const echoes = sse(
  {
    events: Echoes,
    query: { message: t.string },
  },
  ({ query }) => merge(echo(query.message), reverseEcho(query.message)),
);

describe('the route of the README', () => {
  it(
    'sends the message, and then its reverse',
    marbles(({ reader, expectFrames }) => {
      const a = Echoes.Echo({ message: 'ab', created_at: new Date(0) });
      const b = Echoes.Echo({ message: 'ab', created_at: new Date(1000) });
      const c = Echoes.ReverseEcho({ message: 'ba', created_at: new Date(1000) });
      expectFrames(reader(echoes, { url: '/sse3?message=ab', socket: '1500ms X' })).toBe('a 999ms (cb)', { a, b, c });
    }),
  );
});
