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

/** A route, and what the spec has it say. */
export interface Producer {
  readonly route: SseHandler<SseRequest>;
  say(number: number): void;
  end(): void;
  /** Responses that have started and are not closed. */
  readonly open: number;
}

/** Publishes to a feed whose log stores at most this many entries. */
export function ofFeed(entries = Infinity): Producer {
  const ticks = feed(Ticks, { log: memoryLog({ maxEntries: entries }) });
  return produced((hooks) => sse(hooks, ticks), publishing(ticks));
}

/** Each way in which a stream is resumed. */
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
      say: (number) => stream.next(Ticks.Tick(number)),
      end: () => stream.complete(),
    });
  },
};

type Publishing = Pick<Producer, 'say' | 'end'>;

function publishing(ticks: Feed<typeof Ticks>): Publishing {
  return { say: (number) => void publish(ticks, number), end: () => void ticks.end() };
}

function produced(route: (hooks: ReturnType<typeof counting>) => Producer['route'], sent: Publishing): Producer {
  const lines = new Set<object>();
  return {
    ...sent,
    route: route(counting(lines)),
    get open() {
      return lines.size;
    },
  };
}

/** Soon back, and now and then a comment between the events. */
function counting(lines: Set<object>) {
  return {
    retry: 1,
    heartbeat: 5,
    onOpen: (context: object) => void lines.add(context),
    onClose: (_reason: unknown, _counters: unknown, context: object) => void lines.delete(context),
  };
}
