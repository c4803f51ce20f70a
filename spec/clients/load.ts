import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { clientsFolder } from '../support/requires.ts';

/** Imports an official client, unpatched. `T` is the part of it that the specs use: it need not be installed to compile. */
export const load = async <T>(name: string): Promise<T> => (await import(pathToFileURL(pathOf(name)).href)) as T;

/**
 * Returns the file of a package. RXSSE_NEWER_CLIENTS names a folder of packages that are used in place of those of the specs,
 * such as a version that a newer Node runs.
 */
function pathOf(name: string): string {
  const newer = process.env.RXSSE_NEWER_CLIENTS;
  const isNewer = newer !== undefined && existsSync(join(newer, 'node_modules', name));
  const packages = isNewer ? newer : clientsFolder;
  try {
    return createRequire(join(packages, 'package.json')).resolve(name);
  } catch (error) {
    // One that can be imported, and not required.
    const folder = join(packages, 'node_modules', name);
    const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const path = exports?.['.']?.import;
    if (typeof path !== 'string') throw error;
    return join(folder, path);
  }
}
