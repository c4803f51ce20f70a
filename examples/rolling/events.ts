import { type EventOf, events, Int } from 'rxsse';

/** What the server says; a browser's bundle can share this file. */
export const Counts = events({ Counted: { n: Int } });
export type Counts = EventOf<typeof Counts>;
