import { Message } from './Frame.ts';

/** The names that the library sends under and that users may not. @internal */
export const reserved = { position: 'rxsse.position', gap: 'rxsse.gap', end: 'rxsse.end' } as const;

/**
 * Where a reader stands before its first event.
 *
 * Its data is an empty line and not left out: Firefox ignores the id of a block
 * without data. Nobody listens to the name, so nobody sees it.
 *
 * @internal
 */
export function position(cursor: string | undefined, retry?: number): Message {
  return new Message(cursor, reserved.position, retry, '');
}

/** What a reader missed, told at its place; the cursor is the position before what follows. @internal */
export function gap(cursor: string, json: string): Message {
  return new Message(cursor, reserved.gap, undefined, json);
}

/** Nothing will follow; with a word of it where the stream failed. @internal */
export function end(cursor: string, failed = false): Message {
  return new Message(cursor, reserved.end, undefined, failed ? '{"reason":"failed"}' : 'null');
}
