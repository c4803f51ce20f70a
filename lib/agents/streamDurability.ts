import { isLeft } from 'fp-ts/lib/Either.js';
import { checkNumber } from '../data/check.ts';
import { checkOptions } from '../data/checkOptions.ts';
import { cursorOf, freshEpoch, parseCursor } from '../event/cursor.ts';
import { gapReason } from '../feed/startPosition.ts';
import type { EventLog } from '../log/EventLog.ts';
import { followLog } from './followLog.ts';
import { LogWriter } from './LogWriter.ts';
import { type LogByName, NamedLogs } from './NamedLogs.ts';
import type { RunDurability, RunSource } from './RunDurability.ts';
import { type LoggedMessage, pageAfter, storedEntries } from './storedEntries.ts';

/** Where the chunks of a run are stored. @category agents */
export interface StreamDurabilityOptions {
  /**
   * Opens the log of a run, by the id of the run. @default memoryLog with 1 MiB for each of the newest 1000 runs
   */
  readonly log?: LogByName;
  /**
   * How long a reader that joins a run from its start waits for the first chunk, in milliseconds; `Infinity` waits until
   * the reader leaves. Above 0. @default 1000
   */
  readonly firstChunkTimeout?: number;
}

/**
 * Makes any log the `StreamDurability` of TanStack AI, so that a run is read again after a reload and after a lost
 * connection, at any process, and the model is called once.
 *
 * A log that processes share is claimed by the process that produces. Where that ends before the run, readers get what is
 * stored, and then the `RUN_ERROR` of TanStack AI. Of two requests that start one run, the second fails with its first chunk,
 * and none of its chunks is stored.
 *
 * @example Runs in a file
 * import { resumeServerSentEventsResponse, toServerSentEventsResponse } from '@tanstack/ai';
 *
 * const durability = streamDurability({ log: (runId) => lmdbLog({ path: './data', name: `runs/${runId}` }) });
 * export const answerWith = (chunks: AsyncIterable<object>, request: Request): Response =>
 *   toServerSentEventsResponse(chunks, { durability: { adapter: durability(request) } });
 * export const GET = (request: Request): Response => resumeServerSentEventsResponse({ adapter: durability(request) });
 *
 * @throws TypeError or RangeError at once, for an option that is not valid.
 * @category agents
 */
export function streamDurability(
  options: StreamDurabilityOptions = {},
): <Chunk>(source: RunSource) => RunDurability<Chunk> {
  checkOptions('streamDurability', options, { log: 'function', firstChunkTimeout: '' });
  const { firstChunkTimeout = 1000 } = options;
  checkNumber('streamDurability: firstChunkTimeout', firstChunkTimeout, { above: 0, unit: 'ms' });
  const logs = new NamedLogs(options.log);

  return <Chunk>(source: RunSource): RunDurability<Chunk> => {
    const resumed = offsetOf(source);
    const runId = parseOffset(resumed)?.runId ?? runIdOf(source) ?? freshEpoch();
    const prefix = `${encodeURIComponent(runId)}:`;
    const stored = ({ id, data }: LoggedMessage) => ({ offset: prefix + id, chunk: JSON.parse(data) as Chunk });
    let writer: LogWriter | undefined;
    const writing = (): LogWriter => (writer ??= new LogWriter(logs, runId));

    return {
      resumeFrom: () => resumed,
      append: async (chunks) => {
        const { epoch, first } = await writing().append(chunks.map((chunk) => JSON.stringify(chunk)));
        return chunks.map((_, index) => prefix + cursorOf(epoch, first + index));
      },
      async *read(offset, signal) {
        const entries = logs.iterate(runId, async function* (log) {
          const { after, isJoined } = await startAfter(log, runId, offset);
          yield* followLog(log, after, { signal, firstTimeout: isJoined ? firstChunkTimeout : Infinity });
        });
        for await (const entry of entries) yield stored(entry);
      },
      close: () => writing().end('completed'),
      snapshot: async () => (await logs.use(runId, storedEntries)).entries.map(stored),
    };
  };
}

/** Returns the sequence after which a reader starts. @throws Error for an offset of which the log has nothing. */
async function startAfter(
  log: EventLog,
  runId: string,
  offset: string,
): Promise<{ readonly after: number; readonly isJoined: boolean }> {
  if (offset === '-1') return { after: 0, isJoined: true };
  const state = await pageAfter(log, 0, 0);
  if (offset === 'now') return { after: state.tail, isJoined: true };
  const parsed = parseOffset(offset);
  const isKnown = parsed?.runId === runId && gapReason(parsed, state) === undefined;
  if (!isKnown) throw new Error('the run of this offset is not stored, or not any more; start it again');
  return { after: parsed.sequence, isJoined: false };
}

function parseOffset(offset: string | null): { runId: string; epoch: string; sequence: number } | undefined {
  const [, run = '', cursor = ''] = /^([^:]+):(.+)$/.exec(offset ?? '') ?? [];
  const parsed = parseCursor(cursor);
  if (isLeft(parsed)) return undefined;
  const { epoch, sequence } = parsed.right;
  try {
    return { runId: decodeURIComponent(run), epoch, sequence };
  } catch {
    // Text from outside, that `encodeURIComponent` has not written.
    return undefined;
  }
}

function offsetOf(source: RunSource): string | null {
  if ('runId' in source) return source.offset ?? null;
  return source.headers.get('last-event-id') || parameterOf(source, 'offset');
}

/** Returns the id that the request names, as TanStack AI does: the header first. */
function runIdOf(source: RunSource): string | null {
  return 'runId' in source ? source.runId : source.headers.get('x-run-id') || parameterOf(source, 'runId');
}

function parameterOf({ url }: Pick<Request, 'url'>, name: string): string | null {
  return new URL(url, 'http://localhost').searchParams.get(name);
}
