import { PositionError } from '../error/PositionError.ts';
import type { Contract } from '../event/events.ts';
import type { Gap } from '../event/Gap.ts';
import type { ReaderSession } from '../feed/ReaderSession.ts';
import type { StartOptions, StartPosition } from '../feed/startPosition.ts';
import type { LogEnd, LogState } from '../log/EventLog.ts';
import type { Connection } from './Connection.ts';
import { EntryEncoder } from './EntryEncoder.ts';
import { feedPreamble, type Preamble } from './preamble.ts';
import type { Route } from './Route.ts';
import type { StreamWriter } from './StreamWriter.ts';
import { feedHasPositions } from './Wire.ts';

const readOnce = 'read: expected one subscription, made by the route itself after the handler has returned';

/**
 * Starts the response of a stream: at once, or, where the stream reads a feed by `feed.read`, when the position in the
 * feed is known.
 */
export class PipelineSession implements ReaderSession {
  readonly requested: string | undefined;
  readonly startsWithGap = true;
  /** The writer of the pipeline; `undefined` until just before it is subscribed. */
  writer: StreamWriter | undefined;
  /** The start of the response, once the start position is known. */
  preamble: Preamble | undefined;
  readonly #route: Route;
  readonly #connection: Connection;
  readonly #onGap: (gap: Gap['data']) => void;
  /** True from `start` on: the response starts as soon as its preamble is known. */
  #mayStart = false;
  #onReady: (() => void) | undefined;
  #onStarted: (() => void) | undefined;
  #encoder: EntryEncoder | undefined;

  /** @param onGap notified of each gap that the pipeline sends */
  constructor(route: Route, connection: Connection, requested: string | undefined, onGap: (gap: Gap['data']) => void) {
    this.#route = route;
    this.#connection = connection;
    this.requested = requested;
    this.#onGap = onGap;
  }

  /** True while the start position of a feed is being looked up. */
  get isPending(): boolean {
    return this.#onReady !== undefined && this.preamble === undefined;
  }

  /** The encoder of a pipeline over a feed; `undefined` where the handler reads none. */
  get encoder(): EntryEncoder | undefined {
    return this.#encoder;
  }

  /** True if the handler reads a feed. */
  get isClaimed(): boolean {
    return this.#encoder !== undefined;
  }

  get options(): StartOptions {
    return this.#route.startOptions;
  }

  get isReady(): boolean {
    const { writer } = this;
    if (writer === undefined || this.#connection.isClosed) return false;
    if (!writer.isReady) writer.onReady = this.#onReady;
    return writer.isReady;
  }

  claim(contract: Contract | undefined): void {
    const { options, limits, encodings, wire } = this.#route;
    const { writer } = this;
    if (wire.hasOwnIds) throw new TypeError(feedHasPositions);
    if (this.isClaimed) throw new TypeError('read: a route reads one feed, and this one reads a second');
    if (this.#mayStart) throw new TypeError(readOnce);
    if (writer?.hasWritten) {
      throw new PositionError('the stream emitted an event before feed.read, so that the event has no position');
    }
    this.#encoder = new EntryEncoder(options.events ?? contract, limits.maxEventBytes, wire, encodings, this.#onGap);
    if (writer !== undefined) writer.encoder = this.#encoder;
  }

  open(onReady: () => void, onFull: () => void): void {
    if (this.writer === undefined || this.#mayStart || this.#onReady !== undefined) throw new TypeError(readOnce);
    this.#onReady = onReady;
    this.writer.onFull = onFull;
  }

  positioned(found: StartPosition, state: LogState, started: () => void): void {
    this.preamble = feedPreamble(this.#route, found, state.epoch);
    this.#encoder?.start(state.epoch, found.after);
    this.#onStarted = started;
    if (this.#mayStart) this.start();
  }

  /** Starts the response: at once, or when the start position is known. Called up to `maxHeadDelay` after subscribing. */
  start(): void {
    this.#mayStart = true;
    this.writer?.flush();
    if (this.#connection.isWaiting) return;
    const started = this.#onStarted;
    this.#onStarted = undefined;
    started?.();
  }

  enterEpoch(epoch: string): void {
    this.#encoder?.follow(epoch);
  }

  ending(how: LogEnd): void {
    if (how === 'failed') this.#encoder?.fail();
  }

  disconnect(lastFrame: string, retry: number, done: () => void): void {
    this.#connection.disconnect(lastFrame, retry, done);
  }

  flush(): void {
    this.writer?.flush();
  }
}
