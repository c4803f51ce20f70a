import { Subject } from 'rxjs';
import {
  type Feed,
  feed,
  filterEvents,
  memoryLog,
  type SseContext,
  type SseHandler,
  type SseRequest,
  sse,
} from '../../../lib/index.ts';
import { publish, Ticks } from '../ticks.ts';

/** A route, and functions that emit its events and its end. */
export interface Producer {
  readonly route: SseHandler<SseRequest>;
  emit(number: number): void;
  end(): void;
  /** The number of responses that have started and are not closed. */
  readonly open: number;
}

/** Publishes to a feed whose log stores at most this many entries. */
export function ofFeed(entries = Infinity): Producer {
  const ticks = feed(Ticks, { log: memoryLog({ maxEntries: entries }) });
  return produced((hooks) => sse(hooks, ticks), publishing(ticks));
}

/** The kinds of streams that resume. */
export const producers: Readonly<Record<string, () => Producer>> = {
  'a feed': () => ofFeed(),
  'its own view of a feed': () => {
    const ticks = feed(Ticks);
    const view = (context: SseContext) => ticks.read(context).pipe(filterEvents(() => true));
    return produced((hooks) => sse(hooks, view), publishing(ticks));
  },
  'a run': () => {
    const stream = new Subject<ReturnType<typeof Ticks.Tick>>();
    return produced((hooks) => sse({ ...hooks, events: Ticks, resume: true }, () => stream), {
      emit: (number) => stream.next(Ticks.Tick(number)),
      end: () => stream.complete(),
    });
  },
};

type Publishing = Pick<Producer, 'emit' | 'end'>;

function publishing(ticks: Feed<typeof Ticks>): Publishing {
  return { emit: (number) => void publish(ticks, number), end: () => void ticks.end() };
}

function produced(route: (hooks: ReturnType<typeof counting>) => Producer['route'], sent: Publishing): Producer {
  const connections = new Set<object>();
  return {
    ...sent,
    route: route(counting(connections)),
    get open() {
      return connections.size;
    },
  };
}

/** Returns options with a short retry, a heartbeat between the events, and hooks that count open responses. */
function counting(connections: Set<object>) {
  return {
    retry: 1,
    heartbeat: 5,
    onOpen: (context: object) => void connections.add(context),
    onClose: (_reason: unknown, _counters: unknown, context: object) => void connections.delete(context),
  };
}
