import { Observable, type OperatorFunction } from 'rxjs';
import { checkCount, checkFunction, checkNumber } from '../data/check.ts';
import { checkOptions } from '../data/checkOptions.ts';
import type { Entry } from '../event/Entry.ts';
import { pageEndOf } from '../event/PageEnd.ts';
import { Alarm } from '../time/Alarm.ts';
import { clock } from '../time/clock.ts';
import { type EventIn, eventIn, isControl, isPositionOnly, type WithEvent, withEvent } from './EventIn.ts';
import { listen } from './listen.ts';
import { SerializedObserver } from './SerializedObserver.ts';

/** The bounds of a group. At least one must be set; the first that is reached closes the group. @category operator */
export interface GroupedWithinOptions<E> {
  /** The largest number of events in a group. A whole number from 1. @default 10000 */
  readonly maxEvents?: number;
  /** The largest size of a group, as measured by `sizeOf`; a larger event is a group of its own. Above 0. @default Infinity: not measured */
  readonly maxBytes?: number;
  /**
   * The longest time from the first event of a group until the group is emitted, in milliseconds. 0 emits it at the end of
   * the turn of the event loop, without a timer. @default Infinity
   */
  readonly maxDelay?: number;
  /** Measures an event, where `maxBytes` is set. @default the length of its JSON text, of a string its own length */
  readonly sizeOf?: (event: E) => number;
}

/**
 * Collects events into groups, and never emits an empty one.
 *
 * Use it for what is expensive to do for each event: inserts, calls, renderings, or
 * the frames of a stream of tokens. The time counts from the first event of a group,
 * so no event waits longer than `maxDelay`. With `maxDelay: 0` a group has what was
 * emitted in one turn of the event loop: what arrived together, such as the tokens in
 * one packet of a model's response. An event that arrived alone is not delayed.
 *
 * ```text
 * source                                     -a-b-------c-d-e-f|
 * groupedWithin, maxEvents 3, maxDelay 6     -------g-------h--(i|)
 * ```
 *
 * Emits the open group before it completes or errors with the source; what `sizeOf`
 * throws errors the stream at once, without the group. Unsubscribing stops the timer.
 * Holds one group and one timer. A group of entries is one entry with the last
 * position in it; position-only entries and gaps keep their order.
 *
 * @example Insert at most a hundred rows at a time, each within a second
 * const inserts = prices.pipe(groupedWithin({ maxEvents: 100, maxDelay: 1000 }));
 *
 * @example Send the tokens of a language model as a few larger pieces
 * declare const tokens: Observable<string>;
 * const pieces = tokens.pipe(
 *   groupedWithin({ maxDelay: 50, maxBytes: 200 }), // or 0: only what came at once
 *   map((group) => group.join('')),
 * );
 *
 * @throws TypeError at once, without any bound, or for an option of a wrong type. RangeError for an option out of range.
 * @see RxJS `bufferTime`, which emits empty groups while the source is silent, and `bufferCount`.
 * @category operator
 */
export function groupedWithin<T>(
  options: GroupedWithinOptions<NoInfer<EventIn<T>>>,
): OperatorFunction<T, WithEvent<T, readonly EventIn<T>[]>> {
  checkOptions('groupedWithin', options, { maxEvents: '', maxBytes: '', maxDelay: '', sizeOf: '' });
  const { maxEvents = 10_000, maxBytes = Infinity, maxDelay = Infinity, sizeOf = textLength } = options;
  if ((options.maxEvents ?? options.maxBytes ?? options.maxDelay) === undefined) {
    throw new TypeError('groupedWithin: at least one of maxEvents, maxBytes and maxDelay must be set, got none');
  }
  checkCount('groupedWithin: maxEvents', maxEvents);
  checkNumber('groupedWithin: maxBytes', maxBytes, { above: 0, unit: 'bytes' });
  checkNumber('groupedWithin: maxDelay', maxDelay, { min: 0, unit: 'ms' });
  checkFunction('groupedWithin: sizeOf', sizeOf);

  return (source) =>
    new Observable((subscriber) => {
      const output = new SerializedObserver<WithEvent<T, readonly EventIn<T>[]>>(subscriber);
      let group: EventIn<T>[] = [];
      let size = 0;
      /** The value whose position the group has: that of its last event, or a position-only entry after it. */
      let last: T | undefined;

      /** Emits the group, if there is one, and the value that closed it. */
      const emit = (...following: WithEvent<T, never>[]): void => {
        if (group.length === 0) return output.nextAll(following);
        const closed = withEvent(last as T, group);
        group = [];
        size = 0;
        output.nextAll([closed, ...following]);
      };
      const add = (value: T, event: EventIn<T>): void => {
        const added = maxBytes === Infinity ? 0 : sizeOf(event);
        if (!(added >= 0)) checkNumber('groupedWithin: the result of sizeOf', added, { min: 0 });
        const full = size + added > maxBytes && group.length > 0 ? withEvent(last as T, group) : undefined;
        if (full !== undefined) {
          group = [];
          size = 0;
        }
        if (group.length === 0 && maxDelay !== Infinity) startTime();
        group.push(event);
        size += added;
        last = value;
        // Last, since a subscriber may make the source emit when it receives a group.
        if (full !== undefined) output.next(full);
        if (group.length >= maxEvents || size >= maxBytes) emit();
      };

      const passPosition = (value: Entry<never> & T): void => {
        if (!value.isPartial) last = value;
        const passing = pageEndOf(value)?.asPartial();
        if (passing !== undefined) output.next(passing as unknown as WithEvent<T, never>);
      };

      const alarm = new Alarm(subscriber, () => emit());
      let endsWithTurn = false;
      const startTime = (): void => {
        if (maxDelay > 0) return alarm.set(clock.now() + maxDelay);
        if (endsWithTurn) return;
        endsWithTurn = true;
        clock.turn(() => {
          endsWithTurn = false;
          if (!subscriber.closed) emit();
        });
      };
      listen(source, subscriber, {
        next: (value) => {
          const event = eventIn(value);
          if (event !== undefined || !isControl(value)) add(value, event as EventIn<T>);
          else if (isPositionOnly(value) && group.length > 0) passPosition(value);
          else emit(value as WithEvent<T, never>);
        },
        complete: () => {
          emit();
          output.complete();
        },
        error: (error) => {
          emit();
          output.error(error);
        },
      });
    });
}

function textLength(event: unknown): number {
  return typeof event === 'string' ? event.length : (JSON.stringify(event)?.length ?? 0);
}
