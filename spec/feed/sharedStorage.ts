import { NEVER, type Observable, of } from 'rxjs';
import { sse } from '../../lib/index.ts';
import type { EventLog } from '../../lib/log/EventLog.ts';
import { memoryLog } from '../../lib/log/memoryLog.ts';
import { withLatency } from '../../lib/testing/withLatency.ts';
import { withOverrides } from '../log/broken.ts';

/** A storage outside of all processes: its logs by name, and those of which something is stored. */
export class SharedStorage {
  readonly stored = new Map<string, EventLog>();
  readonly #logs = new Map<string, EventLog>();

  /** The log of a name, which exists as soon as it is used. */
  log(name: string): EventLog {
    const log = this.#logs.get(name) ?? memoryLog();
    this.#logs.set(name, log);
    return log;
  }

  store(name: string): EventLog {
    const log = this.log(name);
    this.stored.set(name, log);
    return log;
  }
}

/** One process with logs in a storage, whose answers take a millisecond. */
export class StorageProcess {
  /** The names of the operations that it requested, in order; each renewal of a claim counts. */
  readonly calls: string[] = [];
  /** How many of its logs are open. */
  open = 0;
  /** Replaces operations of its logs, for a storage that fails. */
  over: (log: EventLog) => Partial<EventLog> = () => ({});
  readonly #storage: SharedStorage;
  #isDead = false;

  constructor(storage: SharedStorage) {
    this.#storage = storage;
  }

  /** The process does not run any more, or not for a while: it requests nothing, and gets no answer. */
  die(): void {
    this.#isDead = true;
  }

  /** The process, which was paused, continues. */
  revive(): void {
    this.#isDead = false;
  }

  readonly log = (name: string): EventLog => {
    const storage = this.#storage;
    let prefix = '';
    this.open++;
    const call = <T>(operation: string, answer: () => T): T | typeof NEVER => {
      this.calls.push(operation);
      return this.#isDead ? NEVER : answer();
    };
    const sound = withOverrides(storage.log(name), {
      shared: true,
      append: (events, options) => call('append', () => storage.store(name).append(events, options)),
      end: (how, options) => call('end', () => storage.store(name).end(how, options)),
      claim: (holder, lease) => call('claim', () => storage.log(name).claim?.(holder, lease) ?? NEVER),
      read: (after, maxBytes) =>
        call('read', () => (storage.stored.has(name) ? storage.log(name).read(after, maxBytes) : unwritten(after))),
      prefixEpochs: (text) => {
        prefix = text;
        // A log that is stored has its epoch.
        if (!storage.stored.has(name)) storage.log(name).prefixEpochs?.(text);
      },
      close: () => {
        this.open--;
      },
    });
    const unwritten = (after: number) => {
      const state = { epoch: prefix, past: [], floor: 0, tail: 0, ended: false as const };
      return of({ ...state, after, last: after, bytes: new Uint8Array(0) });
    };
    return withLatency(withOverrides(sound, { shared: true, ...this.over(sound) }), 1);
  };
}

/** Two processes with a route each over one storage, the errors of their routes, and the signals of their calls. */
export function twoProcesses(stream: () => Observable<unknown>, options: object = {}, resume: object = {}) {
  const storage = new SharedStorage();
  const make = () => {
    const process = new StorageProcess(storage);
    const errors: string[] = [];
    const signals: AbortSignal[] = [];
    const route = sse(
      {
        resume: { log: process.log, linger: 50, ...resume },
        heartbeat: Infinity,
        onError: (error) => void errors.push(error instanceof Error ? error.name : String(error)),
        ...options,
      },
      ({ signal }) => {
        signals.push(signal);
        return stream();
      },
    );
    return { process, route, errors, signals };
  };
  return { storage, one: make(), two: make() };
}
