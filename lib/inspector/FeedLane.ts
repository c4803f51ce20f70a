import { asyncScheduler, noop, type Subscription } from 'rxjs';
import { namesOf } from '../event/events.ts';
import type { FeedCore } from '../feed/FeedCore.ts';
import type { FeedErrorMessage, FeedPublishMessage } from '../feed/feedChannels.ts';
import type { LogState, Page } from '../log/EventLog.ts';
import { FrameParser } from '../wire/FrameParser.ts';
import { utf8Length } from '../wire/utf8.ts';
import { describeEvents } from './describeEvents.ts';
import type { FeedStatusData, LaneData } from './Inspection.ts';
import { MarkBuffer } from './MarkBuffer.ts';
import type { ShowPayload } from './payloadsShownBy.ts';

/** How many bytes of the logs of a lane are read for one tick at most. */
export const tickBytes = 64 * 1024;

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
  readonly #coreFor: () => FeedCore | undefined;
  readonly #show: ShowPayload;
  /** Where the lane starts, instead of at the tail. */
  #start: { readonly epoch: string; readonly sequence: number } | undefined;
  #core: FeedCore | undefined;
  #wakes: Subscription | undefined;
  #state: LogState | undefined;
  /** The entries up to this one are on the lane. */
  #sequence = 0;
  #hasNews = false;
  #isReading = false;
  #times: PositionTime[] = [];
  #latency = -1;

  /** @param start the position that the lane starts after. @default the tail */
  constructor(
    name: string,
    coreFor: () => FeedCore | undefined,
    show: ShowPayload,
    start?: { readonly epoch: string; readonly sequence: number },
  ) {
    this.id = `feed:${name}`;
    this.name = name;
    this.#coreFor = coreFor;
    this.#show = show;
    this.#start = start;
  }

  describe(withSchemas: boolean): LaneData {
    const { id, kind, name } = this;
    return { id, kind, name, events: describeEvents(this.#coreFor()?.contract, withSchemas) };
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
  onError({ feed, key, error }: FeedErrorMessage): void {
    const { contract } = this.#coreFor() ?? {};
    if (key !== undefined || contract === undefined || namesOf(contract).slice(0, 3).join(', ') !== feed) return;
    const name = error instanceof Error ? error.name : typeof error;
    this.marks.addOther({ at: asyncScheduler.now(), kind: 'error', name, bytes: 0 });
  }

  /** Reads what has been appended since the last call. */
  collect(now: number, maxBytes = tickBytes): void {
    const core = this.#coreFor();
    if (core === undefined || core.isClosed) return;
    if (core !== this.#core) this.#follow(core);
    if (!this.#hasNews || this.#isReading) return;
    this.#hasNews = false;
    this.#isReading = true;
    const isFirst = this.#state === undefined;
    core.log.read(isFirst ? 0 : this.#sequence, isFirst ? 0 : maxBytes).subscribe({
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

  get hasNews(): boolean {
    return this.#hasNews;
  }

  get isClosed(): boolean {
    return this.#coreFor()?.isClosed !== false;
  }

  /** Returns itself if its log has an epoch. */
  ofEpoch(epoch: string): FeedLane | undefined {
    return this.epoch === epoch ? this : undefined;
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
      this.#sequence = this.#start?.epoch === epoch ? this.#start.sequence : tail;
      this.#start = undefined;
      this.#hasNews ||= this.#sequence < tail;
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
