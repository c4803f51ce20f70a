import { firstValueFrom, noop } from 'rxjs';
import { readLog } from '../feed/readLog.ts';
import type { EventLog, Page } from '../log/EventLog.ts';
import type { Message } from '../wire/Frame.ts';
import { FrameParser } from '../wire/FrameParser.ts';

/** The most bytes that are read at once, of a log that is read whole. */
const wholePageBytes = 1024 * 1024;

/** An entry of a log: `id` is its cursor. */
export type LoggedMessage = Message & { readonly id: string };

/** Reads entries after a sequence; a read that fails is repeated, as `readLog` does. */
export function pageAfter(log: EventLog, after: number, maxBytes: number): Promise<Page> {
  return firstValueFrom(readLog(log, after, maxBytes, noop));
}

/** Returns the entries of a page. */
export function entriesOf({ bytes }: Page): readonly LoggedMessage[] {
  const entries: LoggedMessage[] = [];
  new FrameParser({ onMessage: (entry) => entries.push(entry as LoggedMessage), maxEventBytes: Infinity }).push(bytes);
  return entries;
}

/** Returns the entries that a log has when it is first read, the oldest first, and the sequence of the last one. */
export async function storedEntries(
  log: EventLog,
): Promise<{ readonly entries: readonly LoggedMessage[]; readonly last: number }> {
  let page = await pageAfter(log, 0, wholePageBytes);
  const { tail } = page;
  const entries = [...entriesOf(page)];
  // What has expired meanwhile is not read.
  while (page.last < Math.min(tail, page.tail)) {
    page = await pageAfter(log, page.last, wholePageBytes);
    entries.push(...entriesOf(page));
  }
  return { entries, last: page.last };
}

/** Returns the newest entry of a log, if there is one, and its sequence. */
export async function newestEntry(log: EventLog): Promise<{ readonly tail: number; readonly entry?: LoggedMessage }> {
  const { tail } = await pageAfter(log, 0, 0);
  if (tail === 0) return { tail };
  const [entry] = entriesOf(await pageAfter(log, tail - 1, 1));
  return entry === undefined ? { tail } : { tail, entry };
}

/** Appends an entry after a sequence, and returns false where another one was appended there first, in any process. */
export async function appendAfter(log: EventLog, sequence: number, data: string): Promise<boolean> {
  const entry = { event: undefined, data, retry: undefined };
  // Of several with one key, the first is stored.
  const { first } = await firstValueFrom(log.append([entry], { key: `after ${sequence}` }));
  const [stored] = entriesOf(await pageAfter(log, first - 1, 1));
  return stored?.data === data;
}
