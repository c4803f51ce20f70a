import { LinkedListNode } from '../data/LinkedList.ts';
import { StreamTimeoutError } from '../error/StreamTimeoutError.ts';
import { clock } from '../time/clock.ts';
import { sharedTimers } from '../time/SharedTimer.ts';

/** How long a stream may take, in milliseconds. Each is above 0; `Infinity` is no limit. @category sink */
export interface TimeoutOptions {
  /** From the head of the response to the first event. @default Infinity */
  readonly first?: number;
  /** From each event to the next. @default Infinity */
  readonly idle?: number;
  /** From the head of the response to the end of the stream. @default Infinity */
  readonly total?: number;
}

type TimeoutLimits = Required<TimeoutOptions>;

/** The streams that wait for their next event, by the wait in milliseconds. */
const nextEventWithin = sharedTimers<Timeouts>({
  since: ({ lastEvent }) => lastEvent,
  due: (timeouts) => timeouts.onSilence(),
});

/** The streams that have to end, by their longest duration in milliseconds. */
const endWithin = sharedTimers<StreamEnd>({
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

/** Fails a stream with a `StreamTimeoutError` when it emits nothing, or does not end, for too long. */
export class Timeouts extends LinkedListNode {
  readonly startedAt = clock.now();
  lastEvent = this.startedAt;
  readonly #limits: TimeoutLimits;
  readonly #isBusy: () => boolean;
  readonly #fail: (error: unknown) => void;
  readonly #end = new StreamEnd(this);
  #limit: 'first' | 'idle' = 'first';

  /** @param isBusy returns true while the stream cannot write, because the socket is full */
  constructor(limits: TimeoutLimits, isBusy: () => boolean, fail: (error: unknown) => void) {
    super();
    this.#limits = limits;
    this.#isBusy = isBusy;
    this.#fail = fail;
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
    if (this.#isBusy()) {
      this.lastEvent = clock.now();
      nextEventWithin(this.#limits[this.#limit])?.restart(this);
    } else this.#onTimeout(this.#limit);
  }

  onTotal(): void {
    this.#onTimeout('total');
  }

  stop(): void {
    nextEventWithin(this.#limits[this.#limit])?.remove(this);
    endWithin(this.#limits.total)?.remove(this.#end);
  }

  #onTimeout(limit: keyof TimeoutLimits): void {
    this.stop();
    this.#fail(new StreamTimeoutError(limit, this.#limits[limit]));
  }
}
