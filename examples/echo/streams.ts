import { map, type Observable, timer } from 'rxjs';
import type { EventOf } from 'rxsse';
import { type Message, message as messageFrame } from 'rxsse/wire';
import { Echoes } from './events.ts';

const second = 1000;
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Emits the message once a second, as a typed event. */
export function echo(message: string): Observable<EventOf<typeof Echoes.Echo>> {
  return timer(0, second).pipe(map(() => Echoes.Echo({ message })));
}

/** Emits the reversed message once a second, from the first second on. */
export function reverseEcho(message: string): Observable<EventOf<typeof Echoes.ReverseEcho>> {
  const reversed = reverse(message);
  return timer(second, second).pipe(map(() => Echoes.ReverseEcho({ message: reversed })));
}

/** Emits the same as `echo` without a definition: each frame is made by hand, and its data is not checked. */
export function handWritten(message: string): Observable<Message> {
  return timer(0, second).pipe(
    map(() => messageFrame({ event: 'echo', data: { message, created_at: new Date().toISOString() } })),
  );
}

/** Reverses a text by grapheme clusters: an accent stays on its letter, and a family of emoji stays together. */
function reverse(text: string): string {
  return Array.from(graphemes.segment(text), ({ segment }) => segment)
    .reverse()
    .join('');
}
