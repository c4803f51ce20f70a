import { type VirtualTimers, virtualTimers } from './virtualTimers.ts';

type Callback = (...args: unknown[]) => void;

/** What Node's `setTimeout` returns, as far as programs use it; Node's own `fetch` does, too. */
class Handle {
  readonly #start: () => number;
  readonly #stop: (id: number) => void;
  readonly #named: Map<number, Handle>;
  #id: number;

  /** @param named those that have been asked for their number, by which they may be cleared. */
  constructor(start: () => number, stop: (id: number) => void, named: Map<number, Handle>) {
    this.#start = start;
    this.#stop = stop;
    this.#named = named;
    this.#id = start();
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return true;
  }

  /** Waits anew, also when it has run. */
  refresh(): this {
    this.#stop(this.#id);
    this.#id = this.#start();
    return this;
  }

  close(): this {
    this.#stop(this.#id);
    return this;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  [Symbol.toPrimitive](): number {
    this.#named.set(this.#id, this);
    return this.#id;
  }
}

/**
 * Puts virtual timers in the place of the process's own, and of `Date.now`, until
 * the function that it returns is called.
 *
 * While a test waits for promises, other code runs: only what is global can be
 * virtual for it, since RxJS's own replacement ends when `TestScheduler.run` returns.
 */
export function replaceTimers(steps: Parameters<typeof virtualTimers>[0]): () => void {
  const timers: VirtualTimers = virtualTimers(steps);
  const { setTimeout, clearTimeout, setInterval, clearInterval } = globalThis;
  const { now } = Date;
  const named = new Map<number, Handle>();
  const clear = (handle: unknown): void => {
    const ours = handle instanceof Handle ? handle : named.get(Number(handle));
    if (ours === undefined) clearTimeout(handle as number | undefined);
    else ours.close();
  };
  const ms = (delay: unknown): number => Math.max(0, Number(delay) || 0);
  const { timeout, interval } = timers;

  Object.assign(globalThis, {
    setTimeout: (callback: Callback, delay?: unknown, ...args: unknown[]) =>
      new Handle(() => timeout.setTimeout(() => callback(...args), ms(delay)), timeout.clearTimeout, named),
    setInterval: (callback: Callback, delay?: unknown, ...args: unknown[]) =>
      new Handle(() => interval.setInterval(() => callback(...args), ms(delay)), interval.clearInterval, named),
    clearTimeout: clear,
    clearInterval: clear,
  });
  Date.now = () => steps.now();
  return () => {
    Object.assign(globalThis, { setTimeout, clearTimeout, setInterval, clearInterval });
    Date.now = now;
  };
}
