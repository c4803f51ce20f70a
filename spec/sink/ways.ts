import * as t from 'io-ts';
import type { Observable } from 'rxjs';
import { events, feed, filterEvents, type SseHandler, type SseRequest, sse } from '../../lib/index.ts';

export const Ticks = events({ Tick: t.number, Text: t.string });
export type Tick = ReturnType<typeof Ticks.Tick> | ReturnType<typeof Ticks.Text>;

/** The options that all routes share. */
interface WayOptions {
  readonly heartbeat?: number;
  readonly stallTimeout?: number;
  readonly onError?: (error: unknown) => 'cut' | 'end';
}

/** The routes that can send the events of an Observable. */
export const ways: Readonly<
  Record<string, (source: Observable<Tick>, options?: WayOptions) => SseHandler<SseRequest>>
> = {
  'a stream of its own': (source, options = {}) => sse(options, source),
  'a feed': (source, options = {}) => sse(options, feed(Ticks, { source, linger: 0 })),
  'its own view of a feed': (source, options = {}) => {
    const shared = feed(Ticks, { source, linger: 0 });
    return sse(options, (context) => shared.read(context).pipe(filterEvents(() => true)));
  },
  'a run': (source, options = {}) => sse({ ...options, resume: { linger: 0 } }, () => source),
};
