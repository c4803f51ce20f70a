import { firstValueFrom } from 'rxjs';
import { isLogEnded } from '../error/isLogEnded.ts';
import { hasTag } from '../error/RxsseError.ts';
import type { StreamFailedError } from '../error/StreamFailedError.ts';
import { parseCursor } from '../event/cursor.ts';
import type { LogEnd, LogState } from '../log/EventLog.ts';
import type { Acquisition, Acquisitions } from './Acquisitions.ts';
import { followLog } from './followLog.ts';
import { LogWriter } from './LogWriter.ts';
import type { NamedLogs } from './NamedLogs.ts';
import { pageAfter } from './storedEntries.ts';

const toBase64 = (bytes: Uint8Array): string => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
const fromBase64 = (base64: string): Uint8Array =>
  Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

/** The name of the entry that has the error of a stream. */
const errorEntry = 'failed';

/** A stream as one producer has acquired it: its chunks are in a log of their own, into which no other producer writes. */
export class AcquiredStream {
  readonly #logs: NamedLogs;
  readonly #acquisitions: Acquisitions;
  readonly #streamId: string;
  readonly #token: string;
  #acquisition: Acquisition | undefined;
  #writer: LogWriter | undefined;

  constructor(logs: NamedLogs, acquisitions: Acquisitions, streamId: string, token: string) {
    this.#logs = logs;
    this.#acquisitions = acquisitions;
    this.#streamId = streamId;
    this.#token = token;
  }

  /** True from the first chunk that this process appends until the end. */
  get isProduced(): boolean {
    return this.#writer !== undefined;
  }

  /** Stores a chunk. Rejects with the code 'finalized' after the end, and 'missing' where the producer has lost the stream. */
  async append(chunk: Uint8Array): Promise<void> {
    if (!(await this.#renew())) return this.#refuse('missing');
    this.#writer ??= new LogWriter(this.#logs, this.#log);
    try {
      await this.#writer.append([toBase64(chunk)]);
    } catch (error) {
      if (!isLogEnded(error)) throw error;
      this.#acquisition = undefined;
      return this.#refuse((await this.#renew()) ? 'finalized' : 'missing', error);
    }
  }

  /** Ends a stream that the producer still has, with an error as failed. Resolves to whether it has ended now. */
  async finalize(how: LogEnd, error?: string): Promise<boolean> {
    if (await this.#renew()) return this.end(how, error);
    await this.end('failed');
    return false;
  }

  /** Ends the chunks, in whichever process they are appended. Resolves to false where they have ended before. */
  async end(how: LogEnd, error?: string): Promise<boolean> {
    try {
      return await this.#logs.use(this.#log, async (log) => {
        if ((await pageAfter(log, 0, 0)).ended !== false) return false;
        const entry = { event: errorEntry, data: JSON.stringify(error), retry: undefined };
        if (error !== undefined) await firstValueFrom(log.append([entry]));
        await firstValueFrom(log.end(how));
        return true;
      });
    } catch (failure) {
      if (!isLogEnded(failure)) throw failure;
      return false;
    } finally {
      this.#writer?.release();
      this.#writer = undefined;
    }
  }

  /** Removes the chunks where they are in memory. Readers get their end. */
  discard(): void {
    this.#logs.discard(this.#log);
  }

  /** Returns how the chunks have ended. */
  async ended(): Promise<LogState['ended']> {
    return (await this.#logs.use(this.#log, (log) => pageAfter(log, 0, 0))).ended;
  }

  /** Reads the chunks after a cursor, and what follows, until the end. Rejects with the error of the stream. */
  async *read(cursor: string, signal: AbortSignal): AsyncGenerator<{ cursor: string; chunk: Uint8Array }> {
    const after = /^\d+$/.test(cursor) ? Number(cursor) : 0;
    let failure: string | undefined;
    try {
      for await (const { id, event, data } of this.#logs.iterate(this.#log, (log) =>
        followLog(log, after, { signal }),
      )) {
        if (event === errorEntry) failure = JSON.parse(data);
        else yield { cursor: sequenceText(id), chunk: fromBase64(data) };
      }
    } catch (error) {
      if (failure === undefined || !hasTag<StreamFailedError>(error, 'StreamFailedError')) throw error;
      throw new Error(failure);
    }
  }

  get #log(): string {
    return `${this.#streamId}/${this.#token}`;
  }

  /** Resolves to whether the producer has the stream, which then exists for its `ttlMs` from now. */
  async #renew(): Promise<boolean> {
    const known = this.#acquisition ?? (await this.#acquisitions.find(this.#streamId));
    const isOwn = known?.token === this.#token;
    this.#acquisition = isOwn ? await this.#acquisitions.renew(this.#streamId, known) : undefined;
    return this.#acquisition !== undefined;
  }

  async #refuse(code: 'finalized' | 'missing', cause?: unknown): Promise<never> {
    await this.end('failed');
    const state = code === 'finalized' ? 'has ended' : 'was deleted, has expired or was acquired again';
    throw Object.assign(new Error(`the stream ${this.#streamId} ${state}; acquire another one`, { cause }), { code });
  }
}

function sequenceText(id: string): string {
  const cursor = parseCursor(id);
  return cursor._tag === 'Right' ? String(cursor.right.sequence) : '';
}
