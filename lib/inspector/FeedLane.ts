import { asyncScheduler, noop, type Subscription } from 'rxjs';
import { definitionsIn, namesOf } from '../event/events.ts';
import { type AnyFeed, coreOf } from '../feed/coreOf.ts';
import type { FeedCore } from '../feed/FeedCore.ts';
import type { FeedPublishMessage } from '../feed/feedChannels.ts';
import type { LogState, Page } from '../log/EventLog.ts';
import { FrameParser } from '../wire/FrameParser.ts';
import { utf8Length } from '../wire/utf8.ts';
import { describeEvent } from './describeEvent.ts';
import type { FeedStatusData, LaneData } from './Inspection.ts';
import { MarkBuffer } from './MarkBuffer.ts';
import type { ShowPayload } from './payloadsShownBy.ts';

/** How many bytes of the log are read for one tick at most. */
const tickBytes = 64 * 1024;

/** How many positions and their times are remembered, to say how old the entry is that a reader waits for. */
const maxTimes = 4096;

interface PositionTime {
  readonly sequence: number;
  readonly at: number;
}

/** Reads the log of a feed for a lane, beside its readers: the feed itself has no reader more, and its source is not started. */
export class FeedLane {
  readonly kind = 'feed';
  readonly id: string;
  readonly name: string;
  readonly marks = new MarkBuffer();
  readonly #feed: AnyFeed;
  readonly #show: ShowPayload;
  #core: FeedCore | undefined;
  #wakes: Subscription | undefined;
  #state: LogState | undefined;
  /** The entries up to this one are on the lane. */
  #sequence = 0;
  #hasNews = false;
  #isReading = false;
  #times: PositionTime[] = [];
  #latency = -1;

  constructor(name: string, feed: AnyFeed, show: ShowPayload) {
    this.id = `feed:${name}`;
    this.name = name;
    this.#feed = feed;
    this.#show = show;
  }

  describe(withSchemas: boolean): LaneData {
    const { contract } = coreOf(this.#feed) ?? {};
    const definitions = contract === undefined ? [] : [...definitionsIn(contract).values()];
    const { id, kind, name } = this;
    return { id, kind, name, events: definitions.map((definition) => describeEvent(definition, withSchemas)) };
  }

  open(): void {
    this.#state = undefined;
    // What is appended from now on is on the lane.
    this.collect(asyncScheduler.now());
  }

  close(): void {
    this.#wakes?.unsubscribe();
    this.#core = undefined;
    this.#times = [];
  }

  /** Something was appended in this process. */
  onPublish(epoch: string, sequence: number, { duration }: FeedPublishMessage): void {
    if (epoch !== this.#state?.epoch) return;
    this.#latency = Math.max(this.#latency, duration);
    this.#remember(sequence, asyncScheduler.now());
  }

  /** A feed whose first events have these names has failed; the name of the error is shown, and not its message. */
  onError(names: string, error: unknown): void {
    const { contract } = coreOf(this.#feed) ?? {};
    if (contract === undefined || namesOf(contract).slice(0, 3).join(', ') !== names) return;
    const name = error instanceof Error ? error.name : typeof error;
    this.marks.addOther({ at: asyncScheduler.now(), kind: 'error', name, bytes: 0 });
  }

  /** Reads what has been appended since the last call. */
  collect(now: number): void {
    const core = coreOf(this.#feed);
    if (core === undefined || core.isClosed) return;
    if (core !== this.#core) this.#follow(core);
    if (!this.#hasNews || this.#isReading) return;
    this.#hasNews = false;
    this.#isReading = true;
    const isFirst = this.#state === undefined;
    core.log.read(isFirst ? 0 : this.#sequence, isFirst ? 0 : tickBytes).subscribe({
      next: (page) => {
        if (core === this.#core) this.#take(page, now);
      },
      error: () => {
        this.#isReading = false;
        this.marks.addOther({ at: now, kind: 'error', name: 'log', bytes: 0 });
      },
      complete: () => {
        this.#isReading = false;
      },
    });
  }

  /** Returns how long the entry after a position has been in the log, in ms; 0 where there is none, or it is not known. */
  ageAfter(sequence: number, now: number): number {
    const next = this.#times.find((time) => time.sequence > sequence);
    return next === undefined ? 0 : Math.max(0, now - next.at);
  }

  get epoch(): string | undefined {
    return this.#state?.epoch;
  }

  get tail(): number {
    return this.#state?.tail ?? 0;
  }

  status(): FeedStatusData {
    const { epoch = '', floor = 0, tail = 0, ended = false } = this.#state ?? {};
    const lags = this.#core?.lags ?? [];
    const latency = this.#latency;
    this.#latency = -1;
    const lag = lags.reduce((most, one) => Math.max(most, one), 0);
    return { lane: this.id, epoch, floor, tail, ended: ended || 'no', readers: lags.length, lag, latency };
  }

  #follow(core: FeedCore): void {
    this.#wakes?.unsubscribe();
    this.#core = core;
    this.#state = undefined;
    this.#isReading = false;
    this.#hasNews = true;
    const onWake = (): void => {
      this.#hasNews = true;
    };
    this.#wakes = core.log.wakes.subscribe({ next: onWake, error: noop });
  }

  #take(page: Page, now: number): void {
    const before = this.#state;
    const { epoch, past, floor, tail, ended } = page;
    this.#state = { epoch, past, floor, tail, ended };
    if (before === undefined) {
      this.#sequence = tail;
      return;
    }
    if (before.epoch !== epoch) {
      this.marks.addOther({ at: now, kind: 'gap', name: 'epoch', bytes: 0 });
      this.#sequence = 0;
      this.#times = [];
      this.#hasNews = true;
      return;
    }
    this.#remember(tail, now);
    this.#markEntries(page, now);
    if (before.ended === false && ended !== false) {
      this.marks.addOther({ at: now, kind: ended === 'failed' ? 'error' : 'end', name: ended, bytes: 0 });
    }
  }

  #markEntries({ bytes, last, after, tail }: Page, now: number): void {
    const count = tail - this.#sequence;
    if (count === 0) return;
    const read = last - Math.max(after, this.#sequence);
    if (read < count) this.marks.skip();
    // What was not read is taken to be as large as what was.
    this.marks.count(count, read === 0 ? 0 : Math.round((bytes.length * count) / read));
    this.#sequence = tail;
    let index = 0;
    const parser = new FrameParser({
      maxEventBytes: Infinity,
      onMessage: ({ event = 'message', data, id }) => {
        this.marks.addEvent(() => {
          const sequence = Number(id?.slice(id.lastIndexOf('.') + 1));
          while (index < this.#times.length && (this.#times[index] as PositionTime).sequence < sequence) index++;
          const at = this.#times[index]?.at ?? now;
          const mark = { at, kind: 'event', name: event, bytes: utf8Length(data), ...this.#show(event, data) } as const;
          return id === undefined ? mark : { ...mark, cursor: id };
        });
      },
    });
    parser.push(bytes);
  }

  #remember(sequence: number, at: number): void {
    if ((this.#times.at(-1)?.sequence ?? 0) >= sequence) return;
    this.#times.push({ sequence, at });
    if (this.#times.length > maxTimes) this.#times.splice(0, maxTimes / 2);
  }
}
