import * as t from 'io-ts';
import { ClosedError, type EventLog, events, type Feed, feed, type SseHandler } from '../../../lib/index.ts';
import type { TestReader } from '../../../lib/testing/index.ts';
import type { MarbleHelpers } from '../../../lib/testing/marbles.ts';
import { EpochRecord } from './EpochRecord.ts';
import type { History } from './history.ts';

export const Things = events({ Thing: { n: t.number, pad: t.string } });

/** How the readers of a feed are served. */
export type Mount = (
  shared: () => Feed<typeof Things>,
  resume: { readonly from: 'live' | 'oldest'; readonly gapPolicy?: 'replay' | 'skip' | 'end' },
) => SseHandler<never>;

/** The log of a feed, and the same log in memory without its delays. */
export interface Logs {
  readonly log: EventLog;
  readonly memory: EventLog;
  /** Advances a log that a spec advances step by step. */
  step?(): unknown;
}

/** A feed over restarts of its server, and what was published in each epoch. */
export class RestartableFeed {
  readonly epochs = new Map<string, EpochRecord>();
  readonly gapPolicy: History['gapPolicy'];
  current: EpochRecord;
  readonly #makeLogs: () => Logs;
  readonly #reader: MarbleHelpers['reader'];
  readonly #readers: TestReader[] = [];
  readonly #routes: { readonly live: SseHandler<never>; readonly oldest: SseHandler<never> };
  #logs: Logs;
  #feed: Feed<typeof Things>;
  #ended = false;
  #count = 0;

  constructor(reader: MarbleHelpers['reader'], mount: Mount, gapPolicy: History['gapPolicy'], makeLogs: () => Logs) {
    this.#reader = reader;
    this.#makeLogs = makeLogs;
    this.gapPolicy = gapPolicy;
    this.#logs = makeLogs();
    this.current = this.#startEpoch();
    this.#feed = feed(Things, { log: this.#logs.log });
    const route = (from: 'live' | 'oldest') =>
      mount(() => this.#feed, gapPolicy === undefined ? { from } : { from, gapPolicy });
    this.#routes = { live: route('live'), oldest: route('oldest') };
  }

  get inMemory(): boolean {
    return this.#logs.log.inMemory === true;
  }

  publish(sizes: readonly number[]): void {
    if (this.#ended) return;
    const things = sizes.map((length) => Things.Thing({ n: this.#count++, pad: 'x'.repeat(length) }));
    const { current } = this;
    current.events.push(...things.map(({ data }) => data.n));
    this.#feed.publish(things).subscribe({ next: (cursor) => current.published.push(cursor), error: () => {} });
  }

  end(): void {
    this.#ended = true;
    this.#feed.end().subscribe({ error: () => {} });
  }

  /** Loses the log in memory as a restart does, and disconnects the readers. */
  restart(): void {
    this.#feed.close();
    this.#logs = this.#makeLogs();
    this.current = this.#startEpoch();
    this.#feed = feed(Things, { log: this.#logs.log });
    this.#ended = false;
  }

  step(): unknown {
    return this.#logs.step?.();
  }

  connect(from: 'live' | 'oldest', lastEventId: string | undefined, found: () => void): TestReader {
    const reader = this.#reader<never>(
      (request, response, next) => {
        // A response that was closed before has removed its listeners.
        if (!response.destroyed) this.#readers.push(reader);
        found();
        this.#routes[from](request, response, next);
      },
      lastEventId === undefined ? {} : { lastEventId },
    );
    return reader;
  }

  isClosing(error: unknown): boolean {
    return error instanceof ClosedError;
  }

  close(): void {
    this.#feed.close();
  }

  /** The number of listeners on the responses of all connections. */
  get listeners(): number {
    return this.#readers.reduce((sum, { listeners }) => sum + listeners, 0);
  }

  #startEpoch(): EpochRecord {
    const current = new EpochRecord(this.#logs.memory);
    this.epochs.set(current.epoch, current);
    return current;
  }
}
