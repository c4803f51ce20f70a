import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { clientsFolder } from '../support/requires.ts';

const { resolve } = createRequire(join(clientsFolder, 'package.json'));

/** Imports an official client, unpatched. `T` is the part of it that the specs use: it need not be installed to compile. */
export const load = async <T>(name: string): Promise<T> => (await import(pathToFileURL(pathOf(name)).href)) as T;

/** Returns the file of a package, also of one that can be imported only. */
function pathOf(name: string): string {
  try {
    return resolve(name);
  } catch (error) {
    const folder = join(clientsFolder, 'node_modules', name);
    const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const path = exports?.['.']?.import;
    if (typeof path !== 'string') throw error;
    return join(folder, path);
  }
}
