import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';

const root = join(import.meta.dirname, '../..');
const main = pathToFileURL(join(root, 'lib/index.ts')).href;

/**
 * Runs the code below a heading of a document, as a module, and returns its exports. `T` is the type of those.
 *
 * @param folder has the packages that the code imports
 */
export async function recipeModule<T>(file: string, heading: string, folder = root): Promise<T> {
  const { resolve } = createRequire(join(folder, 'package.json'));
  const [, section = ''] = readFileSync(join(root, file), 'utf8').split(`\n## ${heading}\n`);
  const [, code] = /```(?:ts|typescript)\n(.*?)```/s.exec(section.split('\n## ')[0] ?? '') ?? [];
  if (code === undefined) throw new Error(`${file} has no code below "${heading}"`);
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 },
  });
  const resolved = outputText.replace(/(?<=^import .* from ')[^']+(?=';$)/gm, (name) => {
    if (name.startsWith('node:')) return name;
    return name === 'rxsse' ? main : pathToFileURL(resolve(name)).href;
  });
  return (await import(`data:text/javascript,${encodeURIComponent(resolved)}`)) as T;
}
