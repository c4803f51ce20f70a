import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Returns the files below a folder with this ending, or the one file, sorted. */
export function filesBelow(path: string, ending: string): readonly string[] {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(path, name))
    .sort();
}
