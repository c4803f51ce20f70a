import { createHash } from 'node:crypto';
import { isLeft, isRight } from 'fp-ts/lib/Either.js';
import { AsyncSubject, Observable, Subject, takeUntil } from 'rxjs';
import { ClosedError } from '../../error/ClosedError.ts';
import { FencedError } from '../../error/FencedError.ts';
import { freshEpoch } from '../../event/cursor.ts';
import { type EncodedEvent, encodeLogged } from '../../event/encodeEvent.ts';
import type { Contract, EventOf } from '../../event/events.ts';
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
import { WriteQueue, type WriteTarget } from '../WriteQueue.ts';
import type { PostgresClient } from './PostgresPool.ts';
import { isTemporary, isUncertain, postgresFailure } from './postgresFailure.ts';
import { readEntries } from './readEntries.ts';
import type { SharedPool } from './SharedPool.ts';
import { batchOf, groupsOf, groupValues, type LogWrite, resultsOf } from './writes.ts';

const writeStatement = `
select rxsse.write($1::text, $2::text, $3::text, $4::bytea, $5::int[], $6::int[], $7::text[], $8::bigint[], $9::text[],
  $10::text, $11::bigint, $12::bigint, $13::bigint, $14::float8, $15::bigint, $16::text) as answer`;

const claimStatement = 'select rxsse.claim($1::text, $2::text, $3::float8) as answer';

interface TableLogOptions {
  readonly name: string;
  readonly retention: Retention;
  /** The most idempotency keys that are remembered. */
  readonly keys: number;
  /** How long a write is repeated, in ms. */
  readonly appendTimeout: number;
}

