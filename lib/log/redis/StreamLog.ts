import { createHash } from 'node:crypto';
import { type Either, isLeft, isRight } from 'fp-ts/lib/Either.js';
import { AsyncSubject, from, map, Observable, Subject, takeUntil } from 'rxjs';
import type { StorageError } from '../../error/StorageError.ts';
import { freshEpoch } from '../../event/cursor.ts';
import type { EncodedEvent } from '../../event/encodeEvent.ts';
import { encodeMessage } from '../../wire/encodeFrame.ts';
import { checkLease } from '../Claim.ts';
import { closedLog } from '../closedLog.ts';
import type {
  Appended,
  AppendOptions,
  ClaimState,
  EventLog,
  FenceOptions,
  LogEnd,
  LogState,
  Page,
} from '../EventLog.ts';
import type { Retention } from '../Segments.ts';
import { WriteQueue } from '../WriteQueue.ts';
import { claimScript } from './claimScript.ts';
import { readScript } from './readScript.ts';
import { isAnswerLost, isRetryable, redisFailure } from './redisFailure.ts';
import { endIn, pageFrom, pastIn, publishedState, tryWords, type Words } from './replies.ts';
import type { SharedClient } from './SharedClient.ts';
import type { RedisScript } from './scriptOf.ts';
import { writeScript } from './writeScript.ts';

/** Above every number that Redis stores exactly; in place of `Infinity`, which Lua reads in some versions only. */
const unbounded = 1e15;

interface StreamLogOptions {
  readonly name: string;
  readonly retention: Retention;
  /** The most idempotency keys that are remembered. */
  readonly keys: number;
  readonly idleTimeout: number;
  readonly appendTimeout: number;
}

/** The operation of a script, and the token that it has. */
interface StreamWrite {
  readonly values: readonly string[];
  readonly token: number | undefined;
}

/** One log in Redis. It holds no entries and no state in memory, since other processes write as well. */
export class StreamLog implements EventLog {
  readonly shared = true;
  readonly wakes: Observable<void>;
  readonly #client: SharedClient;
  readonly #options: StreamLogOptions;
  /** The metadata of the log; the other keys start with it, and are in the same slot. Also its channel. */
  readonly #key: string;
  #unwritten: string;
  #epochPrefix = '';
  readonly #keys: readonly string[];
  readonly #queue: WriteQueue<StreamWrite, Words>;
  readonly #closing = new Subject<void>();
  #isClosed = false;

