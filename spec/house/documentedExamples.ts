import { blocksOf, type Example, examplesOf } from './examples.ts';
import { exportsOf, programOfEntryPoints } from './program.ts';
import { entryPoints, filesIn } from './repo.ts';

/** Returns the examples of the doc comments, the README and the documents. */
export function documentedExamples(): readonly Example[] {
  return [
    ...[...filesIn('lib', '.ts')].flatMap(([file, text]) => examplesOf(file, text)),
    ...['README.md', 'docs', 'skills', 'site/index.md']
      .flatMap((path) => [...filesIn(path, '.md')])
      // The API report consists of signatures.
      .filter(([file]) => !file.startsWith('docs/api/'))
      .flatMap(([file, text]) => blocksOf(file, text)),
  ];
}

/** Returns the names that an example may use without importing them, by the module that exports them. */
export function namesOfModules(): ReadonlyMap<string, ReadonlySet<string>> {
  const program = programOfEntryPoints();
  const files = [...entryPoints(), { name: 'rxjs', file: 'spec/house/rxjs.ts' }];
  return new Map(files.map(({ name, file }) => [name, new Set(exportsOf(program, file).keys())]));
}
