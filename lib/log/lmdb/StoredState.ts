import { freshEpoch } from '../../event/cursor.ts';
import type { LogState } from '../EventLog.ts';
import { bytesOf, endOfStates, jsonOf, stateKey, stateKeyAfter, type Table } from './layout.ts';

/** The version of the stored format; a log of another version is rejected. */
const format = 1;

/** The most earlier epochs that are remembered. Each boot of the machine uses one. */
const mostPast = 8;

/** The stored state of a log, beside its entries. */
export interface StoredState extends LogState {
  readonly format: number;
  /** The name of the log, for a person who inspects the file; entries are found by its hash. */
  readonly name: string;
  /** The boot of the machine that the epoch belongs to. */
  readonly boot: string;
  /** The bytes of all retained entries, as they are sent. */
  readonly bytes: number;
  /** When the oldest retained entry was appended, by the wall clock. */
  readonly since: number;
  /** The age that its last writer retains, in ms; absent where it has no age. */
  readonly age?: number | undefined;
  /** The remembered idempotency keys: ordinals from `first` to before `next`. */
  readonly keys: { readonly first: number; readonly next: number };
}

/** The process that reads the state of a log. */
export interface StateReader {
  readonly name: string;
  /** The boot of the machine, as this process names it. */
  readonly boot: string;
  /** The age that it retains, in ms; `Infinity` for none. */
  readonly age: number;
  /**
   * True when the process has used the log before: the machine cannot have been rebooted since, whatever name another
   * process has for the boot.
   */
  readonly isKnown: boolean;
  /** The text that each epoch starts with; '' for none. */
  readonly epochPrefix: string;
}

/**
 * Returns the state for a reader. Nothing is stored of a log that has neither an entry nor an end, so that reading
 * writes nothing. `undefined` where the state belongs to an earlier boot of the machine.
 */
export function stateIn(table: Table, log: Uint8Array, reader: StateReader): StoredState | undefined {
  const state = storedIn(table, log);
  if (state === undefined) return unwrittenState(log, reader);
  return reader.isKnown || state.boot === reader.boot ? state : undefined;
}

/**
 * Returns the state to continue writing from. What was visible and not yet flushed is lost with the machine, and
 * readers may have seen it: after each boot the numbering continues under a new epoch, and cursors of the old one are
 * exact up to its end.
 */
export function stateToWrite(table: Table, log: Uint8Array, reader: StateReader): StoredState {
  const stored = storedIn(table, log);
  // JSON has no `Infinity`.
  const age = reader.age === Infinity ? undefined : reader.age;
  if (stored !== undefined && (reader.isKnown || stored.boot === reader.boot)) return { ...stored, age };
  const before = stored ?? unwrittenState(log, reader);
  const past = [...before.past, { epoch: before.epoch, last: before.tail }].slice(-mostPast);
  return { ...before, age, boot: reader.boot, epoch: freshEpoch(reader.epochPrefix), past };
}

/** Returns the public part of the state. */
export function logStateOf({ epoch, past, floor, tail, ended }: StoredState): LogState {
  return { epoch, past, floor, tail, ended };
}

export function putState(table: Table, log: Uint8Array, state: StoredState): void {
  table.put(stateKey(log), bytesOf(state));
}

/**
 * Returns the state of a log that was never written to. Its epoch follows from the name, so that every process knows it
 * without a write. The first write starts a fresh epoch, since the file may be a new one in place of another, and lists
 * this one as past: a reader that has received nothing yet misses nothing.
 */
function unwrittenState(log: Uint8Array, { name, boot, epochPrefix }: StateReader): StoredState {
  const epoch = epochPrefix || Buffer.from(log).toString('base64url');
  const keys = { first: 0, next: 0 };
  return { format, name, boot, epoch, past: [], floor: 0, tail: 0, ended: false, bytes: 0, since: 0, keys };
}

/** Returns the stored states from this key on, or from the first one, with their keys. */
export function statesIn(table: Table, from: Uint8Array | undefined, limit: number): readonly KeyedState[] {
  const range = table.getRange({ start: from ?? stateKeyAfter(), end: endOfStates, limit });
  return [...range].map(({ key, value }) => {
    const state = jsonOf(value) as StoredState;
    return { key: Uint8Array.from(key), state: state.format === format ? state : undefined };
  });
}

interface KeyedState {
  readonly key: Uint8Array;
  /** `undefined` for a state of another version. */
  readonly state: StoredState | undefined;
}

/** Returns the state as it is stored; `undefined` where the log was never written to. */
export function storedIn(table: Table, log: Uint8Array): StoredState | undefined {
  const state = jsonOf(table.get(stateKey(log))) as StoredState | undefined;
  if (state === undefined || state.format === format) return state;
  throw new Error(`the log is of format ${state.format}, and this version of rxsse knows format ${format}`);
}
