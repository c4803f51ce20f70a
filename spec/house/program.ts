import { join } from 'node:path';
import ts from 'typescript';
import { doors, type Files, root } from './repo.ts';

/** The strict options of the repository; what is only about its files, and not about its users' code, is off. */
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

/** A program of files by their path from the root. Those in `imagined` need not exist. What was read once is kept. */
export function programOf(paths: readonly string[], imagined: Files = new Map()): ts.Program {
  const compilerOptions = options();
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

let opened: ts.Program | undefined;

/** The program of all doors, and of RxJS's by the file beside this one; made once. */
export function programOfDoors(): ts.Program {
  opened ??= programOf([...doors().map(({ file }) => file), 'spec/house/rxjs.ts']);
  return opened;
}

/** What a module exports, by name, followed to where it is declared. */
export function exportsOf(program: ts.Program, path: string): ReadonlyMap<string, ts.Symbol> {
  const checker = program.getTypeChecker();
  const file = program.getSourceFile(join(root, path));
  const module = file && checker.getSymbolAtLocation(file);
  if (module === undefined) throw new Error(`${path} is no module`);
  const exported = checker.getExportsOfModule(module).map((symbol) => {
    const followed = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    return [symbol.name, followed] as const;
  });
  return new Map(exported.sort(([a], [b]) => (a < b ? -1 : 1)));
}
