import type { Page } from '../EventLog.ts';
import { idLine, wireLength, writeEntry } from './entry.ts';
import { entryKey, sequenceOf, type Table } from './layout.ts';
import { logStateOf, type StoredState } from './StoredState.ts';

interface Found {
  readonly id: string;
  readonly entry: Uint8Array;
}

/** Copies the entries after a sequence: at least one if there is one, then as many as fit. */
export function readPage(table: Table, log: Uint8Array, state: StoredState, after: number, maxBytes: number): Page {
  const start = Math.max(after, state.floor);
  const found: Found[] = [];
  let length = 0;
  if (start < state.tail) {
    const range = { start: entryKey(log, start + 1), end: entryKey(log, state.tail + 1) };
    for (const { key, value: entry } of table.getRange(range)) {
      const sequence = start + found.length + 1;
      if (sequenceOf(key) !== sequence) break;
      const id = idLine(state.epoch, sequence);
      if (found.length > 0 && length + wireLength(id, entry) > maxBytes) break;
      found.push({ id, entry });
      length += wireLength(id, entry);
    }
    // A page may end before a hole; a page that starts with one would be requested again without end.
    if (found.length === 0) throw new Error(`the storage is damaged: entry ${start + 1} is missing`);
  }
  return { ...logStateOf(state), after: start, last: start + found.length, bytes: joined(found, length) };
}

function joined(found: readonly Found[], length: number): Uint8Array {
  const page = Buffer.allocUnsafeSlow(length);
  let at = 0;
  for (const { id, entry } of found) at = writeEntry(page, at, id, entry);
  return page;
}
