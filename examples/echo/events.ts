import * as t from 'io-ts';
import { DateFromISOString, type EventOf, events, withDefault } from 'rxsse';

const shape = {
  message: t.string,
  created_at: withDefault(DateFromISOString, () => new Date()),
};

/**
 * The events of `/sse2` and `/sse3`. The keys become the names on the wire: `echo` and `reverse_echo`. Nothing here
 * needs a server, so a browser's bundle can share this file.
 */
export const Echoes = events({ Echo: shape, ReverseEcho: shape });
export type Echoes = EventOf<typeof Echoes>;
