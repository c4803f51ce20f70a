import { Message } from '../../lib/wire/Frame.ts';
import { reserved } from '../../lib/wire/reserved.ts';

/** The frames that the library itself sends by default, which `message` refuses to make. */
export const position = (cursor: string | undefined, retry?: number) =>
  new Message(cursor, reserved.position, retry, '');

export const gap = (cursor: string, json: string) => new Message(cursor, reserved.gap, undefined, json);

export const end = (cursor: string) => new Message(cursor, reserved.end, undefined, 'null');
