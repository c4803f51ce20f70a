import { Message } from './Frame.ts';

/** The names under which the library itself sends, and which no event of a user may have. @internal */
export const reserved = { position: 'rxsse.position', gap: 'rxsse.gap', end: 'rxsse.end' } as const;

/**
 * Creates the frame that carries the position of a reader without an event: at the start of a response, and later for a
 * reader whose position has moved by entries that it did not get.
 *
 * Its data is an empty line rather than absent: Firefox ignores the id of a block without data. No listener has its
 * name, so nothing is dispatched to the program.
 *
 * @internal
 */
export function position(cursor: string | undefined, retry?: number): Message {
  return new Message(cursor, reserved.position, retry, '');
}

/** Creates the frame of a gap at its position; the cursor is the position before what follows. @internal */
export function gap(cursor: string, json: string): Message {
  return new Message(cursor, reserved.gap, undefined, json);
}

/** Creates the frame of the end, which also says whether the stream failed. @internal */
export function end(cursor: string, failed = false): Message {
  return new Message(cursor, reserved.end, undefined, failed ? '{"reason":"failed"}' : 'null');
}
