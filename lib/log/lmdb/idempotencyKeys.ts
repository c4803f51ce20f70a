import type { Appended } from '../EventLog.ts';
import { bytesOf, jsonOf, orderKey, rememberedKey, type Table } from './layout.ts';
import type { StoredState } from './StoredState.ts';

/** The most keys that are removed at once: the bound may have been lowered. */
const maxRemoved = 64;

export function appendedBefore(table: Table, log: Uint8Array, key: string): Appended | undefined {
  return jsonOf(table.get(rememberedKey(log, key))) as Appended | undefined;
}

/** Stores the result of a key, and removes the oldest keys beyond the bound. */
export function remember(
  table: Table,
  log: Uint8Array,
  state: StoredState,
  key: string,
  appended: Appended,
  bound: number,
): StoredState {
  if (bound === 0) return state;
  let { first, next } = state.keys;
  const keyEntry = rememberedKey(log, key);
  table.put(keyEntry, bytesOf(appended));
  table.put(orderKey(log, next), keyEntry);
  next++;
  for (let removed = 0; next - first > bound && removed < maxRemoved; removed++, first++)
    forget(table, orderKey(log, first));
  return { ...state, keys: { first, next } };
}

function forget(table: Table, order: Uint8Array): void {
  const keyEntry = table.get(order);
  if (keyEntry !== undefined) table.remove(keyEntry);
  table.remove(order);
}
