import * as t from 'io-ts';
import { events, sse } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/index.ts';
import { comment, message } from '../../lib/wire/index.ts';

const Ticks = events({ Tick: { n: t.number } });
const { Tick } = Ticks;

// The letters of a diagram can be events and frames.
marbles(({ hot, cold, reader, expectObservable }) => {
  const values = { a: Tick({ n: 1 }), h: comment(), m: message({ text: 'x' }) };
  reader(sse({ events: Ticks }, hot('ahm', values)));
  reader(sse({ events: Ticks }, cold('ah', { a: { type: 'tick', data: { n: 1 } }, h: comment('x') })));
  // @ts-expect-error a number is not an event of this contract
  reader(sse({ events: Ticks }, cold('ah', { a: 1, h: comment('x') })));
  expectObservable(cold('ah', { a: Tick({ n: 1 }), h: comment() })).toBe('ah', values);
});
