import { noop, type Observable, type Subscriber } from 'rxjs';
import { freshEpoch, type Position, parseCursor } from '../event/cursor.ts';
import { Entry } from '../event/Entry.ts';
import { type Gap, isGap } from '../event/Gap.ts';
import { pageEndOf } from '../event/PageEnd.ts';
import { listen } from '../operator/listen.ts';
import { MergedPositions } from './MergedPositions.ts';
import type { ReaderSession } from './ReaderSession.ts';
import type { StartPosition } from './startPosition.ts';
import { unservable, VectorCursor } from './VectorCursor.ts';

/** Where one feed starts, once that is known. */
interface Start {
  readonly position: StartPosition;
  /** The position before the gap, if there is one. */
  readonly before: Position;
  readonly after: Position;
  readonly onStarted: () => void;
}

type Read = (session: ReaderSession) => Observable<unknown>;

/** Reads several feeds for one reader, each through a session of its own, and numbers what they emit. */
export class FeedMerge {
  readonly #subscriber: Subscriber<unknown>;
  readonly #session: ReaderSession;
  readonly #names: readonly string[];
  /** The numbering of this response: it names no log, and no reader resumes with it. */
  readonly #epoch = freshEpoch();
  readonly #onReady: (() => void)[] = [];
  readonly #onFull: (() => void)[] = [];
  readonly #starts: (Start | undefined)[];
  #missing: number;
  #positions: MergedPositions | undefined;
  #isEntered = false;
  #active: number;
  #isFailed = false;

  /** @param names of the feeds, sorted */
  constructor(subscriber: Subscriber<unknown>, session: ReaderSession, names: readonly string[]) {
    this.#subscriber = subscriber;
    this.#session = session;
    this.#names = names;
    this.#starts = names.map(() => undefined);
    this.#missing = names.length;
    this.#active = names.length;
  }

  subscribe(reads: readonly Read[]): void {
    this.#session.onSubscribe(
      () => callAll(this.#onReady),
      () => callAll(this.#onFull),
    );
    const cursors = new VectorCursor(this.#names).parse(this.#session.requestedCursor);
    reads.forEach((read, index) => {
      if (this.#subscriber.closed) return;
      listen(read(this.#sessionOf(index, cursors[index])), this.#subscriber, {
        next: (entry) => this.#emit(index, entry as Entry<unknown>),
        complete: () => this.#complete(),
      });
    });
  }

  #sessionOf(index: number, requestedCursor: string | undefined): ReaderSession {
    const session = this.#session;
    return {
      requestedCursor,
      options: session.options,
      startsWithGap: true,
      checkReady: () => session.checkReady(),
      readFeed: noop,
      onSubscribe: (onReady, onFull) => {
        this.#onReady.push(onReady);
        this.#onFull.push(onFull);
      },
      onPosition: (position, { epoch }, onStarted) => {
        const after = { epoch, sequence: position.afterSequence };
        const isServed = position.reason === 'live' || position.reason === 'exact';
        this.#positioned(index, { position, before: isServed ? after : requestedPosition(position), after, onStarted });
      },
      onMerged: noop,
      enterEpoch: noop,
      onEnd: (logEnd) => {
        this.#isFailed ||= logEnd === 'failed';
      },
      endForShutdown: (lastFrame, retry, done) => session.endForShutdown(lastFrame, retry, done),
      flush: () => session.flush(),
    };
  }

  #positioned(index: number, start: Start): void {
    this.#starts[index] = start;
    this.#missing--;
    if (this.#missing > 0) return;
    const starts = this.#starts as readonly Start[];
    const positions = new MergedPositions(
      this.#names,
      starts.map(({ before }) => before),
    );
    this.#positions = positions;
    const reasons = starts.map(({ position }) => position.reason);
    const reason = reasons.find((each) => each !== 'live' && each !== 'exact') ?? reasons[0] ?? 'live';
    this.#session.onMerged({ epoch: this.#epoch, reason, positions }, () => {
      for (const [member, { position, after }] of starts.entries()) this.#emitStartGap(member, position, after);
      for (const { onStarted } of starts) onStarted();
    });
  }

  #emitStartGap(index: number, { reason, requestedCursor: requested }: StartPosition, after: Position): void {
    if (reason === 'live' || reason === 'exact') return;
    const gap: Gap = { type: 'rxsse.gap', data: { reason, requested, resumedFrom: '' } };
    this.#emit(index, new Entry(after.epoch, after.sequence, gap, undefined));
  }

  #emit(index: number, entry: Entry<unknown>): void {
    const positions = this.#positions;
    if (positions === undefined || this.#subscriber.closed) return;
    if (!this.#isEntered) this.#session.enterEpoch(this.#epoch);
    this.#isEntered = true;
    const { event, frame } = entry;
    const number = positions.add(index, entry);
    const moved =
      pageEndOf(entry)?.at(this.#epoch, number) ??
      new Entry(this.#epoch, number, isGap(event) ? this.#gapOf(index, event, positions) : event, frame);
    this.#subscriber.next(moved);
  }

  /** Returns a gap with cursors of the merge, and the name of the feed that it is of. */
  #gapOf(index: number, { type, data }: Gap, positions: MergedPositions): Gap {
    const feed = this.#names[index] ?? '';
    const requested = data.requested === null ? null : (this.#session.requestedCursor ?? null);
    return { type, data: { reason: data.reason, requested, resumedFrom: positions.emittedCursor, feed } };
  }

  #complete(): void {
    this.#active--;
    if (this.#active > 0) return;
    this.#session.onEnd(this.#isFailed ? 'failed' : 'completed');
    this.#subscriber.complete();
  }
}

function callAll(callbacks: readonly (() => void)[]): void {
  for (const callback of callbacks) callback();
}

/** Returns the position that cannot be served, so that a reader that is cut before the gap gets it again. */
function requestedPosition({ requestedCursor }: StartPosition): Position {
  const parsed = requestedCursor === null ? undefined : parseCursor(requestedCursor);
  return parsed !== undefined && 'right' in parsed ? parsed.right : unservable;
}
