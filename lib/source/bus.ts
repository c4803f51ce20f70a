import { Observable, type Observer, type Subscriber, throwError } from 'rxjs';

/** How much one publication may set off. @category source */
export interface BusOptions {
  /**
   * Publications that one publication may set off, in the turn in which its
   * observers hear of it, at most: 0 allows none, `Infinity` any number.
   *
   * @default 1000
   */
  readonly maxNested?: number;
}

/** A publish side and the events that come of it. @category source */
export interface Bus<T> {
  /** What is published from the subscription on. Completes or errors with the bus, at once when that is over. */
  readonly events: Observable<T>;
  /**
   * Hands a value to all who observe now, before it returns, or after what is
   * being published, where an observer is who publishes. Tells whether it was
   * taken: `false` once the bus is over.
   *
   * @throws RangeError when observers publish in reaction to one another without an end.
   */
  publish(value: T): boolean;
  /** Completes the events, after what is being published. */
  end(): void;
  /** Fails the events, after what is being published. */
  fail(error: unknown): void;
}

type Word<T> = (observer: Observer<T>) => void;

interface Delivery<T> {
  readonly word: Word<T>;
  readonly to: readonly Subscriber<T>[];
}

/**
 * Makes the publish side of a stream: code calls `publish`, observers get events.
 *
 * An RxJS `Subject` does that, too, until an observer publishes in reaction to
 * an event: then the observers after it get the reaction first and the event that
 * it came of last. Here what is published meanwhile waits its turn, so that all
 * observers get all events in one order, that of the calls.
 *
 * ```text
 * published            -a----b--|    (the first observer publishes x when it gets a)
 * each observer gets   -(ax)-b--|
 * ```
 *
 * Buffers nothing: who subscribes gets what is published afterwards. An observer
 * that throws ends nobody else: a `Subscriber` gets the error as its own, and what
 * RxJS catches in a plain observer it reports as unhandled, as it does everywhere.
 *
 * @example What a program publishes is a feed's source
 * const paid = bus<EventOf<typeof Orders>>();
 * const orders = feed(Orders, { source: paid.events });
 * paid.publish(Orders.OrderPaid({ order: 'A-17', user: 'ann', total: 5 }));
 *
 * @throws RangeError at once, when `maxNested` is below 0.
 * @see feed and its `publish` where events are to be remembered, too.
 * @category source
 */
export function bus<T>({ maxNested = 1000 }: BusOptions = {}): Bus<T> {
  if (!(maxNested >= 0)) throw new RangeError(`bus: maxNested must be 0 or more, got ${maxNested}`);
  const observers = new Set<Subscriber<T>>();
  /** Those of now, for what is published now; made anew after one came or left. */
  let present: readonly Subscriber<T>[] | undefined;
  let deliveries: Delivery<T>[] = [];
  let last: Word<T> | undefined;
  let isDelivering = false;
  let nested = 0;

  const events = new Observable<T>((subscriber) => {
    if (last !== undefined) return last(subscriber);
    observers.add(subscriber);
    present = undefined;
    subscriber.add(() => {
      observers.delete(subscriber);
      present = undefined;
    });
  });

  function publish(value: T): boolean {
    if (last !== undefined) return false;
    if (isDelivering && ++nested > maxNested) {
      throw new RangeError(`bus: one publication set off more than ${maxNested} others: break the circle of observers`);
    }
    say((observer) => observer.next(value));
    return true;
  }

  function finish(word: Word<T>): void {
    if (last !== undefined) return;
    last = word;
    say(word);
  }

  function say(word: Word<T>): void {
    present ??= [...observers];
    deliveries.push({ word, to: present });
    if (isDelivering) return;
    isDelivering = true;
    // Grows while it is walked, by what observers publish.
    for (const { word, to } of deliveries) for (const observer of to) deliver(word, observer);
    isDelivering = false;
    deliveries = [];
    nested = 0;
  }

  return {
    events,
    publish,
    end: () => finish((observer) => observer.complete()),
    fail: (error) => finish((observer) => observer.error(error)),
  };
}

/** One that throws keeps nobody from what was published. */
function deliver<T>(word: Word<T>, observer: Subscriber<T>): void {
  try {
    word(observer);
  } catch (error) {
    if (observer.closed) return report(error);
    try {
      observer.error(error);
    } catch (another) {
      report(another);
    }
  }
}

/** What a teardown throws has no observer any more: RxJS is told, as of any error that nobody hears. */
function report(error: unknown): void {
  throwError(() => error).subscribe();
}
