import { isLeft } from 'fp-ts/lib/Either.js';
import { defer, identity, map, type Observable, of, shareReplay, throwError } from 'rxjs';
import { ClosedError } from '../error/ClosedError.ts';
import { cursorOf, parseCursor } from '../event/cursor.ts';
import { checkSize, type EncodedEvent, encodeLogged } from '../event/encodeEvent.ts';
import type { Contract } from '../event/events.ts';
import type { Appended, AppendOptions, EventLog } from '../log/EventLog.ts';
import type { Message } from '../wire/Frame.ts';
import { FrameParser } from '../wire/FrameParser.ts';
import { utf8Length } from '../wire/utf8.ts';
import { Ack } from './Ack.ts';
import { readLog, retryStorage } from './readLog.ts';

interface PublisherOptions {
  readonly contract: Contract | undefined;
  readonly log: EventLog;
  /** Appends to the log. */
  readonly append: EventLog['append'];
  readonly maxEventBytes: number;
  /** Returns true for the event after which the feed ends. */
  readonly endsWith: ((event: unknown) => boolean) | undefined;
  readonly onError: (error: unknown) => void;
  /** Called when the program ends the feed, or publishes its last event. */
  readonly onEnd: () => void;
}

/** Appends what a program publishes to the log of a feed, and ends it. */
export class Publisher {
  readonly #options: PublisherOptions;
  /** The last event has been published, and may not be stored yet. */
  #isEnding = false;

  constructor(options: PublisherOptions) {
    this.#options = options;
  }

  /** Appends one event, or an array of them, at once. */
  publish(events: unknown, options: AppendOptions): Ack<string> {
    const { append, endsWith } = this.#options;
    try {
      const all: readonly unknown[] = Array.isArray(events) ? events : [events];
      const encoded = this.#encodeAll(all);
      // What repeats a request that was stored before gets its cursor, also after the end.
      if (this.#isEnding && options.key === undefined) throw new ClosedError('the feed', 'ended');
      const isLast = endsWith !== undefined && all.some((event) => endsWith(event));
      // The log appends now; subscribing late, or never, changes nothing.
      const appended = append(encoded, options);
      if (isLast) this.#endAfter(appended);
      return this.#ack(appended, lastCursor);
    } catch (error) {
      return this.failed(error);
    }
  }

  /**
   * Emits whether the entries up to a cursor are these events; true where the log has trimmed them, or counts in another
   * epoch by now.
   *
   * @param sent the events as the request has them: fields that it leaves out, whose default may differ each time, are not
   *   compared
   */
  matches(events: readonly unknown[], sent: readonly unknown[], cursor: string): Observable<boolean> {
    const parsed = parseCursor(cursor);
    if (isLeft(parsed)) return of(true);
    const expected = this.#encodeAll(events);
    const after = parsed.right.sequence - expected.length;
    const size = expected.reduce((sum, { data }) => sum + utf8Length(data) + 1024, 0);
    return this.#options.log.read(Math.max(after, 0), size).pipe(
      map((page) => {
        if (page.epoch !== parsed.right.epoch || page.floor > after) return after >= 0;
        const stored: Message[] = [];
        new FrameParser({ onMessage: (message) => stored.push(message), maxEventBytes: Infinity }).push(page.bytes);
        return expected.every(({ event, data }, index) => {
          const entry = stored[index];
          if (entry === undefined || entry.event !== event) return false;
          return isSameWhereSent(sent[index], { data: JSON.parse(data) }, { data: JSON.parse(entry.data) });
        });
      }),
    );
  }

  /** Returns the cursor of the newest event. */
  cursor(): Ack<string> {
    const { log, onError } = this.#options;
    return this.#ack(readLog(log, 0, 0, onError).pipe(shareReplay(1)), ({ epoch, tail }) => cursorOf(epoch, tail));
  }

  end(): Ack<void> {
    this.#options.onEnd();
    return this.#ack(this.#options.log.end('completed'), () => undefined);
  }

  /** Returns the result of a request that failed. */
  failed(error: unknown): Ack<never> {
    return this.#ack(
      throwError(() => error),
      identity,
    );
  }

  #endAfter(appended: Observable<unknown>): void {
    const { log, onEnd, onError } = this.#options;
    this.#isEnding = true;
    appended.subscribe({
      next: () => {
        onEnd();
        defer(() => log.end('completed'))
          .pipe(retryStorage(onError, Infinity))
          .subscribe({ error: onError });
      },
      // The event was not stored, so it was not the last one.
      error: () => {
        this.#isEnding = false;
      },
    });
  }

  /** Returns the encoded events, without the values that have no position in a log. */
  #encodeAll(events: readonly unknown[]): readonly EncodedEvent[] {
    const { contract, maxEventBytes } = this.#options;
    const all: EncodedEvent[] = [];
    for (const event of events) {
      const encoded = encodeLogged(event, contract);
      if (encoded === undefined) continue;
      checkSize(encoded, maxEventBytes);
      all.push(encoded);
    }
    return all;
  }

  #ack<R, T>(result: Observable<R>, project: (value: R) => T): Ack<T> {
    return Ack.watched(result, project, this.#options.onError);
  }
}

const lastCursor = ({ epoch, last }: Appended): string => cursorOf(epoch, last);

/** Compares two JSON values; in objects, only the members that `sent` has. */
function isSameWhereSent(sent: unknown, first: unknown, second: unknown): boolean {
  if (!isRecord(sent) || !isRecord(first) || !isRecord(second)) return JSON.stringify(first) === JSON.stringify(second);
  if (Array.isArray(sent) && JSON.stringify(Object.keys(first)) !== JSON.stringify(Object.keys(second))) return false;
  const names = Object.keys(sent).filter((name) => name !== 'type' || name in first);
  return names.every((name) => isSameWhereSent(sent[name], first[name], second[name]));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
