import type { EventLog } from '../../lib/index.ts';

/** A read of entries, not of the state alone. */
interface RecordedRead {
  readonly after: number;
  readonly maxBytes: number;
}

/** A log that records its reads. */
interface RecordingLog extends EventLog {
  readonly reads: RecordedRead[];
}

/** Returns the same log, which records its reads. */
export function recordReads(log: EventLog): RecordingLog {
  const reads: RecordedRead[] = [];
  return {
    ...(log.inMemory === undefined ? {} : { inMemory: log.inMemory }),
    reads,
    append: (drafts, options) => log.append(drafts, options),
    read: (after, maxBytes) => {
      if (maxBytes > 0) reads.push({ after, maxBytes });
      return log.read(after, maxBytes);
    },
    wakes: log.wakes,
    end: (how) => log.end(how),
    close: () => log.close(),
  };
}
