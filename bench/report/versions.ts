import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Returns the installed version of each measured package. */
export function versions(folder: string): Readonly<Record<string, string>> {
  const { dependencies } = read(join(folder, 'package.json')) as { readonly dependencies: Record<string, string> };
  return Object.fromEntries(
    Object.keys(dependencies).map((name) => {
      const { version } = read(join(folder, 'node_modules', name, 'package.json')) as { readonly version: string };
      return [name, version];
    }),
  );
}

function read(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}
