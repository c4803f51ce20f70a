import { PositionError } from '../error/PositionError.ts';
import type { Contract } from '../event/events.ts';
import type { Gap } from '../event/Gap.ts';
import type { ReaderSession } from '../feed/ReaderSession.ts';
import type { StartOptions, StartPosition } from '../feed/startPosition.ts';
import type { LogEnd, LogState } from '../log/EventLog.ts';
import type { Connection } from './Connection.ts';
import { EntryEncoder } from './EntryEncoder.ts';
import type { Opening } from './Opening.ts';
import { placedOpening } from './preamble.ts';
import type { Route } from './Route.ts';
import type { StreamWriter } from './StreamWriter.ts';

const readOnce = 'read: expected one subscription, made by the route itself when the handler has returned';

/** One request, to a feed that is read through a pipeline of the route's own. */
export class PipelineSession implements ReaderSession {
  readonly requested: string | undefined;
  readonly startsWithGap = true;
  /** Carries the pipeline; there is none where the route mounts a feed itself. */
  writer: StreamWriter | undefined;
  opening: Opening | undefined;
  /** The stream is subscribed, so that errors of it can no longer be answered before the head. */
  subscribed = false;
  readonly #route: Route;
  readonly #connection: Connection;
  readonly #missed: (gap: Gap['data']) => void;
  #resume: (() => void) | undefined;
  #begun: (() => void) | undefined;
  #placing: EntryEncoder | undefined;

  /** @param missed hears what the pipeline tells its reader that it missed. */
  constructor(route: Route, connection: Connection, requested: string | undefined, missed: (gap: Gap['data']) => void) {
    this.#route = route;
    this.#connection = connection;
    this.requested = requested;
    this.#missed = missed;
  }

  /** A feed is being read whose place is not known yet. */
  get isPending(): boolean {
    return this.#resume !== undefined && this.opening === undefined;
  }

  /** What gives the events of a pipeline over a feed their places. */
  get placing(): EntryEncoder | undefined {
    return this.#placing;
  }

  /** The route reads a feed through a pipeline. */
  get isClaimed(): boolean {
    return this.#placing !== undefined;
  }

  get options(): StartOptions {
    return this.#route.startOptions;
  }

  get isReady(): boolean {
    const { writer } = this;
    if (writer === undefined || this.#connection.isClosed) return false;
    if (!writer.isReady) writer.waiting = this.#resume;
    return writer.isReady;
  }

  claim(contract: Contract | undefined): void {
    const { writer } = this;
    if (this.isClaimed) throw new TypeError('read: a route reads one feed, and this one reads a second');
    if (this.subscribed) throw new TypeError(readOnce);
    if (writer?.hasSpoken) throw new PositionError('an event came before feed.read, and so it has no position');
    this.#placing = new EntryEncoder(this.#route.options.events ?? contract, this.#route, this.#missed);
    if (writer !== undefined) writer.blocks = this.#placing;
  }

  open(resume: () => void): void {
    if (this.writer === undefined || this.subscribed || this.#resume !== undefined) throw new TypeError(readOnce);
    this.#resume = resume;
  }

  positioned(place: StartPosition, state: LogState, begun: () => void): void {
    this.opening = placedOpening(this.#route, place, state.epoch);
    this.#placing?.begin(state.epoch, place.after);
    this.#begun = begun;
    if (this.subscribed) this.begin();
  }

  /** The response begins: at once, or when the place in the feed is known. */
  begin(): void {
    this.subscribed = true;
    this.writer?.flush();
    if (this.#connection.isWaiting) return;
    const begun = this.#begun;
    this.#begun = undefined;
    begun?.();
  }

  enterEpoch(epoch: string): void {
    this.#placing?.follow(epoch);
  }

  ending(how: LogEnd): void {
    if (how === 'failed') this.#placing?.fail();
  }

  disconnect(last: string, gone: () => void): void {
    this.#connection.disconnect(last, gone);
  }

  flush(): void {
    this.writer?.flush();
  }
}
