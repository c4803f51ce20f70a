import { checkDuration } from '../data/check.ts';
import { checkOptions } from '../data/checkOptions.ts';
import type { LogEnd } from '../log/EventLog.ts';
import { AcquiredStream } from './AcquiredStream.ts';
import { Acquisitions } from './Acquisitions.ts';
import { type LogByName, NamedLogs } from './NamedLogs.ts';
import type { StreamStore } from './StreamStore.ts';

/** Where the streams of assistant-ui are stored. @category agents */
export interface ResumableStreamStoreOptions {
  /**
   * Opens the log of a stream, by its id, and that of its chunks, by the id and a random text. @default memory, 1 MiB for
   * each stream
   */
  readonly log?: LogByName;
}

/**
 * Makes any log the `ResumableStreamStore` of assistant-ui (`assistant-stream/resumable`), so that the stream of an assistant
 * is read again after a reload, at any process.
 *
 * The log of a stream says which producer has acquired it, and each acquisition has a log of its own for its chunks: a producer
 * that was replaced cannot write into the stream of another. Where the process of the producer ends, readers get what is stored,
 * and then an error.
 *
 * With `ttlMs` of the context a stream is missing, and can be acquired again, when nothing was appended for that long. `delete`
 * does the same at once, and ends its readers. In memory the chunks are removed then; another log retains them for its
 * `maxAge` or `idleTimeout`.
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
  const logs = new NamedLogs(options.log, 2000);
  const acquisitions = new Acquisitions(logs);
  /** The streams that this process produces, by the token. */
  const produced = new Map<string, AcquiredStream>();

  const streamOf = (streamId: string, token: string): AcquiredStream =>
    produced.get(token) ?? new AcquiredStream(logs, acquisitions, streamId, token);
  const tokenOf = async (streamId: string): Promise<string> => {
    const acquisition = await acquisitions.find(streamId);
    if (acquisition === undefined) throw new Error(`Stream not found: ${streamId}`);
    return acquisition.token;
  };
  /** Ends a stream that is free again, and removes its chunks where they are in memory. */
  const remove = async (streamId: string, token: string, how: LogEnd): Promise<void> => {
    const stream = streamOf(streamId, token);
    produced.delete(token);
    await stream.end(how);
    stream.discard();
  };

  const acquireLease: StreamStore['acquireLease'] = async (streamId, { ttlMs = Infinity } = {}) => {
    checkDuration('resumableStreamStore: ttlMs', ttlMs);
    const token = await acquisitions.acquire(streamId, ttlMs, (expired) => remove(streamId, expired, 'failed'));
    return token === undefined ? { role: 'consumer' } : { role: 'producer', lease: { token } };
  };
  return {
    acquire: async (streamId, acquireOptions) => (await acquireLease(streamId, acquireOptions)).role,
    acquireLease,
    append: async (streamId, chunk, lease) => {
      const token = lease?.token ?? (await tokenOf(streamId));
      const stream = streamOf(streamId, token);
      produced.set(token, stream);
      try {
        await stream.append(chunk);
      } finally {
        if (!stream.isProduced) produced.delete(token);
      }
    },
    finalize: async (streamId, status, error = 'Stream errored', lease) => {
      const token = lease?.token ?? (await tokenOf(streamId));
      const stream = streamOf(streamId, token);
      produced.delete(token);
      return status === 'error' ? stream.finalize('failed', error) : stream.finalize('completed');
    },
    async *read(streamId, cursor, signal) {
      yield* streamOf(streamId, await tokenOf(streamId)).read(cursor, signal);
    },
    status: async (streamId) => {
      const acquisition = await acquisitions.find(streamId);
      if (acquisition === undefined) return 'missing';
      const ended = await streamOf(streamId, acquisition.token).ended();
      if (ended === false) return 'streaming';
      return ended === 'completed' ? 'done' : 'error';
    },
    delete: async (streamId) => {
      const acquisition = await acquisitions.find(streamId);
      if (acquisition === undefined) return;
      await acquisitions.release(streamId, acquisition.token);
      await remove(streamId, acquisition.token, 'completed');
    },
  };
}
