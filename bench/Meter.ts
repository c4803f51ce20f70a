import { readdirSync, readFileSync } from 'node:fs';
import { PerformanceObserver, performance } from 'node:perf_hooks';
import type { Memory, Turns } from './Scenario.ts';

interface Span {
  readonly start: number;
  readonly end: number;
}

const immediate = setImmediate;
const microtask = queueMicrotask;

/** The shortest span that is recorded, in ms; the longest is never among shorter ones. */
const shortestSpan = 0.05;
const maxSpans = 200_000;

/** Measures the turns of this process's event loop and the work that is scheduled in them. */
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
   * Times each callback that is passed to `setImmediate` and `queueMicrotask` from
   * now on. Must be called before the library is loaded.
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
        this.#record(this.#slices, start);
      }
    };
    globalThis.setImmediate = ((work: (...args: unknown[]) => void, ...args: unknown[]) =>
      immediate(timed(() => work(...args)))) as typeof setImmediate;
    globalThis.queueMicrotask = (work) => microtask(timed(work));
  }

  /** Resets the measures and times each turn of the loop from now on. */
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

  /** Records the turn that has just ended. */
  turn(): void {
    const now = performance.now();
    if (this.#last !== undefined) this.#record(this.#turns, this.#last);
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

  #record(spans: Span[], start: number): void {
    const end = performance.now();
    if (end - start >= shortestSpan && spans.length < maxSpans) spans.push({ start, end });
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

/** Returns the processor time that this process, and the other one, have used, in microseconds. */
export function processorTime(pid: number | undefined): number {
  const { user, system } = process.cpuUsage();
  return user + system + (pid === undefined ? 0 : processorTimeOf(pid));
}

/** Returns the processor time of a process with its threads and its children, in microseconds. */
export function processorTimeOf(pid: number): number {
  // The files exist on Linux only; the bench runs other servers nowhere else. Times are in nanoseconds, those of children
  // that have ended in hundredths of a second.
  const tasks = `/proc/${pid}/task`;
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? [];
  const ended = (Number(fields[13]) + Number(fields[14])) * 10_000;
  return readdirSync(tasks).reduce((sum, task) => {
    const own = Number(readFileSync(`${tasks}/${task}/schedstat`, 'latin1').split(' ')[0]) / 1000;
    const children = readFileSync(`${tasks}/${task}/children`, 'latin1')
      .split(' ')
      .filter((child) => child !== '');
    return children.reduce((all, child) => all + processorTimeOfChild(Number(child)), sum + own);
  }, ended);
}

/** Returns 0 for a child that has ended meanwhile. */
function processorTimeOfChild(pid: number): number {
  try {
    return processorTimeOf(pid);
  } catch {
    return 0;
  }
}

/** Returns the number of system calls that wrote, so far; 0 on systems other than Linux, which do not count them. */
export function writeCalls(pid: number | undefined): number {
  try {
    return Number(/^syscw: (\d+)/m.exec(readFileSync(`/proc/${pid ?? 'self'}/io`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** Returns the memory in use after a garbage collection; for another process, its resident memory. */
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
