import * as t from 'io-ts';
import { ClosedError, type EventLog, events, type Feed, feed, type SseHandler } from '../../../lib/index.ts';
import type { TestReader } from '../../../lib/testing/index.ts';
import type { MarbleHelpers } from '../../../lib/testing/marbles.ts';
import type { History } from './history.ts';
import { Story } from './Story.ts';

export const Things = events({ Thing: { n: t.number, pad: t.string } });

/** How the readers of a feed are served. */
export type Mount = (
  shared: () => Feed<typeof Things>,
  resume: { readonly from: 'live' | 'oldest'; readonly gapPolicy?: 'replay' | 'skip' | 'end' },
) => SseHandler<never>;

/** Where a feed keeps its events, and, behind the back of what delays it, the same log in memory. */
export interface Logs {
  readonly log: EventLog;
  readonly memory: EventLog;
  /** Lets the log go on, where it waits to be told. */
  step?(): unknown;
}

/** A feed through restarts of its server, and what is true of it. */
export class World {
  readonly stories = new Map<string, Story>();
  readonly gapPolicy: History['gapPolicy'];
  story: Story;
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
    this.story = this.#begin();
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
    const { story } = this;
    story.events.push(...things.map(({ data }) => data.n));
    this.#feed.publish(things).subscribe({ next: (cursor) => story.published.push(cursor), error: () => {} });
  }

  end(): void {
    this.#ended = true;
    this.#feed.end().subscribe({ error: () => {} });
  }

  /** What was in memory is gone with its process, and readers are cut. */
  restart(): void {
    this.#feed.close();
    this.#logs = this.#makeLogs();
    this.story = this.#begin();
    this.#feed = feed(Things, { log: this.#logs.log });
    this.#ended = false;
  }

  step(): unknown {
    return this.#logs.step?.();
  }

  connect(from: 'live' | 'oldest', lastEventId: string | undefined, found: () => void): TestReader {
    const reader = this.#reader<never>(
      (request, response, next) => {
        // One that had gone before has said so already, and takes its listeners with it.
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

  /** On the responses of all connections there ever were. */
  get listeners(): number {
    return this.#readers.reduce((sum, { listeners }) => sum + listeners, 0);
  }

  #begin(): Story {
    const story = new Story(this.#logs.memory);
    this.stories.set(story.epoch, story);
    return story;
  }
}
