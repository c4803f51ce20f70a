import { createRequire } from 'node:module';

/** What the package `lmdb` is to us. */
export type LmdbPackage = typeof import('lmdb');

/**
 * Loads the package when the first log is opened and not when the door is
 * imported: loading it starts native code, and importing is to have no effect.
 *
 * @throws TypeError when it is not installed.
 */
export function lmdbPackage(): LmdbPackage {
  try {
    return createRequire(import.meta.url)('lmdb') as LmdbPackage;
  } catch (cause) {
    throw new TypeError('lmdbLog: expected the package lmdb, which cannot be loaded: npm install lmdb', { cause });
  }
}
