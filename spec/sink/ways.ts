import * as t from 'io-ts';
import type { Observable } from 'rxjs';
import { events, feed, filterEvent, type SseHandler, type SseRequest, sse } from '../../lib/index.ts';

export const Ticks = events({ Tick: t.number, Text: t.string });
export type Tick = ReturnType<typeof Ticks.Tick> | ReturnType<typeof Ticks.Text>;

/** What all ways have in common. */
export interface WayOptions {
  readonly heartbeat?: number;
  readonly stall?: number;
  readonly onError?: (error: unknown) => 'cut' | 'end';
}

/** Each way in which the events of an Observable reach a reader. */
export const ways: Readonly<
  Record<string, (source: Observable<Tick>, options?: WayOptions) => SseHandler<SseRequest>>
> = {
  'a stream of its own': (source, options) => sse(source, options),
  'a feed': (source, options) => sse(feed(Ticks, { source, grace: 0 }), options),
  'its own view of a feed': (source, options) => {
    const shared = feed(Ticks, { source, grace: 0 });
    return sse((context: object) => shared.read(context).pipe(filterEvent(() => true)), options);
  },
  'a run': (source, options) => sse(() => source, { ...options, resume: { grace: 0 } }),
};
