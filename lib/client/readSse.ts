import type { Observable, Subscription } from 'rxjs';
import { Queue } from '../data/Queue.ts';
import type { Contract, EventOf } from '../event/events.ts';
import type { Gap } from '../event/Gap.ts';
import type { ClientEvent } from './decodeMessage.ts';
import type { BadEventPolicy, Emitted, FromSseOptions, RawIf, RequestTarget } from './FromSseOptions.ts';
import { checkFetchOptions, fetchTransport } from './fetchTransport.ts';
import { reconnecting } from './reconnecting.ts';

/**
 * The options of {@link fromSse} without `cursorObserver`, which would run ahead of the loop, and without `share`, since a
 * slow loop would hold the other tabs back; `withId: true` gives each event its position.
 *
 * @category client
 */
export type ReadSseOptions<P extends BadEventPolicy = BadEventPolicy, I extends boolean = false> = Omit<
  FromSseOptions<P, I>,
  'cursorObserver' | 'share'
>;

/**
 * Reads the events of a contract at the pace of a loop, with all that {@link fromSse} does.
 *
 * Use it where each event takes time: it is stored, sent on, or passed to a slow reader. While the loop works the body of
 * the response is not read, so that the server is held back by the socket; a server of this library then disconnects
 * after its `stallTimeout`, and the client resumes. Passed to `sse`, it reads an upstream at the pace of the route's
 * reader. It holds the events of one chunk of the body, as fetch delivers it (64 KiB in Node), and one unfinished event.
 *
 * Each loop has its own connection, made when it requests its first value. The loop ends where the Observable of `fromSse`
 * completes, and throws where that errors, in both cases after the events before. Leaving the loop releases the socket.
 *
 * @example Store each event together with its position
 * declare const store: { cursor(): string; save(total: number, cursor: string): Promise<void> };
 * for await (const { id, event } of readSse('/orders', Orders, { withId: true, lastEventId: () => store.cursor() })) {
 *   if (event.type !== 'rxsse.gap') await store.save(event.data.total, id);
 * }
 *
 * @throws TypeError for a value that is not a contract, RangeError for an option out of range; both synchronously.
 * @see fromSse for an Observable.
 * @category client
 */
export function readSse<C extends Contract, P extends BadEventPolicy = 'drop', I extends boolean = false>(
  target: RequestTarget | (() => RequestTarget | PromiseLike<RequestTarget>),
  contract: C,
  options: ReadSseOptions<P, I> = {},
): AsyncIterable<Emitted<EventOf<C> | Gap | RawIf<P>, I>> {
  checkFetchOptions('readSse', options);
  const streamFor = (loop: ReadLoop<Value>) =>
    reconnecting('readSse', contract, options, (client) => {
      client.waitForReader = (resume) => loop.pause(resume);
      return fetchTransport(target, options, client);
    });
  const createLoop = (): ReadLoop<Value> => new ReadLoop(streamFor);
  // Checks the contract and the backoff now, and not for each loop.
  streamFor(createLoop());
  return { [Symbol.asyncIterator]: createLoop } as AsyncIterable<Emitted<EventOf<C> | Gap | RawIf<P>, I>>;
}

/** Stands for what a loop gets, before its type is known. */
type Value = Emitted<ClientEvent, boolean>;

/** A call of `next` whose promise is pending. */
interface LoopRead<T> {
  readonly resolve: (result: IteratorResult<T, undefined>) => void;
  readonly reject: (error: unknown) => void;
}

/** The iterator of one loop. It has values or pending reads, never both. */
class ReadLoop<T> implements AsyncIterator<T, undefined> {
  readonly #createStream: (loop: ReadLoop<T>) => Observable<T>;
  readonly #values = new Queue<T>();
  readonly #reads = new Queue<LoopRead<T>>();
  #subscription: Subscription | undefined;
  #resume: (() => void) | undefined;
  #isStarted = false;
  #isEnded = false;
  #errors: unknown[] = [];

  constructor(createStream: (loop: ReadLoop<T>) => Observable<T>) {
    this.#createStream = createStream;
  }

  next(): Promise<IteratorResult<T, undefined>> {
    return new Promise((resolve, reject) => {
      this.#reads.push({ resolve, reject });
      this.#settle();
      if (this.#reads.length === 0) return;
      if (!this.#isStarted) this.#start();
      const resume = this.#resume;
      this.#resume = undefined;
      resume?.();
    });
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    this.#isStarted = true;
    this.#values.clear();
    this.#subscription?.unsubscribe();
    this.#end();
    return { done: true, value: undefined };
  }

  /** Resumes the reading of the body when a value is requested that is not there yet. */
  pause(resume: () => void): void {
    if (this.#reads.length > 0) resume();
    else this.#resume = resume;
  }

  #start(): void {
    this.#isStarted = true;
    this.#subscription = this.#createStream(this).subscribe({
      next: (value) => {
        this.#values.push(value);
        this.#settle();
      },
      error: (error: unknown) => this.#end(error),
      complete: () => this.#end(),
    });
  }

  #end(...errors: unknown[]): void {
    this.#isEnded = true;
    this.#errors = errors;
    this.#settle();
  }

  #settle(): void {
    while (this.#reads.length > 0 && (this.#values.length > 0 || this.#isEnded)) {
      const read = this.#reads.shift();
      if (this.#values.length > 0) read?.resolve({ done: false, value: this.#values.shift() as T });
      else if (this.#errors.length > 0) read?.reject(this.#errors.pop());
      else read?.resolve({ done: true, value: undefined });
    }
  }
}
