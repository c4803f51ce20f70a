import { readFileSync } from 'node:fs';
import { PerformanceObserver, performance } from 'node:perf_hooks';
import type { Memory, Turns } from './Scenario.ts';

interface Span {
  readonly start: number;
  readonly end: number;
}

const immediate = setImmediate;
const microtask = queueMicrotask;

/** Spans that are kept one by one; shorter ones are not what a longest is looked for among. */
const kept = 0.05;
const most = 200_000;

/** How long the turns of this process's loop are, and what work in them was asked of the loop. */
export class Meter {
  #turns: Span[] = [];
  #slices: Span[] = [];
  #collections: Span[] = [];
  #count = 0;
  #work = 0;
  #last: number | undefined;
  #watching = false;
  readonly #observer: PerformanceObserver;

  constructor() {
    this.#observer = new PerformanceObserver((list) => this.#collect(list.getEntries()));
    this.#observer.observe({ entryTypes: ['gc'] });
  }

  /**
   * Times each piece of work that is given to `setImmediate` and `queueMicrotask`
   * from here on: what a library does in one go. Before the library is loaded.
   */
  watchSlices(): void {
    const timed = (work: () => void) => (): void => {
      const start = performance.now();
      const before = process.cpuUsage();
      try {
        work();
      } finally {
        const { user, system } = process.cpuUsage(before);
        this.#work = Math.max(this.#work, (user + system) / 1000);
        this.#keep(this.#slices, start);
      }
    };
    globalThis.setImmediate = ((work: (...given: unknown[]) => void, ...given: unknown[]) =>
      immediate(timed(() => work(...given)))) as typeof setImmediate;
    globalThis.queueMicrotask = (work) => microtask(timed(work));
  }

  /** Forgets what was, and from now on sees each turn of the loop. */
  watch(): void {
    this.reset();
    this.#watching = true;
    const turn = (): void => {
      if (!this.#watching) return;
      this.turn();
      immediate(turn);
    };
    turn();
  }

  /** A turn has come round. */
  turn(): void {
    const now = performance.now();
    if (this.#last !== undefined) this.#keep(this.#turns, this.#last);
    this.#last = now;
    this.#count++;
  }

  reset(): void {
    this.#turns = [];
    this.#slices = [];
    this.#collections = [];
    this.#count = 0;
    this.#work = 0;
    this.#last = undefined;
    this.#watching = false;
  }

  read(): Turns {
    this.#watching = false;
    this.#collect(this.#observer.takeRecords());
    const own = (spans: readonly Span[]): readonly number[] =>
      spans.map((span) => span.end - span.start - this.#collected(span)).sort((a, b) => a - b);
    const slices = own(this.#slices);
    const collections = this.#collections.map(({ start, end }) => end - start);
    return {
      count: this.#count,
      longest: longest(this.#turns.map(({ start, end }) => end - start)),
      longestOwn: longest(own(this.#turns)),
      longestSlice: longest(slices),
      longestWork: this.#work,
      slice99: slices[Math.floor(0.99 * (slices.length - 1))] ?? 0,
      longestGc: longest(collections),
      gc: collections.reduce((sum, ms) => sum + ms, 0),
    };
  }

  #keep(spans: Span[], start: number): void {
    const end = performance.now();
    if (end - start >= kept && spans.length < most) spans.push({ start, end });
  }

  #collect(entries: readonly { readonly startTime: number; readonly duration: number }[]): void {
    for (const { startTime, duration } of entries) {
      this.#collections.push({ start: startTime, end: startTime + duration });
    }
  }

  #collected({ start, end }: Span): number {
    return this.#collections.reduce(
      (sum, gc) => sum + Math.max(0, Math.min(end, gc.end) - Math.max(start, gc.start)),
      0,
    );
  }
}

function longest(spans: readonly number[]): number {
  return spans.reduce((most, span) => Math.max(most, span), 0);
}

/** Microseconds of the processor that this process, and another, have used. */
export function processorTime(pid: number | undefined): number {
  const { user, system } = process.cpuUsage();
  // In nanoseconds, on Linux; elsewhere there is no nginx to look at.
  const other = pid === undefined ? 0 : Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1000;
  return user + system + other;
}

/** System calls that wrote something, so far: to sockets, for a server. 0 where that is not counted, as on all but Linux. */
export function writeCalls(pid: number | undefined): number {
  try {
    return Number(/^syscw: (\d+)/m.exec(readFileSync(`/proc/${pid ?? 'self'}/io`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** What is held, after a collection; of another process, all that it has of the machine's memory. */
export async function memory(pid: number | undefined): Promise<Memory> {
  if (pid !== undefined) {
    const pages = Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
    return { rss: pages * 1024, held: pages * 1024 };
  }
  for (let times = 0; times < 4; times++) {
    globalThis.gc?.();
    await new Promise((resolve) => immediate(resolve));
  }
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rss, held: heapUsed + external };
}