/** One log in Postgres. It holds no entries and no state in memory, since other processes write as well. */
export class TableLog implements EventLog {
  readonly shared = true;
  readonly wakes: Observable<void>;
  readonly #shared: SharedPool;
  readonly #options: TableLogOptions;
  /** The short name of the log in notifications. */
  readonly #hint: string;
  /** The epoch of the log before its first write; it follows from the name, so that every process knows it. */
  #unwritten: string;
  #epochPrefix = '';
  readonly #queue: WriteQueue<LogWrite, Appended | LogState>;
  readonly #closing = new Subject<void>();
  #claimed: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  /** @param shared held for the log; closing the log releases it */
  constructor(shared: SharedPool, options: TableLogOptions) {
    this.#shared = shared;
    this.#options = options;
    const hash = createHash('sha256').update(options.name).digest();
    this.#hint = hash.toString('hex', 0, 16);
    this.#unwritten = hash.toString('base64url', 16, 28);
    this.#queue = new WriteQueue(this.#target(freshEpoch()), options.appendTimeout);
    this.wakes = new Observable<void>((subscriber) => {
      if (this.#isClosed) return subscriber.complete();
      return shared.hints.watch(this.#hint, options.name, () => subscriber.next());
    }).pipe(takeUntil(this.#closing));
  }

  append(events: readonly EncodedEvent[], options: AppendOptions = {}): Observable<Appended> {
    return this.#enqueue(batchOf(events, options)) as Observable<Appended>;
  }

  async appendIn<C extends Contract>(
    client: PostgresClient,
    contract: C,
    events: EventOf<C> | readonly EventOf<C>[],
    options: AppendOptions = {},
  ): Promise<Appended> {
    if (this.#isClosed) throw new ClosedError('the log', 'closed');
    const all: readonly unknown[] = Array.isArray(events) ? events : [events];
    const batch = batchOf(
      all.flatMap((event) => encodeLogged(event, contract) ?? []),
      options,
    );
    try {
      const [result] = await this.#write(client, [batch], null, 0, this.#hint);
      if (result === undefined || isLeft(result)) throw result?.left;
      return result.right as Appended;
    } catch (error) {
      throw this.#failure('write to', error);
    }
  }

  read(after: number, maxBytes: number): Observable<Page> {
    return this.#run('read', async () => {
      const page = await readEntries(this.#shared.pool, this.#options.name, after, maxBytes);
      return page ?? this.#unwrittenPage(after);
    });
  }

  end(how: LogEnd, { token }: FenceOptions = {}): Observable<LogState> {
    return this.#enqueue({ frames: [], key: undefined, token, end: how }) as Observable<LogState>;
  }

  claim(holder: string, lease: number): Observable<ClaimState> {
    checkLease(lease);
    const work = async (): Promise<ClaimState> => {
      const answer = await this.#answer(this.#shared.pool, claimStatement, [this.#options.name, holder, lease]);
      const state = JSON.parse(answer) as ClaimState | { readonly refused: 'ended' };
      if ('refused' in state) throw new ClosedError('the log', 'ended');
      if (lease === 0) this.#shared.hints.committed(this.#hint);
      return state;
    };
    // In the order of the calls, and not behind the writes: a renewal must not wait for them.
    return this.#run('claim', () => {
      const claimed = this.#claimed.then(work);
      this.#claimed = claimed.catch(() => {});
      return claimed;
    });
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
    this.#queue.drained(() => this.#shared.release());
  }

  #enqueue(write: LogWrite): Observable<Appended | LogState> {
    if (this.#isClosed) return closedLog();
    const bytes = write.frames.reduce((sum, { length }) => sum + length, 0);
    return this.#queue.add(write, 1 + write.frames.length, bytes);
  }

  /** Starts work at once, and emits its result whenever there is a subscriber. */
  #run<T>(verb: string, work: () => Promise<T>): Observable<T> {
    if (this.#isClosed) return closedLog();
    const result = new AsyncSubject<T>();
    work().then(
      (value) => {
        result.next(value);
        result.complete();
      },
      (error: unknown) => result.error(this.#failure(verb, error)),
    );
    return result.asObservable();
  }

  #target(writer: string): WriteTarget<LogWrite, Appended | LogState> {
    return {
      run: async (call, writes) => {
        const results = await this.#write(this.#shared.pool, writes, writer, call, null);
        if (results.some(isRight)) this.#shared.hints.committed(this.#hint);
        return results;
      },
      isTemporary,
      isUncertain,
      failure: (error, remedy) => postgresFailure(`write to ${this.#title}`, error, remedy),
    };
  }

  async #write(
    client: PostgresClient,
    writes: readonly LogWrite[],
    writer: string | null,
    call: number,
    hint: string | null,
  ) {
    const { name, retention, keys } = this.#options;
    const groups = groupsOf(writes);
    const bounds = [retention.entries, retention.bytes, retention.age, keys];
    const answer = await this.#answer(client, writeStatement, [
      name,
      freshEpoch(this.#epochPrefix),
      this.#unwritten,
      ...groupValues(groups),
      writer,
      call,
      ...bounds.map((bound) => (bound === Infinity ? null : bound)),
      hint,
    ]);
    return resultsOf(groups, answer);
  }

  async #answer(client: PostgresClient, statement: string, values: unknown[]): Promise<string> {
    const [row] = (await client.query(statement, values)).rows as readonly { readonly answer: string }[];
    if (row === undefined) throw new TypeError('postgresLog: the client returned no row; expected { rows: [...] }');
    return row.answer;
  }

  get #title(): string {
    return `the log named ${JSON.stringify(this.#options.name)}`;
  }

  #failure(verb: string, error: unknown): unknown {
    const isOurs = error instanceof ClosedError || error instanceof FencedError || error instanceof TypeError;
    return isOurs ? error : postgresFailure(`${verb} ${this.#title}`, error);
  }

  /**
   * Returns the page of a log that was never written to. The first write starts a fresh epoch and lists this one as past:
   * a reader that has received nothing yet misses nothing.
   */
  #unwrittenPage(after: number): Page {
    const epoch = this.#unwritten;
    return { epoch, past: [], floor: 0, tail: 0, ended: false, after, last: after, bytes: new Uint8Array(0) };
  }
}
