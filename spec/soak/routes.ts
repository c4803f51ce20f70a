import * as t from 'io-ts';
import { finalize, NEVER, Observable, startWith } from 'rxjs';
import { events, feed, filterEvents, memoryLog, type SseHandler, type SseRequest, sse } from '../../lib/index.ts';

const Texts = events({ Text: t.string });

/** More than the kernel buffers for a reader that does not read. */
export const big = 'x'.repeat(8 * 1024 * 1024);

interface Soaked {
  readonly route: SseHandler<SseRequest>;
  /** The number of open subscriptions to the source. */
  readonly subscribed: number;
}

/** The kinds of routes, each with a source that emits `first` and then nothing, and is unsubscribed from with its last reader. */
export const soaked: Readonly<Record<string, (first: string) => Soaked>> = {
  'sse(Observable)': (first) => withSource(first, (source, hooks) => sse(hooks, source)),
  'sse(feed)': (first) =>
    withSource(first, (source, hooks) =>
      sse(oldest(hooks), feed(Texts, { source, linger: 0, log: logOf(1), maxEventBytes: Infinity })),
    ),
  pipeline: (first) =>
    withSource(first, (source, hooks) => {
      const shared = feed(Texts, { source, linger: 0, log: logOf(1), maxEventBytes: Infinity });
      return sse(oldest(hooks), (context) => shared.read(context).pipe(filterEvents(() => true)));
    }),
  'run, linger 0': (first) =>
    withSource(first, (source, hooks) =>
      sse({ ...hooks, events: Texts, resume: { linger: 0, log: () => logOf(1) } }, () => source),
    ),
};

const logOf = (entries: number) => memoryLog({ maxEntries: entries, maxBytes: 64 * 1024 * 1024 });
const oldest = (hooks: object) => ({ ...hooks, resume: { from: 'oldest' } as const });

type Source = Observable<ReturnType<typeof Texts.Text>>;

function withSource(first: string, make: (source: Source, hooks: object) => Soaked['route']): Soaked {
  let subscribed = 0;
  const text = Texts.Text(first);
  const source: Source = new Observable((subscriber) => {
    subscribed++;
    return NEVER.pipe(
      startWith(text),
      finalize(() => subscribed--),
    ).subscribe(subscriber);
  });
  return {
    // The event of the busy readers is larger than what a route sends by default.
    route: make(source, { maxEventBytes: Infinity }),
    get subscribed() {
      return subscribed;
    },
  };
}
