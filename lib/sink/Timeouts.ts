import { LinkedListNode } from '../data/LinkedList.ts';
import { StreamTimeoutError } from '../error/StreamTimeoutError.ts';
import { clock } from '../time/clock.ts';
import { deadlinesOf } from '../time/Deadlines.ts';

/** How long a stream may be silent, and how long it may last, in ms. `Infinity` for ever. */
export interface TimeoutLimits {
  readonly first: number;
  readonly idle: number;
  readonly total: number;
}

const silences = deadlinesOf<Timeouts>({
  since: ({ heard }) => heard,
  due: (timeouts) => timeouts.silent(),
});

/** Stands in the line of those that may not last longer; the timeouts themselves stand in that of the silent ones. */
class Length extends LinkedListNode {
  readonly of: Timeouts;

  constructor(timeouts: Timeouts) {
    super();
    this.of = timeouts;
  }
}

const lengths = deadlinesOf<Length>({
  since: (length) => length.of.begun,
  due: (length) => length.of.tooLong(),
});

/** What a timeout looks at and ends. */
interface Timed {
  readonly isBusy: boolean;
  fail(error: unknown): void;
}

/** Ends a connection whose stream says nothing, or does not end, by the error that says so. */
export class Timeouts extends LinkedListNode {
  readonly begun = clock.now();
  /** When the last event came. */
  heard = this.begun;
  readonly #connection: Timed;
  readonly #limits: TimeoutLimits;
  readonly #length = new Length(this);
  #limit: 'first' | 'idle' = 'first';

  constructor(connection: Timed, limits: TimeoutLimits) {
    super();
    this.#connection = connection;
    this.#limits = limits;
    silences(limits.first)?.add(this);
    lengths(limits.total)?.add(this.#length);
  }

  /** An event came. */
  said(): void {
    this.heard = clock.now();
    if (this.#limit === 'idle') return silences(this.#limits.idle)?.restart(this);
    silences(this.#limits.first)?.remove(this);
    this.#limit = 'idle';
    silences(this.#limits.idle)?.add(this);
  }

  silent(): void {
    // It is the socket that is silent, and for that there is `stall`.
    if (this.#connection.isBusy) {
      this.heard = clock.now();
      silences(this.#limits[this.#limit])?.restart(this);
    } else this.#fail(this.#limit);
  }

  tooLong(): void {
    this.#fail('total');
  }

  over(): void {
    silences(this.#limits[this.#limit])?.remove(this);
    lengths(this.#limits.total)?.remove(this.#length);
  }

  #fail(limit: keyof TimeoutLimits): void {
    this.over();
    this.#connection.fail(new StreamTimeoutError(limit, this.#limits[limit]));
  }
}
