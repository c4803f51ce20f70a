import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The files below a folder whose names end so, or the one file, sorted. */
export function filesBelow(place: string, ending: string): readonly string[] {
  if (statSync(place).isFile()) return [place];
  return readdirSync(place, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(place, name))
    .sort();
}
