import type { Gap } from '../event/Gap.ts';
import { pull } from '../source/pull.ts';
import { clock } from '../time/clock.ts';
import type { Asked } from './Asked.ts';
import type { BacklogLimits } from './Backlog.ts';
import { holdHead } from './holdHead.ts';
import { begin } from './lifetime.ts';
import type { Overflow } from './overflow.ts';
import { plainOpening } from './preamble.ts';
import type { LastWord } from './Route.ts';
import { SequenceEncoder } from './SequenceEncoder.ts';
import { StreamWriter, type StreamWriterRoute } from './StreamWriter.ts';
import type { Source } from './sourceOf.ts';

/** Sends what one subscription gives: a stream of the request's own, or a pipeline over a feed. */
export function serveStream(asked: Asked, source: Source): void {
  const { route, connection, visit } = asked;
  const numbering = new SequenceEncoder(route.options.events, route.limits.maxEventBytes);
  // What an iterable has at hand comes microtask by microtask, so its burst ends with the turn.
  const later = 'iterable' in source ? clock.turn : clock.micro;
  const writer = new StreamWriter(connection, visit.placing ?? numbering, new Live(asked, numbering, later));
  visit.writer = writer;
  if ('iterable' in source) pull(source.iterable, writer, (ask) => writer.whenReady(ask));
  else source.observable.subscribe(writer);
  // Nothing is written before, so that what fails while subscribing is still an HTTP error.
  if (route.limits.maxHeadDelay === 0 || writer.hasSpoken || writer.closed || visit.isClaimed) return visit.begin();
  const go = holdHead(connection, route.limits.maxHeadDelay, () => visit.begin());
  writer.onFirst = () => {
    writer.onFirst = undefined;
    go();
  };
}

/** One response, to its writer. */
class Live implements StreamWriterRoute {
  readonly later: (work: () => void) => void;
  readonly #asked: Asked;
  readonly #numbering: SequenceEncoder;

  constructor(asked: Asked, numbering: SequenceEncoder, later: (work: () => void) => void) {
    this.#asked = asked;
    this.#numbering = numbering;
    this.later = later;
  }

  // What was read from a log is never dropped: a pipeline is paced, and what it made of a page waits.
  get overflow(): Overflow<unknown> {
    return this.#asked.isClaimed ? 'disconnect' : this.#asked.route.overflow;
  }

  get queue(): BacklogLimits {
    const { queue } = this.#asked.route.limits;
    return this.#asked.isClaimed ? { ...queue, maxEvents: Infinity } : queue;
  }

  begin(blocks: string): boolean {
    const { route, visit, requested } = this.#asked;
    if (visit.isPending) return false;
    begin(this.#asked, visit.opening ?? plainOpening(route, requested, () => this.#numbering.epoch), blocks);
    return true;
  }

  refuse(error: unknown): void {
    this.#asked.refuse(error);
  }

  farewell(error: unknown): LastWord {
    const { route, context } = this.#asked;
    return route.farewell(error, context);
  }

  dropped(events: number, gap: Gap['data'] | undefined): void {
    const { route, context } = this.#asked;
    if (gap !== undefined) route.missed(gap, context);
    route.dropped(events, this.#asked);
  }
}
