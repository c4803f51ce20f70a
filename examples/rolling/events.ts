import { type EventOf, events, Int } from 'rxsse';

/** The events of the server; a browser's bundle can share this file. */
export const Counts = events({ Counted: { n: Int } });
export type Counts = EventOf<typeof Counts>;
