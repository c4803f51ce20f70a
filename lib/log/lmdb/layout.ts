import { createHash } from 'node:crypto';
import type { Database } from 'lmdb';

/** One table for all logs of an environment: named tables are few and expensive. */
export type Table = Database<Uint8Array, Uint8Array>;

/** The length of the hash that distinguishes the logs of an environment. */
export const hashLength = 16;

export function hashOf(name: string): Uint8Array {
  return createHash('sha256').update(name).digest().subarray(0, hashLength);
}

/** The key of the last changes of the environment. */
export const changesKey: Uint8Array = Uint8Array.of(0);

export const stateKey = (log: Uint8Array): Uint8Array => Buffer.concat([Uint8Array.of(1), log]);

/** Returns the hash of the log whose state has this key. */
export const hashOfState = (key: Uint8Array): Uint8Array => key.subarray(1);

/** Returns the first key after that of a state; without one, the first key of all states. */
export const stateKeyAfter = (key?: Uint8Array): Uint8Array =>
  key === undefined ? Uint8Array.of(1) : Buffer.concat([key, Uint8Array.of(0)]);

/** The key after those of all states. */
export const endOfStates: Uint8Array = Uint8Array.of(2);

export const entryKey = (log: Uint8Array, sequence: number): Uint8Array => numberedKey(2, log, sequence);

export function sequenceOf(key: Uint8Array): number {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).readUIntBE(1 + hashLength, 6);
}

/** Returns the key under which an idempotency key and its result are stored. */
export const rememberedKey = (log: Uint8Array, key: string): Uint8Array =>
  Buffer.concat([Uint8Array.of(3), log, createHash('sha256').update(key).digest()]);

/** Returns the key of the n-th idempotency key, so that the oldest can be removed. */
export const orderKey = (log: Uint8Array, ordinal: number): Uint8Array => numberedKey(4, log, ordinal);

export const claimKey = (log: Uint8Array): Uint8Array => Buffer.concat([Uint8Array.of(5), log]);

function numberedKey(kind: number, log: Uint8Array, number: number): Uint8Array {
  const key = Buffer.allocUnsafe(1 + hashLength + 6);
  key[0] = kind;
  key.set(log, 1);
  key.writeUIntBE(number, 1 + hashLength, 6);
  return key;
}

export function jsonOf(bytes: Uint8Array | undefined): unknown {
  return bytes === undefined ? undefined : JSON.parse(Buffer.from(bytes).toString());
}

export function bytesOf(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}