  /** @param client held for the log; closing the log releases it */
  constructor(client: SharedClient, key: string, options: StreamLogOptions) {
    this.#client = client;
    this.#options = options;
    this.#key = key;
    this.#keys = [key, ...['entries', 'keys', 'order', 'claim'].map((suffix) => `${key}:${suffix}`)];
    this.#unwritten = createHash('sha256').update(options.name).digest().subarray(0, 16).toString('base64url');
    const writer = `${key}:writer:${freshEpoch()}`;
    this.#queue = new WriteQueue(
      {
        run: (call, writes) => this.#write(writer, call, writes),
        isTemporary: isRetryable,
        isUncertain: isAnswerLost,
        failure: (error, remedy) => this.#failure('write to', error, remedy),
      },
      options.appendTimeout,
    );
    this.wakes = new Observable<void>((subscriber) => {
      if (this.#isClosed) return subscriber.complete();
      return client.channels.watch(key, () => subscriber.next());
    }).pipe(takeUntil(this.#closing));
  }

  append(events: readonly EncodedEvent[], { key = '', token }: AppendOptions = {}): Observable<Appended> {
    if (this.#isClosed) return closedLog();
    const frames = events.map(({ event, data, retry }) => encodeMessage(undefined, event, data, retry));
    const words = this.#add(['append', key, tokenText(token), String(frames.length), ...frames], token);
    return words.pipe(map(([epoch = '', first, last]) => ({ epoch, first: Number(first), last: Number(last) })));
  }

  read(after: number, maxBytes: number): Observable<Page> {
    if (this.#isClosed) return closedLog();
    const bounds = [after, maxBytes].map((bound) => String(Math.min(bound, Number.MAX_SAFE_INTEGER)));
    const values = [freshEpoch(this.#epochPrefix), ...bounds, boundOf(this.#options.retention.age)];
    return eager(
      this.#run('read', readScript, values).then((reply) =>
        reply === null ? this.#unwrittenPage(after) : pageFrom(reply as readonly (string | Uint8Array)[]),
      ),
    );
  }

  end(how: LogEnd, { token }: FenceOptions = {}): Observable<LogState> {
    if (this.#isClosed) return closedLog();
    return this.#add(['end', how, tokenText(token)], token).pipe(
      map(([epoch = '', , tail, ended = '', floor, ...past]) => {
        return { epoch, past: pastIn(past), floor: Number(floor), tail: Number(tail), ended: endIn(ended) };
      }),
    );
  }

  claim(holder: string, lease: number): Observable<ClaimState> {
    checkLease(lease);
    if (this.#isClosed) return closedLog();
    const values = [freshEpoch(this.#epochPrefix), holder, String(Math.ceil(lease)), this.#idleTimeout()];
    return eager(
      this.#run('claim', claimScript, values).then((reply) => {
        const words = tryWords(reply);
        if (isLeft(words)) throw words.left;
        const [held, newest, remaining] = words.right;
        return { held: held === '1', token: Number(newest), remaining: Number(remaining) };
      }),
    );
  }

  prefixEpochs(prefix: string): void {
    this.#epochPrefix = prefix;
    this.#unwritten = prefix;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#closing.next();
    this.#closing.complete();
    this.#queue.drained(() => this.#client.release());
  }

  #add(values: readonly string[], token: number | undefined): Observable<readonly string[]> {
    const length = values.reduce((sum, value) => sum + value.length, 0);
    return this.#queue.add({ values, token }, values.length, length);
  }

  async #write(writer: string, call: number, writes: readonly StreamWrite[]): Promise<readonly Either<Error, Words>[]> {
    const { name, retention, keys } = this.#options;
    const bounds = [retention.entries, retention.bytes, retention.age, keys].map(boundOf);
    const header = [freshEpoch(this.#epochPrefix), name, this.#unwritten, String(call), ...bounds, this.#idleTimeout()];
    const operations = writes.flatMap(({ values }) => values);
    const reply = await this.#client.run(writeScript, [...this.#keys, writer], [...header, ...operations]);
    const results = String(reply).split('\n').slice(1);
    return writes.map(({ token }, index) => {
      const result = tryWords(results[index], token);
      // Wakes the readers of this process without the way through Redis.
      if (isRight(result)) this.#client.channels.changed(this.#key, publishedState(result.right));
      return result;
    });
  }

  #failure(what: string, error: unknown, remedy?: string): StorageError {
    return redisFailure(`${what} the log named ${JSON.stringify(this.#options.name)}`, error, remedy);
  }

  async #run(what: string, script: RedisScript, values: readonly string[]): Promise<unknown> {
    try {
      return await this.#client.run(script, this.#keys, values);
    } catch (error) {
      throw this.#failure(what, error);
    }
  }

  #idleTimeout(): string {
    const { idleTimeout } = this.#options;
    return idleTimeout === Infinity ? '0' : String(Math.ceil(idleTimeout));
  }

  /**
   * Returns the page of a log that was never written to. Its epoch follows from the name, so that every process knows it
   * without a write. The first write starts a fresh epoch and lists this one as past.
   */
  #unwrittenPage(after: number): Page {
    const epoch = this.#unwritten;
    return { epoch, past: [], floor: 0, tail: 0, ended: false, after, last: after, bytes: new Uint8Array(0) };
  }
}

const tokenText = (token: number | undefined): string => (token === undefined ? '' : String(token));

const boundOf = (bound: number): string => String(Math.min(bound, unbounded));

/** Returns an Observable of a promise that is under way; without a subscriber, a failure is not unhandled. */
function eager<T>(promise: Promise<T>): Observable<T> {
  const result = new AsyncSubject<T>();
  from(promise).subscribe(result);
  return result.asObservable();
}
