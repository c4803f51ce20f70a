import type { Gap } from '../../event/Gap.ts';
import type { InspectionEvent, LaneData, LaneMarksData, MarkData, StatusData } from '../Inspection.ts';

/** The events and the other marks of a lane in one tick of the server. */
export interface LaneTick {
  readonly at: number;
  readonly count: number;
  readonly isSampled: boolean;
  readonly events: readonly MarkData[];
  readonly others: readonly MarkData[];
}

/** A mark, or a burst of events, as it was drawn last. */
export interface DrawnItem {
  readonly left: number;
  readonly right: number;
  readonly count: number;
  readonly marks: readonly MarkData[];
}

/** A lane and what is retained of it. */
export interface LaneView {
  data: LaneData;
  readonly ticks: LaneTick[];
  /** How many marks its ticks have. */
  marks: number;
  /** Events since the page was opened. */
  total: number;
  bytes: number;
  /** Events in the last second, and whether some of them were left out. */
  rate: number;
  isSampled: boolean;
  drawn: readonly DrawnItem[];
}

/** Figures of one second, for the charts. */
export interface Second {
  readonly at: number;
  readonly published: number;
  readonly sent: number;
  readonly bytes: number;
  readonly readers: number;
  readonly lag: number;
  readonly latency: number;
}

/** The bounds of what the page retains: for each lane, and of seconds. */
const maxMarks = 3000;
const maxTicks = 3000;
const maxSeconds = 300;
const maxAge = 5 * 60_000;

/** All that the page shows. */
export class InspectorModel {
  readonly lanes = new Map<string, LaneView>();
  readonly seconds: Second[] = [];
  status: StatusData | undefined;
  payloads = false;
  actions = false;
  connection = 'connecting';
  /** When the page was paused, by the clock of the server. */
  pausedAt: number | undefined;
  cursor: string | undefined;
  /** Why something is missing. */
  notice: string | undefined;
  /** How many events of the stream have been taken. */
  taken = 0;
  /** The order in which names were seen, which decides their colors. */
  readonly #names: string[] = [];
  readonly #letters = new Map<string, string>();
  #offset = 0;
  #since = { published: 0, sent: 0, bytes: 0 };

  /** The time that is at the right edge, by the clock of the server. */
  now(): number {
    return this.pausedAt ?? Date.now() + this.#offset;
  }

  take(event: InspectionEvent | Gap): void {
    this.taken++;
    if (event.type === 'rxsse.gap') {
      this.notice = `The server did not retain all that happened meanwhile (${event.data.reason}).`;
      return;
    }
    // A page that continues gets what is old first: the newest time is that of the server.
    const offset = event.data.at - Date.now();
    if (this.taken === 1 || offset > this.#offset) this.#offset = offset;
    if (event.type === 'lanes') this.#takeLanes(event.data);
    else if (event.type === 'marks') for (const marks of event.data.lanes) this.#takeMarks(event.data.at, marks);
    else this.#takeStatus(event.data);
  }

  hueOf(name: string): number {
    return Math.max(0, this.#register(name)) % 8;
  }

  /** Returns a letter for the name of an event, of which each has another where there are enough. */
  letterOf(name: string): string {
    this.#register(name);
    return this.#letters.get(name) ?? '?';
  }

  #takeLanes({ lanes, payloads, actions }: Extract<InspectionEvent, { type: 'lanes' }>['data']): void {
    this.payloads = payloads;
    this.actions = actions;
    const before = new Map(this.lanes);
    this.lanes.clear();
    for (const data of lanes) {
      const known = before.get(data.id);
      for (const { name } of data.events) this.#register(name);
      if (known !== undefined) known.data = data;
      const empty = { data, ticks: [], marks: 0, total: 0, bytes: 0, rate: 0, isSampled: false, drawn: [] };
      this.lanes.set(data.id, known ?? empty);
    }
  }

  #takeMarks(at: number, { lane: id, count, bytes, isSampled, marks }: LaneMarksData): void {
    const lane = this.lanes.get(id);
    if (lane === undefined) return;
    const events = marks.filter(({ kind }) => kind === 'event').sort((a, b) => a.at - b.at);
    const others = marks.filter(({ kind }) => kind !== 'event');
    lane.ticks.push({ at, count, isSampled, events, others });
    lane.marks += marks.length;
    lane.total += count;
    lane.bytes += bytes;
    if (lane.data.kind === 'feed') this.#since.published += count;
    if (lane.data.kind === 'route') {
      this.#since.sent += count;
      this.#since.bytes += bytes;
    }
    let drop = 0;
    let first = lane.ticks[0];
    while (
      first !== undefined &&
      (lane.marks > maxMarks || first.at < at - maxAge || lane.ticks.length - drop > maxTicks)
    ) {
      lane.marks -= first.events.length + first.others.length;
      first = lane.ticks[++drop];
    }
    // Seldom, since it moves all that is left.
    if (drop > 0) lane.ticks.splice(0, drop);
  }

  #takeStatus(status: StatusData): void {
    const before = this.status?.at ?? status.at - 1000;
    this.status = status;
    const elapsed = Math.max(1, status.at - before) / 1000;
    const { feeds, routes, totalReaders: readers, at } = status;
    const lag = Math.max(0, ...feeds.map((feed) => feed.lag), ...routes.map((route) => route.lag));
    const latency = Math.max(0, ...feeds.map((feed) => feed.latency));
    const { published, sent, bytes } = this.#since;
    this.#since = { published: 0, sent: 0, bytes: 0 };
    const rates = { published: published / elapsed, sent: sent / elapsed, bytes: bytes / elapsed };
    this.seconds.push({ at, ...rates, readers, lag, latency });
    if (this.seconds.length > maxSeconds) this.seconds.shift();
    for (const lane of this.lanes.values()) {
      const recent = lane.ticks.filter((tick) => tick.at > at - 1000);
      lane.rate = recent.reduce((sum, tick) => sum + tick.count, 0);
      lane.isSampled = recent.some((tick) => tick.isSampled);
    }
  }

  #register(name: string): number {
    const known = this.#names.indexOf(name);
    if (known !== -1 || this.#names.length >= 500) return known;
    this.#names.push(name);
    const words = name
      .split(/[^A-Za-z0-9]+/)
      .filter((word) => word !== '')
      .reverse();
    const initials = words.flatMap((word) => [...word]);
    const used = new Set(this.#letters.values());
    const letters = initials.map((letter) => letter.toUpperCase());
    this.#letters.set(name, letters.find((letter) => !used.has(letter)) ?? letters[0] ?? '?');
    return this.#names.length - 1;
  }
}
