import { Observable } from 'rxjs';
import { checkFunction } from '../data/check.ts';
import { checkOptions } from '../data/checkOptions.ts';
import { kindOf } from '../data/kindOf.ts';
import { type CheckedMakers, type Emitter, listenTo, type MadeBy, type Makers } from './Emitter.ts';

/** The events of an emitter that end the stream. @category source */
export interface FromEmitterOptions {
  /** The events that complete the stream: one name or several. @default none */
  readonly end?: string | readonly string[];
  /**
   * The events that error the stream with their first argument: one name or several.
   *
   * @default 'error' for a Node emitter, where an unhandled one ends the process; none for an `EventTarget`
   */
  readonly error?: string | readonly string[];
}

/**
 * Makes an Observable of several events of an emitter, with one function for each
 * event that makes a value of its arguments.
 *
 * Use it for emitters with more than one event. Where the type of the emitter declares
 * the arguments of its listeners (overloads of `on`, `onmessage` of a DOM object), the
 * parameters are inferred. For a typed Node `EventEmitter` annotate them: they are
 * checked.
 *
 * ```text
 * emitter        --p-x-s---p---|    (p and s have a function; | is an event named by the option `end`)
 * fromEmitter    --P---S---P---|
 * ```
 *
 * Emits synchronously with the emitter and holds nothing: events before the
 * subscription are lost. Completes and errors with the events of `end` and `error`;
 * what a function throws errors the stream. Its listeners are removed in the turn in
 * which the stream ends or is unsubscribed from.
 *
 * @example Typed events from an EventEmitter
 * const shop = new EventEmitter<{ paid: [order: string, total: number] }>();
 * const OrderPaid = event('order.paid', { order: t.string, total: t.number });
 * const paid = fromEmitter(shop, { paid: (order: string, total: number) => OrderPaid({ order, total }) });
 *
 * @example The messages of a WebSocket until it closes
 * const texts = fromEmitter(socket, { message: ({ data }) => String(data) }, { end: 'close', error: 'error' });
 *
 * @throws TypeError at once, for a value that is not an emitter, and for a maker that is not a function.
 * @see RxJS `fromEvent` for one event, and for lists of DOM nodes.
 * @category source
 */
export function fromEmitter<E extends Emitter, M extends Makers<E, M>>(
  emitter: E,
  makers: M & CheckedMakers<E, M>,
  options: FromEmitterOptions = {},
): Observable<MadeBy<M>> {
  if (!isEmitter(emitter))
    throw new TypeError(
      `fromEmitter: emitter must have on and off, or addEventListener and removeEventListener, got ${kindOf(emitter)}`,
    );
  checkOptions('fromEmitter', options, { end: 'string or object', error: 'string or object' });
  const makersByName = Object.entries<(...args: unknown[]) => unknown>(makers);
  for (const [name, make] of makersByName) checkFunction(`fromEmitter: ${name}`, make);
  const ends = namesIn(options.end);
  const errors = namesIn(options.error ?? ('on' in emitter && !('error' in makers) ? 'error' : undefined));

  return new Observable<unknown>((subscriber) => {
    const listen = (name: string, listener: (...args: unknown[]) => void): void => {
      // An emitter that emits while listeners are added may have ended the stream.
      if (!subscriber.closed) subscriber.add(listenTo(emitter, name, listener));
    };
    for (const name of errors) listen(name, (error) => subscriber.error(error));
    for (const [name, make] of makersByName) {
      listen(name, (...args) => {
        // An emitter calls all listeners of an event, also those that were removed meanwhile.
        if (subscriber.closed) return;
        let value: unknown;
        try {
          value = make(...args);
        } catch (error) {
          return subscriber.error(error);
        }
        subscriber.next(value);
      });
    }
    // After the makers, so that the event that ends the stream can be its last value too.
    for (const name of ends) listen(name, () => subscriber.complete());
  }) as Observable<MadeBy<M>>;
}

function isEmitter(value: unknown): value is Emitter {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  return ['on', 'off'].every((name) => name in value) || ['add', 'remove'].every((n) => `${n}EventListener` in value);
}

function namesIn(names: string | readonly string[] | undefined): readonly string[] {
  if (names === undefined) return [];
  return typeof names === 'string' ? [names] : names;
}
