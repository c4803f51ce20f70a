import type { Contract } from '../event/events.ts';
import type { LogEnd, LogState } from '../log/EventLog.ts';
import type { StartOptions, StartPosition } from './startPosition.ts';

/** Under this, the context of a route keeps what a feed needs of the connection. */
export const readerSession: unique symbol = Symbol('rxsse.visit');

/**
 * One request, to a feed that is read through a pipeline: which cursor it came
 * with, and whether its socket takes more.
 */
export interface ReaderSession {
  readonly requested: string | undefined;
  readonly placement: StartOptions;
  /** The response itself says at its beginning what is missing. */
  readonly opensWithGap: boolean;
  /** The socket takes more, and what it was given before has been written. */
  readonly isReady: boolean;
  /** The route reads a feed of these events; it reads one. */
  claim(contract: Contract | undefined): void;
  /** Announces the reader: it is told when the socket takes more again. */
  enter(ready: () => void): void;
  /** The place is found; calls back when the response has begun. */
  placed(place: StartPosition, state: LogState, begun: () => void): void;
  /** What is given from here on is of this epoch. */
  follow(epoch: string): void;
  /** The feed is over, and how; completion follows. */
  ending(how: LogEnd): void;
  /** The server shuts down: the reader is to leave with these last blocks. */
  drain(last: string, gone: () => void): void;
  /** Writes what the pipeline has made so far. */
  flush(): void;
}

/** The context of a route, as `feed.read` needs it: only a route makes one. @category feed */
export interface RouteContext {
  readonly [readerSession]: ReaderSession;
}
