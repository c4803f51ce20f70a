import { kindOf } from '../data/kindOf.ts';
import type { VirtualTimers } from './virtualTimers.ts';

type Callback = (...args: unknown[]) => void;

/** The key under which `util.promisify` looks for the promise form of a function. */
const promisified = Symbol.for('nodejs.util.promisify.custom');

/** The object that Node's `setTimeout` returns, as far as programs use it; Node's own `fetch` does. */
class Handle {
  readonly #start: () => number;
  readonly #stop: (id: number) => void;
  readonly #named: Map<number, Handle>;
  #id: number;

  /** @param named the timers whose number was requested, by which they may be cleared */
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

  /** Restarts the timer, also when it has run. */
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

/** The source of virtual time and its timers. */
interface Time {
  readonly timers: VirtualTimers;
  now(): number;
}

/**
 * Replaces the process's own timers with virtual ones, and the time of `Date` with virtual time, until the returned
 * function is called.
 *
 * RxJS has its own replacement, which ends when `TestScheduler.run` returns, and which other code does not use: for
 * such code only globals can be virtual.
 *
 * @param isVirtual returns false for code to which the real timers and the real time stay
 */
export function replaceTimers(time: Time, isVirtual: () => boolean = () => true): () => void {
  const { setTimeout, clearTimeout, setInterval, clearInterval, Date: RealDate } = globalThis;
  const { now } = RealDate;
  const { timeout, interval } = time.timers;
  const named = new Map<number, Handle>();
  const clear = (handle: unknown): void => {
    const ours = handle instanceof Handle ? handle : typeof handle === 'object' ? undefined : named.get(Number(handle));
    if (ours === undefined) clearTimeout(handle as number | undefined);
    else ours.close();
  };
  const ms = (delay: unknown): number => Math.max(0, Number(delay) || 0);
  const startTimeout = (callback: Callback, delay?: unknown, ...args: unknown[]) => {
    if (!isVirtual()) return setTimeout(callback, Number(delay), ...args);
    checkCallback('setTimeout', callback);
    return new Handle(() => timeout.setTimeout(() => callback(...args), ms(delay)), timeout.clearTimeout, named);
  };
  const startInterval = (callback: Callback, delay?: unknown, ...args: unknown[]) => {
    if (!isVirtual()) return setInterval(callback, Number(delay), ...args);
    checkCallback('setInterval', callback);
    return new Handle(() => interval.setInterval(() => callback(...args), ms(delay)), interval.clearInterval, named);
  };
  const promised = (delay?: unknown, value?: unknown) =>
    new Promise((resolve) => {
      startTimeout(resolve, delay, value);
    });

  Object.assign(globalThis, {
    setTimeout: Object.assign(startTimeout, { [promisified]: promised }),
    setInterval: startInterval,
    clearTimeout: clear,
    clearInterval: clear,
    // Not another class: an earlier date is an instance of this one as well.
    Date: new Proxy(RealDate, {
      construct: (date, args, made) => Reflect.construct(date, args.length === 0 ? [RealDate.now()] : args, made),
      apply: () => new RealDate(RealDate.now()).toString(),
    }),
  });
  RealDate.now = () => (isVirtual() ? time.now() : now());
  return () => {
    Object.assign(globalThis, { setTimeout, clearTimeout, setInterval, clearInterval, Date: RealDate });
    RealDate.now = now;
  };
}

function checkCallback(name: string, callback: unknown): void {
  if (typeof callback === 'function') return;
  throw new TypeError(`${name}: callback must be a function, got ${kindOf(callback)}`);
}
