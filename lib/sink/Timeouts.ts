import { LinkedListNode } from '../data/LinkedList.ts';
import { StreamTimeoutError } from '../error/StreamTimeoutError.ts';
import { clock } from '../time/clock.ts';
import { deadlinesOf } from '../time/Deadlines.ts';
import type { Connection } from './Connection.ts';

/** The bounds of the option `timeout`, in milliseconds. `Infinity` is no bound. */
export interface TimeoutLimits {
  readonly first: number;
  readonly idle: number;
  readonly total: number;
}

/** The streams that wait for their next event, by the wait in milliseconds. */
const nextEventWithin = deadlinesOf<Timeouts>({
  since: ({ lastEvent }) => lastEvent,
  due: (timeouts) => timeouts.onSilence(),
});

/** The streams that have to end, by their longest duration in milliseconds. */
const endWithin = deadlinesOf<StreamEnd>({
  since: ({ timeouts }) => timeouts.startedAt,
  due: ({ timeouts }) => timeouts.onTotal(),
});

/** A node for `endWithin`; a `Timeouts` itself is a node of `nextEventWithin`. */
class StreamEnd extends LinkedListNode {
  readonly timeouts: Timeouts;

  constructor(timeouts: Timeouts) {
    super();
    this.timeouts = timeouts;
  }
}

/** Ends a connection by a `StreamTimeoutError` when its stream emits nothing, or does not end, for too long. */
export class Timeouts extends LinkedListNode {
  readonly startedAt = clock.now();
  lastEvent = this.startedAt;
  readonly #connection: Connection;
  readonly #limits: TimeoutLimits;
  readonly #end = new StreamEnd(this);
  #limit: 'first' | 'idle' = 'first';

  constructor(connection: Connection, limits: TimeoutLimits) {
    super();
    this.#connection = connection;
    this.#limits = limits;
    nextEventWithin(limits.first)?.add(this);
    endWithin(limits.total)?.add(this.#end);
  }

  /** An event was sent. */
  onEvent(): void {
    this.lastEvent = clock.now();
    if (this.#limit === 'idle') return nextEventWithin(this.#limits.idle)?.restart(this);
    nextEventWithin(this.#limits.first)?.remove(this);
    this.#limit = 'idle';
    nextEventWithin(this.#limits.idle)?.add(this);
  }

  onSilence(): void {
    // While the socket is full the stream is not to blame: that is for the stall timeout.
    if (this.#connection.isBusy) {
      this.lastEvent = clock.now();
      nextEventWithin(this.#limits[this.#limit])?.restart(this);
    } else this.#fail(this.#limit);
  }

  onTotal(): void {
    this.#fail('total');
  }

  stop(): void {
    nextEventWithin(this.#limits[this.#limit])?.remove(this);
    endWithin(this.#limits.total)?.remove(this.#end);
  }

  #fail(limit: keyof TimeoutLimits): void {
    this.stop();
    this.#connection.writer?.fail(new StreamTimeoutError(limit, this.#limits[limit]));
  }
}
