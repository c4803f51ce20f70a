import { createRequire } from 'node:module';

/** The module of the package `lmdb`. */
type LmdbPackage = typeof import('lmdb');

/**
 * Loads the package when the first log is opened and not when the entry point is imported: loading it starts native
 * code, and importing must have no effect.
 *
 * @throws TypeError when it is not installed.
 */
export function lmdbPackage(): LmdbPackage {
  try {
    return createRequire(import.meta.url)('lmdb') as LmdbPackage;
  } catch (cause) {
    throw new TypeError('lmdbLog: the package lmdb cannot be loaded; install it with npm install lmdb', { cause });
  }
}
