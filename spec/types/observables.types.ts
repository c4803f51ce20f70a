import { expectTypeOf } from 'expect-type';
import * as t from 'io-ts';
import { map, type Observable } from 'rxjs';
import { type EventOf, events, feed, mergeEvents, restartWithBackoff, sse, toAsyncIterable } from 'rxsse';

const Ticks = events({ Tick: { n: t.number } });
type Tick = EventOf<typeof Ticks>;

/** The Observable of the platform, as its declarations are written. */
interface WebObservable<T> {
  subscribe(
    observer?: ((value: T) => void) | { next?(value: T): void; error?(error: unknown): void; complete?(): void },
    options?: { signal?: AbortSignal },
  ): void;
  map<R>(project: (value: T, index: number) => R): WebObservable<R>;
}
declare const ticks: WebObservable<Tick>;
declare const numbers: WebObservable<number>;

// Its values are inferred as those of an Observable of RxJS.
sse(numbers);
sse({ events: Ticks }, ticks);
sse({ events: Ticks }, () => ticks);
// @ts-expect-error values that are not events of the contract
sse({ events: Ticks }, numbers);
feed(Ticks, { source: ticks });
feed(Ticks, { source: () => ticks });
// @ts-expect-error a source of other values
feed(Ticks, { source: numbers });
expectTypeOf(mergeEvents({ ticks, numbers })).toEqualTypeOf<Observable<Tick | number>>();
expectTypeOf(restartWithBackoff(() => numbers)).toEqualTypeOf<Observable<number>>();
expectTypeOf(toAsyncIterable(numbers, { overflow: 'fail' })).toEqualTypeOf<AsyncIterable<number>>();
sse({ events: Ticks }, mergeEvents({ numbers }).pipe(map((n) => Ticks.Tick({ n }))));
// @ts-expect-error a value without subscribe
mergeEvents({ a: { next: 1 } });
