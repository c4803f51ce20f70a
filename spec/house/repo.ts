import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Files as text, by their path from the root with `/`. */
export type Files = ReadonlyMap<string, string>;

export function textOf(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** Every file below a folder (or the one file) that ends so; none where there is no such folder. */
export function filesIn(place: string, ending: string): Files {
  const start = join(root, place);
  if (!existsSync(start)) return new Map();
  if (place.endsWith(ending)) return new Map([[place, textOf(place)]]);
  const paths = readdirSync(start, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
  return new Map(paths.map((path) => [path, textOf(path)]));
}

export interface Door {
  /** What one imports: `rxsse/wire`. */
  readonly name: string;
  /** What it is made of: `lib/wire/index.ts`. */
  readonly file: string;
}

/** The doors that package.json opens, each with the source behind it. */
export function doors(): readonly Door[] {
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
