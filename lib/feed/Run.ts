import type { Observable } from 'rxjs';
import type { Registered } from './FeedRegistry.ts';
import type { SharedRun } from './SharedRun.ts';

/** The parts of a run that its first reader in this process brings. */
export interface RunParts {
  readonly owner: unknown;
  readonly stream: Observable<unknown>;
  /** Aborts `context.signal` of the stream, which has been unsubscribed from. */
  readonly abort: { abort(): void };
  readonly onError: (error: unknown) => void;
  /** Called when this process has nothing more to produce or to store. */
  readonly onOver?: (() => void) | undefined;
}

/**
 * A stream of one request that is retained for its reader. Its key is the unguessable epoch of its log or, where other
 * processes read the log, the id that its epochs start with.
 */
export interface Run extends Registered, Pick<RunParts, 'owner' | 'abort'> {
  /** Set where other processes read the log and this one has created it. */
  readonly shared: SharedRun | undefined;
  /** True when a reader has the cursor of a shared run. */
  isKnown: boolean;
  /** True when this process has no more to do for it than to serve its readers: the run may make room. */
  mayMakeRoom: boolean;
}

/** Returns true for a run that may have readers in other processes, and is not stored to its end. */
export function mustContinue({ shared, isKnown }: Run): boolean {
  return shared !== undefined && isKnown && !shared.isOver;
}

/** Unsubscribes from the stream of a run, where it is in this process, and ends its log as completed unless it has ended. */
export function endRun({ shared, core: { log, publisher } }: Run): Observable<unknown> {
  if (log.inMemory) return publisher.end();
  shared?.complete();
  return log.end('completed');
}
