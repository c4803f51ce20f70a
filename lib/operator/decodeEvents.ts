import { Observable, type OperatorFunction } from 'rxjs';
import { checkOneOf } from '../data/check.ts';
import { checkOptions } from '../data/checkOptions.ts';
import type { DecodeError } from '../error/DecodeError.ts';
import { hasTag } from '../error/RxsseError.ts';
import { decodeEvent } from '../event/decodeEvent.ts';
import { type Entry, isEntry } from '../event/Entry.ts';
import { type Contract, type EventOf, isContract } from '../event/events.ts';
import type { Gap } from '../event/Gap.ts';
import { isControl, positionOnly, withEvent } from './EventIn.ts';
import { listen } from './listen.ts';

/** A value of a stream whose event was decoded. @category operator */
type Decoded<T, C extends Contract> = T extends Entry<infer E> ? Entry<EventOf<C> | Extract<E, Gap>> : EventOf<C>;

/** Says what is done with an event that cannot be decoded. @category operator */
export interface DecodeEventsOptions {
  /**
   * `'fail'` errors the stream. A function is called with the error and the event is dropped; what the function throws
   * errors the stream.
   */
  readonly onInvalid: 'fail' | ((error: DecodeError) => void);
}

/**
 * Decodes values from outside to the typed events of a contract.
 *
 * Use it for a queue, a socket or another service. It accepts `{ type, data }`, its
 * JSON text, or a `Message` of `rxsse/wire`, and decodes by the name. An invalid
 * event is dropped, and its {@link DecodeError} says by path what is wrong.
 *
 * ```text
 * source          -a-x-b--|     (x is no event of the contract)
 * decodeEvents    -A---B--|
 * ```
 *
 * Events that were made by a definition of the contract pass unchanged. An invalid
 * event in an entry leaves a position-only entry. Completes and errors with the
 * source. Holds nothing.
 *
 * @example Orders from a queue with unknown content
 * declare const messages: Observable<string>;
 * const paid = messages.pipe(decodeEvents(Orders, { onInvalid: ({ issues }) => console.warn(issues) }));
 *
 * @throws TypeError at once, for a contract that was not made by `events`, and without `onInvalid`.
 * @see RxJS `map`, in which a decoder that throws ends the stream.
 * @category operator
 */
export function decodeEvents<C extends Contract, T = unknown>(
  contract: C,
  options: DecodeEventsOptions,
): OperatorFunction<T, Decoded<T, C>> {
  if (!isContract(contract)) throw new TypeError('decodeEvents: contract must be made by events({ ... })');
  checkOptions('decodeEvents', options, { onInvalid: '' });
  const { onInvalid } = options;
  if (typeof onInvalid !== 'function') checkOneOf('decodeEvents: onInvalid', onInvalid, ['fail'], 'a function');

  return (source) =>
    new Observable((subscriber) => {
      listen(source, subscriber, {
        next: (value) => {
          const decoded = decode(contract, value, onInvalid);
          if (decoded !== undefined) subscriber.next(decoded as Decoded<T, C>);
        },
      });
    });
}

/** Returns the value to emit; `undefined` for none. */
function decode(contract: Contract, value: unknown, onInvalid: DecodeEventsOptions['onInvalid']): unknown {
  // A gap outside an entry comes from outside, and is decoded like any other value.
  const hasPosition = isEntry(value);
  if (hasPosition && isControl(value)) return value;
  try {
    return withEvent(value, decodeEvent(contract, hasPosition ? value.event : value));
  } catch (error) {
    if (!hasTag<DecodeError>(error, 'DecodeError') || onInvalid === 'fail') throw error;
    onInvalid(error);
    return positionOnly(value);
  }
}
