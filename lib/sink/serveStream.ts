import { runIn } from '../data/asyncScope.ts';
import type { Gap } from '../event/Gap.ts';
import { pull, yielding } from '../operator/pull.ts';
import type { Overflow, QueueOptions } from './Backlog.ts';
import { streamPreamble } from './preamble.ts';
import type { ErrorOutcome, Source } from './Route.ts';
import { SequenceEncoder } from './SequenceEncoder.ts';
import type { Session } from './Session.ts';
import type { StreamResponse } from './StreamResponse.ts';
import { StreamWriter } from './StreamWriter.ts';
import { delayHead, startResponse } from './startResponse.ts';

/** Serves one subscription: to a stream of the request's own, or to a pipeline over a feed. */
export function serveStream(session: Session, source: Source): void {
  const { route, connection, pipeline } = session;
  const { maxHeadDelay } = route.settings;
  const encoder = new SequenceEncoder(route.options.events, route.wire, route.encodings);
  const response = new SessionResponse(session, encoder, 'iterable' in source);
  const writer = new StreamWriter(connection, pipeline.encoder ?? encoder, response);
  pipeline.writer = writer;
  if ('iterable' in source)
    pull(
      source.iterable,
      writer,
      yielding((next) => writer.whenReady(() => runIn(connection.scope, next))),
    );
  else {
    writer.isSubscribing = true;
    source.observable.subscribe(writer);
    writer.isSubscribing = false;
  }
  // Nothing was written so far, so that an error while subscribing is still answered as an HTTP error.
  if (maxHeadDelay === 0 || writer.hasWritten || writer.closed || pipeline.readsFeed)
    return pipeline.startWhenPositioned();
  const startNow = delayHead(session, maxHeadDelay, () => pipeline.startWhenPositioned());
  writer.onFirst = () => {
    writer.onFirst = undefined;
    startNow();
  };
}

/** The response of one session, as its writer uses it. */
class SessionResponse implements StreamResponse {
  readonly isPulled: boolean;
  readonly #session: Session;
  readonly #encoder: SequenceEncoder;

  constructor(session: Session, encoder: SequenceEncoder, isPulled: boolean) {
    this.#session = session;
    this.#encoder = encoder;
    this.isPulled = isPulled;
  }

  // What a pipeline read from a log is never dropped: the pipeline is paced, and what it made of a page waits.
  get overflow(): Overflow<unknown> {
    return this.#session.readsFeed ? 'disconnect' : this.#session.route.overflow;
  }

  get queue(): Required<QueueOptions> {
    const { queue } = this.#session.route.settings;
    return this.#session.readsFeed ? { ...queue, maxEvents: Infinity } : queue;
  }

  open(takeFrames: () => string): boolean {
    const { route, pipeline, requestedCursor } = this.#session;
    if (pipeline.isPending) return false;
    const preamble = pipeline.preamble ?? streamPreamble(route, requestedCursor, () => this.#encoder.epoch);
    startResponse(this.#session, preamble, takeFrames());
    return true;
  }

  refuse(error: unknown): void {
    this.#session.refuse(error);
  }

  handleError(error: unknown): ErrorOutcome {
    return this.#session.handleError(error);
  }

  reportOutcome(error: unknown): void {
    this.#session.reportOutcome(error);
  }

  onOverflow(events: number, gap: Gap['data'] | undefined): void {
    if (gap !== undefined) this.#session.onGap(gap);
    this.#session.onOverflow(events);
  }
}
