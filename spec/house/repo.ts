import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Files as text, by their path from the root with `/`. */
export type Files = ReadonlyMap<string, string>;

export function textOf(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** Returns every file below a folder (or the one file) with this ending, but no packages; none if the folder does not exist. */
export function filesIn(path: string, ending: string): Files {
  const start = join(root, path);
  if (!existsSync(start)) return new Map();
  if (path.endsWith(ending)) return new Map([[path, textOf(path)]]);
  const paths = readdirSync(start, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((found) => !found.includes('node_modules/'))
    .sort();
  return new Map(paths.map((path) => [path, textOf(path)]));
}

export interface EntryPoint {
  /** The specifier that users import: `rxsse/wire`. */
  readonly name: string;
  /** The source file: `lib/wire/index.ts`. */
  readonly file: string;
}

/** Returns the entry points in package.json, each with its source file. */
export function entryPoints(): readonly EntryPoint[] {
  const { name, exports } = JSON.parse(textOf('package.json')) as {
    readonly name: string;
    readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
  };
  return Object.entries(exports).flatMap(([subpath, target]) =>
    typeof target === 'string'
      ? []
      : [
          {
            name: name + subpath.slice(1),
            file: target.default.replace(/^\.\/dist\//, 'lib/').replace(/\.js$/, '.ts'),
          },
        ],
  );
}
