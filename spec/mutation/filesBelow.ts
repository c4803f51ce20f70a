import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Returns the files below a folder with this ending, or the one file, sorted. */
export function filesBelow(place: string, ending: string): readonly string[] {
  if (statSync(place).isFile()) return [place];
  return readdirSync(place, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(place, name))
    .sort();
}
