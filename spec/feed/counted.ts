import type { EventLog } from '../../lib/index.ts';

/** A read of a log that was asked for entries, and not for its state alone. */
interface CountedRead {
  readonly after: number;
  readonly maxBytes: number;
}

/** A log that tells what was read of it. */
interface CountedLog extends EventLog {
  readonly reads: CountedRead[];
}

/** The same log, with an account of who read what. */
export function counted(log: EventLog): CountedLog {
  const reads: CountedRead[] = [];
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
