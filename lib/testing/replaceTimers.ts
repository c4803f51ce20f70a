import { type VirtualTimers, virtualTimers } from './virtualTimers.ts';

type Callback = (...args: unknown[]) => void;

/** What Node's `setTimeout` returns, as far as programs use it. */
class Handle {
  readonly kind: 'interval' | 'timeout';
  readonly id: number;

  constructor(kind: 'interval' | 'timeout', id: number) {
    this.kind = kind;
    this.id = id;
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
  const clear = (handle: unknown): void => {
    if (!(handle instanceof Handle)) return clearTimeout(handle as number | undefined);
    if (handle.kind === 'interval') timers.interval.clearInterval(handle.id);
    else timers.timeout.clearTimeout(handle.id);
  };
  const ms = (delay: unknown): number => Math.max(0, Number(delay) || 0);

  Object.assign(globalThis, {
    setTimeout: (callback: Callback, delay?: unknown, ...args: unknown[]) =>
      new Handle(
        'timeout',
        timers.timeout.setTimeout(() => callback(...args), ms(delay)),
      ),
    setInterval: (callback: Callback, delay?: unknown, ...args: unknown[]) =>
      new Handle(
        'interval',
        timers.interval.setInterval(() => callback(...args), ms(delay)),
      ),
    clearTimeout: clear,
    clearInterval: clear,
  });
  Date.now = () => steps.now();
  return () => {
    Object.assign(globalThis, { setTimeout, clearTimeout, setInterval, clearInterval });
    Date.now = now;
  };
}
