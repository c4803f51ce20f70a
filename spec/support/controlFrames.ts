import { Message } from '../../lib/wire/Frame.ts';
import { reserved } from '../../lib/wire/reserved.ts';

/** Creates a frame that the library sends by default, and that `message` rejects. */
export const position = (cursor: string | undefined, retry?: number) =>
  new Message(cursor, reserved.position, retry, '');

export const gap = (cursor: string, json: string) => new Message(cursor, reserved.gap, undefined, json);

export const end = (cursor: string) => new Message(cursor, reserved.end, undefined, 'null');
