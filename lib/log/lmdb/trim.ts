import type { Retention } from '../Segments.ts';
import { idLine, timeOf, wireLength } from './entry.ts';
import { entryKey, sequenceOf, type Table } from './layout.ts';
import type { StoredState } from './StoredState.ts';

/** The number of entries that are removed at once, so that most appends remove none. */
const stepEntries = 64;
/** The most entries that one append removes, however many are due: some milliseconds. */
export const maxTrimmed = 1024;

/** The entries and bytes that an append added. */
export interface Growth {
  readonly entries: number;
  readonly bytes: number;
}

/** As much as one append may remove. */
const withoutAppend: Growth = { entries: maxTrimmed, bytes: Infinity };

/**
 * Removes a few of the oldest entries when a step of them is due: more than was added, so that it catches up, and never
 * so many that a turn is long. The newest entry stays, whatever its size, unless it is too old.
 */
export function trim(
  table: Table,
  log: Uint8Array,
  state: StoredState,
  retention: Retention,
  now: number,
  added: Growth,
): StoredState {
  if (!isDue(state, retention, now)) return state;
  let { floor, bytes, since } = state;
  const oldest = { start: entryKey(log, floor + 1), end: entryKey(log, state.tail + 1), limit: maxTrimmed + 1 };
  for (const { key, value } of table.getRange(oldest)) {
    const sequence = sequenceOf(key);
    since = timeOf(value);
    if (sequence - state.floor > maxTrimmed) break;
    const length = wireLength(idLine(state.epoch, sequence), value);
    const isOver = state.tail - sequence >= retention.entries || bytes - length >= retention.bytes;
    if (!isOver && now - since <= retention.age) break;
    const removedEntries = floor - state.floor;
    if (removedEntries >= Math.max(stepEntries, 2 * added.entries) && state.bytes - bytes >= 2 * added.bytes) break;
    floor = sequence;
    bytes -= length;
  }
  for (let sequence = state.floor + 1; sequence <= floor; sequence++) table.remove(entryKey(log, sequence));
  return { ...state, floor, bytes, since };
}

/** Removes entries that are older than an age, where nothing is appended. */
export function trimAged(table: Table, log: Uint8Array, state: StoredState, age: number, now: number): StoredState {
  return trim(table, log, state, { entries: Infinity, bytes: Infinity, age }, now, withoutAppend);
}

/** Returns true if the oldest entry is an eighth older than an age. */
export function isPastAge({ floor, tail, since }: StoredState, age: number, now: number): boolean {
  return tail > floor && now - since > age * 1.125;
}

function isDue(state: StoredState, retention: Retention, now: number): boolean {
  const { floor, tail, bytes } = state;
  const step = Math.max(1, Math.min(stepEntries, Math.floor(retention.entries / 8)));
  if (tail - floor - retention.entries >= step) return true;
  if (bytes - retention.bytes >= retention.bytes / 8) return true;
  return isPastAge(state, retention.age, now);
}
