import { posix } from 'node:path';
import ts from 'typescript';
import type { Files } from './repo.ts';

/** STYLE section 2: who may import whom. A layer may always import itself. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  clock: [],
  error: [],
  event: ['error'],
  wire: ['error'],
  // The clock: jitter of polls, and turns of the loop for what is pulled with no reader to pause it.
  source: ['error', 'event', 'clock'],
  operator: ['error', 'event', 'wire', 'clock'],
  log: ['error', 'event', 'wire', 'operator', 'clock'],
  feed: ['error', 'event', 'wire', 'operator', 'log', 'clock'],
  // The source: what is pulled has the pace of the socket that it goes to.
  sink: ['error', 'event', 'wire', 'source', 'operator', 'log', 'feed', 'clock'],
  adapter: ['error', 'event', 'sink'],
  client: ['error', 'event', 'wire', 'operator', 'clock'],
  inspector: ['error', 'event', 'wire', 'source', 'operator', 'log', 'feed', 'sink', 'adapter', 'main door'],
  testing: [
    'error',
    'event',
    'wire',
    'source',
    'operator',
    'log',
    'feed',
    'sink',
    'adapter',
    'client',
    'clock',
    'main door',
  ],
  'main door': ['error', 'event', 'wire', 'source', 'operator', 'log', 'feed', 'sink', 'adapter'],
};

/** What comes from outside the repository, and to whom. */
const outside: readonly { readonly name: RegExp; readonly to: (file: string) => boolean }[] = [
  { name: /^rxjs$/, to: (file) => !/^lib\/event\//.test(file) && !/^lib\/wire\/(?!parseFrames)/.test(file) },
  { name: /^rxjs\/testing$/, to: (file) => file.startsWith('lib/testing/') },
  { name: /^io-ts$/, to: () => true },
  { name: /^fp-ts\/lib\/\w+\.js$/, to: () => true },
  { name: /^lmdb$/, to: (file) => file.startsWith('lib/log/lmdb/') },
  { name: /^node:/, to: (file) => /^lib\/(log\/lmdb|inspector|testing)\//.test(file) },
];

const mainDoor = 'lib/index.ts';

function layerOf(file: string): string {
  if (file === mainDoor) return 'main door';
  if (file === 'lib/clock.ts') return 'clock';
  return /^lib\/([^/]+)\//.exec(file)?.[1] ?? 'no layer';
}

/** What a file imports, as it is written: static, re-exported, dynamic and of types alike. */
export function importsOf(text: string): readonly string[] {
  return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
}

const targetOf = (file: string, name: string) => posix.join(posix.dirname(file), name);

function wrongArrow(files: Files, file: string, name: string): string | undefined {
  if (!name.startsWith('.')) {
    const rule = outside.find((candidate) => candidate.name.test(name));
    if (rule === undefined) return 'is neither ours nor a peer in its one spelling (rxjs, io-ts, fp-ts/lib/X.js)';
    return rule.to(file) ? undefined : 'does not belong in this folder';
  }
  if (!name.endsWith('.ts')) return 'must end in .ts';
  const target = targetOf(file, name);
  if (!files.has(target)) return 'is no file of lib';
  const [from, to] = [layerOf(file), layerOf(target)];
  const behindDoor = from === to || from === 'main door' || from === 'testing' || from === 'inspector';
  if (target.endsWith('/index.ts') && !behindDoor) return 'is a door: import the file that it re-exports';
  if (from === to || mayImport[from]?.includes(to)) return undefined;
  return `is an arrow from ${from} to ${to}, which STYLE section 2 does not have`;
}

/** Each import that the table of layers does not have. */
export function wrongArrows(files: Files): readonly string[] {
  return [...files].flatMap(([file, text]) => {
    const homeless = mayImport[layerOf(file)] === undefined ? [`${file}: belongs to no layer of STYLE section 2`] : [];
    const wrong = importsOf(text).flatMap((name) => {
      const why = wrongArrow(files, file, name);
      return why === undefined ? [] : [`${file}: '${name}' ${why}`];
    });
    return [...homeless, ...wrong];
  });
}

/** Each chain of imports by which the main door comes to a `node:` module. */
export function nodeBehindTheDoor(files: Files): readonly string[] {
  const found: string[] = [];
  const seen = new Set<string>();
  const visit = (file: string, way: readonly string[]): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const name of importsOf(files.get(file) ?? '')) {
      if (name.startsWith('node:')) found.push([...way, file, name].join(' -> '));
      else if (name.startsWith('.')) visit(targetOf(file, name), [...way, file]);
    }
  };
  visit(mainDoor, []);
  return found;
}

/** Each import, of types included, that closes a circle of files. */
export function circles(files: Files): readonly string[] {
  const found: string[] = [];
  const left = new Set<string>();
  const visit = (file: string, way: readonly string[]): void => {
    if (way.includes(file)) found.push([...way.slice(way.indexOf(file)), file].join(' -> '));
    if (way.includes(file) || left.has(file)) return;
    for (const name of importsOf(files.get(file) ?? '')) {
      if (name.startsWith('.')) visit(targetOf(file, name), [...way, file]);
    }
    left.add(file);
  };
  for (const file of files.keys()) visit(file, []);
  return found;
}
