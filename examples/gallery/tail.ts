import { createReadStream, statSync, watch } from 'node:fs';
import { fromEvent, Observable, takeUntil } from 'rxjs';
import { type EventOf, sse, toAsyncIterable, withId } from 'rxsse';
import { LogLines } from './events.ts';

/** A reader without a position gets this much of the end of the file, in bytes. */
const recent = 2000;

/**
 * Sends the lines of a file as `tail -f` does. The file is the log: the id of a line is the offset of its end, and a
 * reader that comes back continues there. The time at which the file was created distinguishes it from an earlier one.
 */
export function tail(file: string) {
  const { birthtimeMs } = statSync(file);
  const idOf = (offset: number) => `${Math.round(birthtimeMs)}-${offset}`;

  return sse({ events: LogLines, resume: 'own-ids' }, ({ lastEventId, signal }) => {
    const offset = Number(lastEventId?.split('-')[1]);
    const { size } = statSync(file);
    const isHere = lastEventId === idOf(offset) && offset <= size;
    const start = isHere ? offset : Math.max(0, size - recent);
    return linesFrom(file, start, { isWhole: isHere || start === 0, signal, idOf });
  });
}

interface TailOptions {
  /** Whether a line starts at the first offset. */
  readonly isWhole: boolean;
  readonly signal: AbortSignal;
  readonly idOf: (offset: number) => string;
}

/** Reads to the end of the file, and again each time it has changed. */
async function* linesFrom(
  file: string,
  start: number,
  { isWhole, signal, idOf }: TailOptions,
): AsyncGenerator<EventOf<typeof LogLines>> {
  let end = start;
  let isFirst = true;
  let rest: Buffer = Buffer.alloc(0);
  const changes = changesOf(file).pipe(takeUntil(fromEvent(signal, 'abort')));
  // One change waits while the file is read: the next reading gets what all of them have written.
  for await (const _ of toAsyncIterable(changes, { overflow: 'drop-newest', maxQueued: 1 })) {
    for await (const chunk of createReadStream(file, { start: end + rest.length })) {
      rest = Buffer.concat([rest, chunk]);
      for (let at = rest.indexOf('\n'); at !== -1; at = rest.indexOf('\n')) {
        const text = rest.toString('utf8', 0, at);
        rest = rest.subarray(at + 1);
        end += at + 1;
        if (isWhole || !isFirst) yield withId(LogLines.Line({ text }), idOf(end));
        isFirst = false;
      }
    }
  }
}

/** Emits at once, and when the file changes. */
function changesOf(file: string): Observable<void> {
  return new Observable((subscriber) => {
    const watcher = watch(file, () => subscriber.next());
    watcher.on('error', (error) => subscriber.error(error));
    subscriber.next();
    return () => watcher.close();
  });
}
