import { freshEpoch } from '../../event/Cursor.ts';
import type { LogState } from '../EventLog.ts';
import { bytesOf, jsonOf, stateKey, type Table } from './layout.ts';

/** The format below; another one is refused. */
const format = 1;

/** Earlier epochs that are remembered. One is used up by each start of the machine. */
const mostPast = 8;

/** What is kept of a log beside its entries. */
export interface StoredState extends LogState {
  readonly format: number;
  /** For whoever looks into the file; entries are found by its hash. */
  readonly name: string;
  /** The start of the machine that the epoch belongs to. */
  readonly boot: string;
  /** Of all entries that are kept, as they go over the wire. */
  readonly bytes: number;
  /** When the oldest kept entry came, by the wall clock. */
  readonly since: number;
  /** The idempotency keys that are remembered: ordinals from `first` to before `next`. */
  readonly keys: { readonly first: number; readonly next: number };
}

/** Who asks for the state of a log. */
export interface Asker {
  readonly name: string;
  /** The start of the machine, as this process names it. */
  readonly boot: string;
  /** It met the log before: the machine cannot have been started since, whatever another process calls that start. */
  readonly met: boolean;
}

/** The state, where it exists and belongs to this start of the machine. */
export function stateIn(table: Table, log: Uint8Array, { boot, met }: Asker): StoredState | undefined {
  const state = storedIn(table, log);
  return met || state?.boot === boot ? state : undefined;
}

/**
 * The state to write on from. What was visible and not yet flushed is lost with
 * the machine, and readers may have seen it: after each start of it the numbering
 * goes on under a new epoch, and cursors of the old one are exact up to its end.
 */
export function stateToWrite(table: Table, log: Uint8Array, { name, boot, met }: Asker): StoredState {
  const stored = storedIn(table, log);
  if (stored === undefined) return { ...unwritten, name, boot, epoch: freshEpoch() };
  if (met || stored.boot === boot) return stored;
  const past = [...stored.past, { epoch: stored.epoch, last: stored.tail }].slice(-mostPast);
  return { ...stored, boot, epoch: freshEpoch(), past };
}

/** What readers are told of it. */
export function logStateOf({ epoch, past, floor, tail, ended }: StoredState): LogState {
  return { epoch, past, floor, tail, ended };
}

export function putState(table: Table, log: Uint8Array, state: StoredState): void {
  table.put(stateKey(log), bytesOf(state));
}

const unwritten = {
  format,
  past: [],
  floor: 0,
  tail: 0,
  ended: false,
  bytes: 0,
  since: 0,
  keys: { first: 0, next: 0 },
} as const;

function storedIn(table: Table, log: Uint8Array): StoredState | undefined {
  const state = jsonOf(table.get(stateKey(log))) as StoredState | undefined;
  if (state === undefined || state.format === format) return state;
  throw new Error(`the log is of format ${state.format}, and this version of rxsse knows format ${format}`);
}
