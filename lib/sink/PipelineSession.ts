import { PositionError } from '../error/PositionError.ts';
import type { Contract } from '../event/events.ts';
import type { Gap } from '../event/Gap.ts';
import type { MergedStart, ReaderSession } from '../feed/ReaderSession.ts';
import type { StartOptions, StartPosition } from '../feed/startPosition.ts';
import type { LogEnd, LogState } from '../log/EventLog.ts';
import type { Connection } from './Connection.ts';
import { EntryEncoder } from './EntryEncoder.ts';
import { feedPreamble, mergedPreamble, type Preamble, refuseFailed } from './preamble.ts';
import type { Route } from './Route.ts';
import type { StreamWriter } from './StreamWriter.ts';
import { feedHasPositions } from './Wire.ts';

const readOnce =
  'read: expected one subscription, made when the route subscribes to the stream that its function returned; ' +
  'state that takes time to load is a snapshot: feed.read(context, { snapshot: async () => [...] })';

/**
 * Starts the response of a stream: at once, or, where the stream reads a feed by `feed.read`, when the position in the
 * feed is known.
 */
export class PipelineSession implements ReaderSession {
  readonly requestedCursor: string | undefined;
  readonly options: StartOptions;
  readonly startsWithGap = true;
  /** The writer of the pipeline; `undefined` until just before it is subscribed. */
  writer: StreamWriter | undefined;
  /** The start of the response, once the start position is known. */
  preamble: Preamble | undefined;
  readonly #route: Route;
  readonly #connection: Connection;
  readonly #onGap: (gap: Gap['data']) => void;
  /** True from `startResponse` on: the response starts as soon as its preamble is known. */
  #mayStart = false;
  #onReady: (() => void) | undefined;
  #onStarted: (() => void) | undefined;
  #encoder: EntryEncoder | undefined;

  /** @param onGap notified of each gap that the pipeline sends */
  constructor(
    route: Route,
    connection: Connection,
    requested: string | undefined,
    options: StartOptions,
    onGap: (gap: Gap['data']) => void,
  ) {
    this.#route = route;
    this.#connection = connection;
    this.requestedCursor = requested;
    this.options = options;
    this.#onGap = onGap;
  }

  /** True while the start position of a feed is being looked up. */
  get isPending(): boolean {
    return this.#onReady !== undefined && this.preamble === undefined;
  }

  /** The encoder of a pipeline over a feed; `undefined` where the stream reads none. */
  get encoder(): EntryEncoder | undefined {
    return this.#encoder;
  }

  /** True if the stream reads a feed. */
  get readsFeed(): boolean {
    return this.#encoder !== undefined;
  }

  checkReady(): boolean {
    const { writer } = this;
    if (writer === undefined || this.#connection.hasEnded) return false;
    const isReady = writer.checkReady();
    if (!isReady) writer.onReady = this.#onReady;
    return isReady;
  }

  readFeed(contract: Contract | undefined): void {
    const { options, encodings, wire } = this.#route;
    const { writer } = this;
    if (wire.hasOwnIds) throw new TypeError(feedHasPositions);
    if (this.readsFeed) throw new TypeError('read: a route reads one feed, and this one reads a second');
    if (this.#mayStart) throw new TypeError(readOnce);
    if (writer?.hasWritten) {
      throw new PositionError('the stream emitted an event before feed.read, so that the event has no position');
    }
    this.#encoder = new EntryEncoder(options.events ?? contract, wire, encodings, this.#onGap);
    if (writer !== undefined) writer.encoder = this.#encoder;
  }

  onSubscribe(onReady: () => void, onFull: () => void): void {
    if (this.writer === undefined || this.#mayStart || this.#onReady !== undefined) throw new TypeError(readOnce);
    this.#onReady = onReady;
    this.writer.onFull = onFull;
  }

  onPosition(position: StartPosition, state: LogState, onStarted: () => void): void {
    if (refuseFailed(this.#connection, this.#route, position, state)) return;
    this.preamble = feedPreamble(this.#route, position, state);
    // With a snapshot the reader starts one sequence earlier: the last event of the snapshot has its position.
    const { afterSequence, snapshot } = position;
    this.#encoder?.setStartPosition(state.epoch, snapshot === undefined ? afterSequence : afterSequence - 1);
    this.#onStarted = onStarted;
    if (this.#mayStart) this.startWhenPositioned();
  }

  onMerged({ epoch, reason, positions }: MergedStart, onStarted: () => void): void {
    this.preamble = mergedPreamble(this.#route, positions.cursor, reason);
    this.#encoder?.setStartPosition(epoch, 0, positions);
    this.#onStarted = onStarted;
    if (this.#mayStart) this.startWhenPositioned();
  }

  /** Starts the response: at once, or when the start position is known. Called up to `maxHeadDelay` after subscribing. */
  startWhenPositioned(): void {
    this.#mayStart = true;
    this.writer?.flush();
    if (this.#connection.state === 'waiting') return;
    const onStarted = this.#onStarted;
    this.#onStarted = undefined;
    onStarted?.();
  }

  enterEpoch(epoch: string): void {
    this.#encoder?.startEntries(epoch);
  }

  onEnd(logEnd: LogEnd): void {
    if (logEnd === 'failed') this.#encoder?.fail();
  }

  endForShutdown(lastFrame: string, retry: number, done: () => void): void {
    this.#connection.endForShutdown(lastFrame, retry, done);
  }

  flush(): void {
    this.writer?.flush();
  }
}
