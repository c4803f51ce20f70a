import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { clientsFolder } from '../support/requires.ts';

const { resolve } = createRequire(join(clientsFolder, 'package.json'));

/** Imports an official client, unpatched. `T` is the part of it that the specs use: it need not be installed to compile. */
export const load = async <T>(name: string): Promise<T> => (await import(pathToFileURL(resolve(name)).href)) as T;
