import { Observable } from 'rxjs';
import { kindOf } from '../data/kindOf.ts';
import { type CheckedMakers, type Emitter, listenTo, type MadeBy, type Makers } from './Emitter.ts';

/** Which events of an emitter end the stream. @category source */
export interface FromEmitterOptions {
  /** Events that complete it: one name or several. @default none */
  readonly end?: string | readonly string[];
  /**
   * Events that error it, with their first argument: one name or several.
   *
   * @default 'error' of a Node emitter, which else ends the process; none of an `EventTarget`
   */
  readonly error?: string | readonly string[];
}

/**
 * Makes an Observable of an emitter's events: each named one becomes what its
 * function makes of the listener's arguments.
 *
 * Where the emitter's type says what its listeners are called with (overloads of
 * `on`, a DOM object's `onmessage`), the functions know it. That of a typed Node
 * `EventEmitter` says it only to who asks, so state the parameters: they are checked.
 *
 * ```text
 * emitter        --p-x-s---p---|    (p and s have a function; at | it emits what the option `end` names)
 * fromEmitter    --P---S---P---|
 * ```
 *
 * Emits in the turn of the emitter's own, and holds nothing: what was emitted
 * before the subscription is gone. Its listeners are removed in the turn in which
 * the stream is left or over. Errors with what a function throws.
 *
 * @example Typed events of an emitter's own
 * const shop = new EventEmitter<{ paid: [order: string, total: number] }>();
 * const OrderPaid = event('order.paid', { order: t.string, total: t.number });
 * const paid = fromEmitter(shop, { paid: (order: string, total: number) => OrderPaid({ order, total }) });
 *
 * @example The messages of a socket, to its close
 * const texts = fromEmitter(socket, { message: ({ data }) => String(data) }, { end: 'close', error: 'error' });
 *
 * @throws TypeError at once, for what is no emitter, and for a maker that is no function.
 * @see RxJS `fromEvent` for one name, and for lists of DOM nodes.
 * @category source
 */
export function fromEmitter<E extends Emitter, M extends Makers<E, M>>(
  emitter: E,
  makers: M & CheckedMakers<E, M>,
  options: FromEmitterOptions = {},
): Observable<MadeBy<M>> {
  if (!isEmitter(emitter)) throw new TypeError(`fromEmitter: expected an emitter, got ${kindOf(emitter)}`);
  const made = Object.entries<unknown>(makers).map(([name, make]) => [name, checked(name, make)] as const);
  const ends = namesIn(options.end);
  const errors = namesIn(options.error ?? ('on' in emitter && !('error' in makers) ? 'error' : undefined));

  return new Observable<unknown>((subscriber) => {
    const listen = (name: string, listener: (...heard: unknown[]) => void): void => {
      // One that calls its listeners while it takes them may have ended it.
      if (!subscriber.closed) subscriber.add(listenTo(emitter, name, listener));
    };
    for (const name of errors) listen(name, (error) => subscriber.error(error));
    for (const [name, make] of made) {
      listen(name, (...heard) => {
        // Emitters go on through the listeners of one event, also those that another has just removed.
        if (subscriber.closed) return;
        let value: unknown;
        try {
          value = make(...heard);
        } catch (error) {
          return subscriber.error(error);
        }
        subscriber.next(value);
      });
    }
    // After the makers, so that what ends the stream can be its last event.
    for (const name of ends) listen(name, () => subscriber.complete());
  }) as Observable<MadeBy<M>>;
}

function isEmitter(value: unknown): value is Emitter {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  return ['on', 'off'].every((name) => name in value) || ['add', 'remove'].every((n) => `${n}EventListener` in value);
}

function checked(name: string, make: unknown): (...heard: unknown[]) => unknown {
  if (typeof make === 'function') return make as (...heard: unknown[]) => unknown;
  throw new TypeError(`fromEmitter: ${name}: expected a function, got ${kindOf(make)}`);
}

function namesIn(given: string | readonly string[] | undefined): readonly string[] {
  if (given === undefined) return [];
  return typeof given === 'string' ? [given] : given;
}
