import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A mistake, as a change to a file of `lib`. */
export interface Bug {
  readonly name: string;
  readonly file: string;
  /** The replacements: each text occurs exactly once in the file. */
  readonly changes: readonly (readonly [there: string, instead: string])[];
  /** Appended to the file. */
  readonly added?: string;
}

/** The entry points of the package that a spec uses. */
export interface EntryPoints {
  readonly main: typeof import('../../../lib/index.ts');
  readonly testing: typeof import('../../../lib/testing/index.ts');
}

const root = join(import.meta.dirname, '../../..');

/** A copy of the library that has the mistake, beside the real one; `remove` deletes it. */
export async function libWithBug(bug: Bug): Promise<EntryPoints & { readonly remove: () => void }> {
  // Below the root, so that the copy imports the same RxJS.
  mkdirSync(join(root, '.tmp'), { recursive: true });
  const folder = mkdtempSync(join(root, '.tmp/bug-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    cpSync(join(root, 'lib'), join(folder, 'lib'), { recursive: true });
    const path = join(folder, 'lib', bug.file);
    writeFileSync(path, mistaken(readFileSync(path, 'utf8'), bug));
    const load = (name: string) => import(pathToFileURL(join(folder, 'lib', name)).href);
    return { main: await load('index.ts'), testing: await load('testing/index.ts'), remove };
  } catch (error) {
    remove();
    throw error;
  }
}

function mistaken(text: string, { name, file, changes, added = '' }: Bug): string {
  let changed = text;
  for (const [there, instead] of changes) {
    if (changed.split(there).length !== 2) {
      throw new Error(`the bug "${name}" no longer fits ${file}, which has not exactly one: ${there}`);
    }
    changed = changed.replace(there, () => instead);
  }
  return changed + added;
}
