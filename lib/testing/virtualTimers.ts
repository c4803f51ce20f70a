import type { Subscription } from 'rxjs';

/** The source of the steps of virtual timers. */
interface Steps {
  now(): number;
  schedule(work: () => void, delay: number): Subscription;
}

/** The providers that RxJS uses instead of the real timers. */
export interface VirtualTimers {
  readonly immediate: { setImmediate(handler: () => void): number; clearImmediate(handle: number): void };
  readonly interval: { setInterval(handler: () => void, ms?: number): number; clearInterval(handle: number): void };
  readonly timeout: { setTimeout(handler: () => void, ms?: number): number; clearTimeout(handle: number): void };
}

type Kind = keyof VirtualTimers;

interface Timer {
  readonly kind: Kind;
  readonly ms: number;
  readonly handler: () => void;
  due: number;
  step: Subscription;
}

/** Orders timers of the same millisecond; among equal ones the older is first. */
const order: readonly Kind[] = ['immediate', 'interval', 'timeout'];

/**
 * The timers of a virtual run, in the order of RxJS's own.
 *
 * In RxJS, too, a step of one timer runs whichever is first among those that are due. A timer that cancels another may
 * therefore leave a step for which nothing is due: here that step does nothing, where RxJS fails the test.
 */
export function virtualTimers(steps: Steps): VirtualTimers {
  const timers = new Map<number, Timer>();
  let last = 0;

  const start = (kind: Kind, handler: () => void, delay: number): number => {
    const handle = ++last;
    const ms = Math.max(0, delay);
    timers.set(handle, { kind, ms, handler, due: steps.now() + ms, step: steps.schedule(step, ms) });
    return handle;
  };
  const clear = (handle: number): void => {
    timers.get(handle)?.step.unsubscribe();
    timers.delete(handle);
  };
  const step = (): void => {
    const now = steps.now();
    for (const kind of order) {
      for (const [handle, timer] of timers) {
        if (timer.kind === kind && timer.due <= now) return run(handle, timer);
      }
    }
  };
  const run = (handle: number, timer: Timer): void => {
    if (timer.kind === 'interval') {
      timer.due = steps.now() + timer.ms;
      timer.step = steps.schedule(step, timer.ms);
    } else timers.delete(handle);
    timer.handler();
  };

  return {
    immediate: { setImmediate: (handler) => start('immediate', handler, 0), clearImmediate: clear },
    interval: { setInterval: (handler, ms = 0) => start('interval', handler, ms), clearInterval: clear },
    timeout: { setTimeout: (handler, ms = 0) => start('timeout', handler, ms), clearTimeout: clear },
  };
}
