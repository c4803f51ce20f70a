import { join } from 'node:path';
import ts from 'typescript';
import { entryPoints, type Files, root } from './repo.ts';

/** Returns the compiler options of the repository without those that concern only its own files. */
function options(): ts.CompilerOptions {
  const path = join(root, 'tsconfig.json');
  const { config, error } = ts.readConfigFile(path, ts.sys.readFile);
  if (error !== undefined) throw new Error(ts.flattenDiagnosticMessageText(error.messageText, '\n'));
  const parsed = ts.parseJsonConfigFileContent({ ...config, files: [], include: [] }, ts.sys, root);
  return {
    ...parsed.options,
    noUnusedLocals: false,
    noUnusedParameters: false,
    verbatimModuleSyntax: false,
    isolatedModules: false,
  };
}

const parsed = new Map<string, ts.SourceFile>();

/** Creates a program of files by their path from the root. The files in `imagined` need not exist. Parsed files are cached. */
export function programOf(
  paths: readonly string[],
  imagined: Files = new Map(),
  others: ts.CompilerOptions = {},
): ts.Program {
  const compilerOptions = { ...options(), ...others };
  const host = ts.createCompilerHost(compilerOptions, true);
  const textOf = new Map([...imagined].map(([path, text]) => [join(root, path), text]));
  const { getSourceFile, fileExists, readFile } = host;

  host.fileExists = (path) => textOf.has(path) || fileExists(path);
  host.readFile = (path) => textOf.get(path) ?? readFile(path);
  host.getSourceFile = (path, languageVersion, ...rest) => {
    const text = textOf.get(path);
    if (text !== undefined) return ts.createSourceFile(path, text, languageVersion, true);
    const known = parsed.get(path) ?? getSourceFile(path, languageVersion, ...rest);
    if (known !== undefined) parsed.set(path, known);
    return known;
  };

  return ts.createProgram({
    rootNames: [...paths, ...imagined.keys()].map((path) => join(root, path)),
    options: compilerOptions,
    host,
  });
}

let entryProgram: ts.Program | undefined;

/** Returns the program of all entry points, and of RxJS by rxjs.ts in this folder; created once. */
export function programOfEntryPoints(): ts.Program {
  entryProgram ??= programOf([...entryPoints().map(({ file }) => file), 'spec/house/rxjs.ts']);
  return entryProgram;
}

/** Returns the exports of a module by name, each resolved to its declaration. */
export function exportsOf(program: ts.Program, path: string): ReadonlyMap<string, ts.Symbol> {
  const checker = program.getTypeChecker();
  const file = program.getSourceFile(join(root, path));
  const module = file && checker.getSymbolAtLocation(file);
  if (module === undefined) throw new Error(`${path} is not a module`);
  const exported = checker.getExportsOfModule(module).map((symbol) => {
    const followed = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    return [symbol.name, followed] as const;
  });
  return new Map(exported.sort(([a], [b]) => (a < b ? -1 : 1)));
}
