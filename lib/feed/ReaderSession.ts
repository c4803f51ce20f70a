import { noop } from 'rxjs';
import type { Contract } from '../event/events.ts';
import type { LogEnd, LogState } from '../log/EventLog.ts';
import type { StartOptions, StartPosition } from './startPosition.ts';
import type { ReadOptions } from './takeSnapshot.ts';

/** The key under which the context of a route holds its session. */
export const readerSession: unique symbol = Symbol.for('rxsse.session') as never;

/** The context of a route, as `feed.read` needs it; only a route creates one. @category feed */
export interface RouteContext {
  readonly [readerSession]: ReaderSession;
}

/** The start of a merge of feeds. */
export interface MergedStart {
  /** The numbering of what it emits, which starts with 1. */
  readonly epoch: string;
  /** Why the first feed that misses something misses it; otherwise how all of them start. */
  readonly reason: StartPosition['reason'];
  readonly positions: EntryPositions;
}

/** Translates the numbers of entries into the cursors of their reader. */
export interface EntryPositions {
  /** The reader has come to this number. */
  reach(sequence: number): void;
  /** The cursor of the last number that was reached. */
  readonly cursor: string;
}

/**
 * The request for which a feed is read through a pipeline: its cursor, and whether its connection takes more.
 *
 * The sink implements it for a connection; a feed that is read outside a route uses {@link unpacedSession}.
 */
export interface ReaderSession {
  /** The cursor that the reader sent. */
  readonly requestedCursor: string | undefined;
  readonly options: StartOptions;
  /** True where the response itself starts with the gap, so that the pipeline does not emit it. */
  readonly startsWithGap: boolean;
  /** Checks the socket. Returns true if it takes more, and everything before has been written. */
  checkReady(): boolean;
  /** Called when the route reads the feed; a route reads one feed. */
  readFeed(contract: Contract | undefined): void;
  /**
   * Called when the pipeline subscribes; `onFull` is called when its values have to wait for the socket, and `onReady`
   * when the socket takes more again.
   */
  onSubscribe(onReady: () => void, onFull: () => void): void;
  /** Called when the start position is known; `onStarted` is called when the response has started. */
  onPosition(position: StartPosition, state: LogState, onStarted: () => void): void;
  /** Called in place of `onPosition` where several feeds are read, when the start position of each is known. */
  onMerged(start: MergedStart, onStarted: () => void): void;
  /** Called before entries of another epoch are emitted. */
  enterEpoch(epoch: string): void;
  /** Called before the pipeline completes, with how the feed ended. */
  onEnd(logEnd: LogEnd): void;
  /** Ends the response because the server shuts down, after this frame and the wait for the reader. */
  endForShutdown(lastFrame: string, retry: number, done: () => void): void;
  /** Writes what the pipeline has emitted so far. */
  flush(): void;
}

/**
 * Returns the session of a context for a route that reads a feed; a route reads one.
 *
 * @throws TypeError for any other value.
 */
export function sessionReading(context: unknown, contract: Contract | undefined): ReaderSession {
  if (typeof context !== 'object' || context === null || !(readerSession in context)) {
    throw new TypeError('read: expected the context of a route; outside a route use events() or entries()');
  }
  const session = (context as RouteContext)[readerSession];
  session.readFeed(contract);
  return session;
}

/** Returns a session outside any route. It is always ready: only the pipeline itself sets the pace. */
export function unpacedSession({ from, snapshot }: ReadOptions<unknown>): ReaderSession {
  return {
    requestedCursor: undefined,
    options: { from: from ?? (snapshot === undefined ? 'live' : undefined), snapshot, gapPolicy: undefined },
    startsWithGap: false,
    checkReady: () => true,
    readFeed: noop,
    onSubscribe: noop,
    onPosition: (_position, _state, onStarted) => onStarted(),
    onMerged: noop,
    enterEpoch: noop,
    onEnd: noop,
    endForShutdown: (_lastFrame, _retry, done) => done(),
    flush: noop,
  };
}
