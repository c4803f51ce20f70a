import { Observable, type OperatorFunction } from 'rxjs';
import { kindOf } from '../data/kindOf.ts';
import { DecodeError } from '../error/DecodeError.ts';
import { decodeEvent } from '../event/decodeEvent.ts';
import { Entry } from '../event/Entry.ts';
import { type Contract, type EventOf, isContract } from '../event/events.ts';
import type { Gap } from '../event/Gap.ts';
import { isForReader, placeOnly, withEvent } from './EventIn.ts';
import { listen } from './listen.ts';

/** A value of a stream whose event was decoded. @category operator */
export type Decoded<T, C extends Contract> =
  T extends Entry<infer E> ? Entry<EventOf<C> | Extract<E, Gap>> : EventOf<C>;

/**
 * What is done about a bad event: `'fail'` ends the stream; with a function it is dropped, and the function hears of
 * it. What that throws is an error of the stream.
 *
 * @category operator
 */
export type BadEvents = 'fail' | ((error: DecodeError) => void);

/**
 * Makes typed events of what comes from outside, by a contract.
 *
 * For a queue, a socket, another service: takes `{ type, data }`, its JSON text, or
 * a `Message` of the wire, and decodes by the name. A bad event is not a broken
 * stream: it is dropped, and its {@link DecodeError} says by path what is wrong.
 *
 * ```text
 * source                  -a-x-b--|     (x of no event of the contract)
 * decodeEvents a report     -A---B--|
 * ```
 *
 * Events that a definition of the contract made pass as they are. In an entry a bad
 * one leaves its bare place. Completes and errors with the source.
 *
 * @example Orders from a queue, which may hold anything
 * declare const messages: Observable<string>;
 * const paid = messages.pipe(decodeEvents(Orders, ({ issues }) => console.warn(issues)));
 *
 * @throws TypeError at once, without a contract, or without saying what is done about a bad event.
 * @category operator
 */
export function decodeEvents<C extends Contract, T = unknown>(
  contract: C,
  onBad: BadEvents,
): OperatorFunction<T, Decoded<T, C>> {
  if (!isContract(contract)) throw new TypeError('decodeEvents: expected a contract made by events({ ... })');
  if (onBad !== 'fail' && typeof onBad !== 'function') {
    throw new TypeError(`decodeEvents: expected 'fail' or a function that hears of bad events, got ${kindOf(onBad)}`);
  }

  return (source) =>
    new Observable((subscriber) => {
      listen(source, subscriber, {
        next: (value) => {
          const passed = decoded(contract, value, onBad);
          if (passed !== undefined) subscriber.next(passed as Decoded<T, C>);
        },
      });
    });
}

/** What goes on of a value; `undefined` for nothing. */
function decoded(contract: Contract, value: unknown, onBad: BadEvents): unknown {
  // A gap outside an entry is what somebody says, and is judged like the rest.
  const isPlaced = value instanceof Entry;
  if (isPlaced && isForReader(value)) return value;
  try {
    return withEvent(value, decodeEvent(contract, isPlaced ? value.event : value));
  } catch (error) {
    if (!(error instanceof DecodeError) || onBad === 'fail') throw error;
    onBad(error);
    return placeOnly(value);
  }
}
