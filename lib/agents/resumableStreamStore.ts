import { firstValueFrom, noop } from 'rxjs';
import { checkOptions } from '../data/checkOptions.ts';
import type { ClosedError } from '../error/ClosedError.ts';
import { hasTag } from '../error/RxsseError.ts';
import type { StreamFailedError } from '../error/StreamFailedError.ts';
import { freshEpoch, parseCursor } from '../event/cursor.ts';
import { readLog } from '../feed/readLog.ts';
import type { EventLog } from '../log/EventLog.ts';
import { followLog, type LoggedMessage } from './followLog.ts';
import { LogWriter } from './LogWriter.ts';
import { type LogByName, logsByName, release } from './logsByName.ts';
import { newestEntry } from './newestEntry.ts';
import type { StreamStore } from './StreamStore.ts';

/** Where the streams of assistant-ui are stored. @category agents */
export interface ResumableStreamStoreOptions {
  /**
   * Opens the log of a stream, by its id, and that of its chunks, by the id and a random text. @default memory, 1 MiB for
   * each stream
   */
  readonly log?: LogByName;
}

const toBase64 = (bytes: Uint8Array): string => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
const fromBase64 = (base64: string): Uint8Array =>
  Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

/** The name of the entry that has the error of a stream. */
const errorEntry = 'failed';

/**
 * Makes any log the `ResumableStreamStore` of assistant-ui (`assistant-stream/resumable`), so that the stream of an assistant
 * is read again after a reload, at any process.
 *
 * The log of a stream says which producer has acquired it, and each acquisition has a log of its own for its chunks: a producer
 * that was replaced cannot write into the stream of another. Where the process of the producer ends, readers get what is stored,
 * and then an error. How long a stream is stored is an option of the log: `ttlMs` has no effect.
 *
 * @example Streams in a file
 * import { createResumableStreamContext } from 'assistant-stream/resumable';
 *
 * const store = resumableStreamStore({ log: (name) => lmdbLog({ path: './data', name }) });
 * export const streams = createResumableStreamContext({ store });
 *
 * @throws TypeError at once, for an option that is not valid.
 * @category agents
 */
export function resumableStreamStore(options: ResumableStreamStoreOptions = {}): StreamStore {
  checkOptions('resumableStreamStore', options, { log: 'function' });
  // Two logs for each stream.
  const open = logsByName(options.log, 2000);
  const writers = new Map<string, LogWriter>();
  const chunksOf = (streamId: string, token: string): EventLog => open(`${streamId}/${token}`);

  /** Uses a log and closes it. */
  async function using<T>(log: EventLog, use: (log: EventLog) => Promise<T>): Promise<T> {
    try {
      return await use(log);
    } finally {
      release(log);
    }
  }
  const current = (streamId: string): Promise<Acquisition> => using(open(streamId), acquisitionOf);
  const endOf = (streamId: string, token: string) =>
    using(chunksOf(streamId, token), async (log) => (await firstValueFrom(readLog(log, 0, 0, noop))).ended);
  const tokenOf = async (streamId: string): Promise<string> => {
    const { token } = await current(streamId);
    if (token === undefined) throw new Error(`Stream not found: ${streamId}`);
    return token;
  };
  const writerOf = (streamId: string, token: string): LogWriter => {
    const writer = writers.get(token) ?? new LogWriter(chunksOf(streamId, token));
    writers.set(token, writer);
    return writer;
  };

  const acquireLease: StreamStore['acquireLease'] = (streamId) =>
    using(open(streamId), async (log) => {
      const { tail, token } = await acquisitionOf(log);
      const own = freshEpoch();
      const isOwn = token === undefined && (await appendAfter(log, tail, own));
      return isOwn ? { role: 'producer', lease: { token: own } } : { role: 'consumer' };
    });
  return {
    acquire: async (streamId) => (await acquireLease(streamId)).role,
    acquireLease,
    append: async (streamId, chunk, lease) => {
      const token = lease?.token ?? (await tokenOf(streamId));
      try {
        await writerOf(streamId, token).append([toBase64(chunk)]);
      } catch (error) {
        if (!hasTag<ClosedError>(error, 'ClosedError')) throw error;
        const code = (await current(streamId)).token === token ? 'finalized' : 'missing';
        throw Object.assign(new Error(`the stream ${streamId} has ended`, { cause: error }), { code });
      }
    },
    finalize: async (streamId, status, error = 'Stream errored', lease) => {
      const token = await tokenOf(streamId);
      if ((lease && lease.token !== token) || (await endOf(streamId, token)) !== false) return false;
      const writer = writerOf(streamId, token);
      if (status === 'error') await writer.append([JSON.stringify(error)], errorEntry);
      await writer.end(status === 'error' ? 'failed' : 'completed');
      writers.delete(token);
      return true;
    },
    async *read(streamId, cursor, signal) {
      const log = chunksOf(streamId, await tokenOf(streamId));
      let failure: string | undefined;
      try {
        for await (const entry of followLog(log, Number(cursor) || 0, { signal })) {
          if (entry.event === errorEntry) failure = JSON.parse(entry.data);
          else yield { cursor: sequenceText(entry), chunk: fromBase64(entry.data) };
        }
      } catch (error) {
        if (failure === undefined || !hasTag<StreamFailedError>(error, 'StreamFailedError')) throw error;
        throw new Error(failure);
      } finally {
        release(log);
      }
    },
    status: async (streamId) => {
      const { token } = await current(streamId);
      if (token === undefined) return 'missing';
      const ended = await endOf(streamId, token);
      if (ended === false) return 'streaming';
      return ended === 'completed' ? 'done' : 'error';
    },
    delete: async (streamId) => {
      const { token } = await using(open(streamId), async (log) => {
        const acquisition = await acquisitionOf(log);
        if (acquisition.token !== undefined) await appendAfter(log, acquisition.tail, '');
        return acquisition;
      });
      if (token === undefined) return;
      writers.delete(token);
      await using(chunksOf(streamId, token), (log) => firstValueFrom(log.end('completed')));
    },
  };
}

/** The newest acquisition of a stream; `token` is absent for a stream that is free. */
interface Acquisition {
  readonly tail: number;
  readonly token?: string;
}

async function acquisitionOf(log: EventLog): Promise<Acquisition> {
  const { tail, entry } = await newestEntry(log);
  return entry === undefined || entry.data === '' ? { tail } : { tail, token: entry.data };
}

/** Appends an entry after a sequence, and returns false where another one was appended there first. */
async function appendAfter(log: EventLog, sequence: number, data: string): Promise<boolean> {
  const entry = { event: undefined, data, retry: undefined };
  // The first append with this key is stored, in all processes.
  await firstValueFrom(log.append([entry], { key: `after ${sequence}` }));
  return (await newestEntry(log)).entry?.data === data;
}

function sequenceText({ id }: LoggedMessage): string {
  const cursor = parseCursor(id);
  return cursor._tag === 'Right' ? String(cursor.right.sequence) : '';
}
