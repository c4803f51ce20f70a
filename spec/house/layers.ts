import { posix } from 'node:path';
import ts from 'typescript';
import type { Files } from './repo.ts';

const model = ['error', 'data', 'codec', 'wire', 'event'];
const streams = [...model, 'time', 'operator'];
const server = [...streams, 'source', 'log', 'feed', 'sink'];

/** Which layers a layer may import, from the bottom up. A layer may always import itself. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  error: [],
  data: ['error'],
  time: ['error', 'data'],
  codec: ['error', 'data'],
  wire: ['error', 'data'],
  event: ['error', 'data', 'time', 'codec', 'wire'],
  source: [...model, 'time', 'operator'],
  operator: [...model, 'time'],
  log: streams,
  feed: [...streams, 'source', 'log'],
  sink: [...streams, 'source', 'log', 'feed'],
  adapter: server,
  client: streams,
  agents: [...server, 'adapter', 'client'],
  contract: [...model, 'feed', 'sink', 'adapter'],
  inspector: [...server, 'adapter', 'contract'],
  testing: [...server, 'adapter', 'client', 'main entry point'],
  'main entry point': [...server, 'adapter'],
};

/** The packages that lib imports, and the files that may import them. */
const packages: readonly { readonly name: RegExp; readonly allowedIn: (file: string) => boolean }[] = [
  {
    name: /^rxjs$/,
    allowedIn: (file) => !/^lib\/(error|data|codec|event)\//.test(file) && !/^lib\/wire\/(?!parseFrames)/.test(file),
  },
  { name: /^rxjs\/testing$/, allowedIn: (file) => file.startsWith('lib/testing/') },
  { name: /^io-ts$/, allowedIn: () => true },
  { name: /^fp-ts\/lib\/\w+\.js$/, allowedIn: () => true },
  { name: /^lmdb$/, allowedIn: (file) => file.startsWith('lib/log/lmdb/') },
  { name: /^node:/, allowedIn: (file) => /^lib\/(log\/(lmdb|postgres|redis)|contract|inspector|testing)\//.test(file) },
];

const mainFile = 'lib/index.ts';

function layerOf(file: string): string {
  if (file === mainFile) return 'main entry point';
  return /^lib\/([^/]+)\//.exec(file)?.[1] ?? 'no layer';
}

/** Returns the specifiers that a file imports: static, re-exported, dynamic and type-only. */
export function importsOf(text: string): readonly string[] {
  return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
}

const targetOf = (file: string, name: string) => posix.join(posix.dirname(file), name);

function problemOf(files: Files, file: string, name: string): string | undefined {
  if (!name.startsWith('.')) {
    const rule = packages.find((candidate) => candidate.name.test(name));
    if (rule === undefined) return 'is not a peer dependency in its one spelling (rxjs, io-ts, fp-ts/lib/X.js)';
    return rule.allowedIn(file) ? undefined : 'must not be imported in this folder';
  }
  if (!name.endsWith('.ts')) return 'must end in .ts';
  const target = targetOf(file, name);
  if (!files.has(target)) return 'is not a file of lib';
  const [from, to] = [layerOf(file), layerOf(target)];
  const mayUseIndex = from === to || from === 'main entry point' || from === 'testing';
  if (target.endsWith('/index.ts') && !mayUseIndex) return 'is an entry point: import the file that it re-exports';
  if (from === to || mayImport[from]?.includes(to)) return undefined;
  return `leads from ${from} to ${to}, which mayImport in spec/house/layers.ts does not allow`;
}

/** Returns each import that the table of layers does not allow. */
export function forbiddenImports(files: Files): readonly string[] {
  return [...files].flatMap(([file, text]) => {
    const unknown = mayImport[layerOf(file)] === undefined ? [`${file}: is in no layer of spec/house/layers.ts`] : [];
    const forbidden = importsOf(text).flatMap((name) => {
      const problem = problemOf(files, file, name);
      return problem === undefined ? [] : [`${file}: '${name}' ${problem}`];
    });
    return [...unknown, ...forbidden];
  });
}

/** Returns each chain of imports that leads from the main entry point to a `node:` module. */
export function pathsToNode(files: Files): readonly string[] {
  const found: string[] = [];
  const seen = new Set<string>();
  const walk = (file: string, path: readonly string[]): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const name of importsOf(files.get(file) ?? '')) {
      if (name.startsWith('node:')) found.push([...path, file, name].join(' -> '));
      else if (name.startsWith('.')) walk(targetOf(file, name), [...path, file]);
    }
  };
  walk(mainFile, []);
  return found;
}

/** Returns each circle of files that import each other, type-only imports included. */
export function importCircles(files: Files): readonly string[] {
  const found: string[] = [];
  const finished = new Set<string>();
  const walk = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) found.push([...path.slice(path.indexOf(file)), file].join(' -> '));
    if (path.includes(file) || finished.has(file)) return;
    for (const name of importsOf(files.get(file) ?? '')) {
      if (name.startsWith('.')) walk(targetOf(file, name), [...path, file]);
    }
    finished.add(file);
  };
  for (const file of files.keys()) walk(file, []);
  return found;
}
