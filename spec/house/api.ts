import { join, relative, sep } from 'node:path';
import ts from 'typescript';
import { exportsOf, programOfEntryPoints } from './program.ts';
import { type EntryPoint, entryPoints, root } from './repo.ts';

/** Returns the path of an entry point's report: `docs/api/client.md` for `rxsse/client`. */
export const reportPath = ({ name }: EntryPoint) => `docs/api/${name.slice(name.indexOf('/') + 1)}.md`;

/** Returns the declaration files of lib as they are published, without what is `@internal`, by their source file. */
function declarationFiles(): ReadonlyMap<string, ts.SourceFile> {
  const files = new Map<string, ts.SourceFile>();
  const options = { ...programOfEntryPoints().getCompilerOptions(), paths: {} };
  const program = ts.createProgram({
    rootNames: entryPoints().map(({ file }) => join(root, file)),
    options: { ...options, noEmit: false, declaration: true, emitDeclarationOnly: true, stripInternal: true },
  });
  program.emit(undefined, (path, text, _mark, _onError, sources) => {
    const source = sources?.[0];
    if (source === undefined) return;
    files.set(source.fileName, ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));
  });
  return files;
}

const isNamed = (statement: ts.Statement, name: string): boolean =>
  ts.isVariableStatement(statement)
    ? statement.declarationList.declarations.some((declaration) => declaration.name.getText() === name)
    : 'name' in statement && (statement.name as ts.Identifier | undefined)?.text === name;

/** Returns the first sentence of a doc comment, with its `@default`. */
function summaryOf(comment: string): string {
  const text = comment
    .replace(/^\/\*\*|\*\/$/g, '')
    .replace(/^[ \t]*\* ?/gm, '')
    .trim();
  const [description = ''] = text.split(/(?:^|\s)@(?!link)/);
  const [paragraph = ''] = description.trim().split(/\n\s*\n/);
  const line = paragraph.replace(/\s+/g, ' ');
  const sentence = /^.*?(?<!e\.g|i\.e)\.(?=\s|$)/.exec(line)?.[0] ?? line;
  const [, value] = /@default\s+([^\n]+)/.exec(text) ?? [];
  return [sentence, ...(value === undefined ? [] : [`@default ${value.trim()}`])]
    .filter((part) => part !== '')
    .join(' ');
}

/** Returns a declaration as users see it in the .d.ts file, each doc comment cut to its first sentence. */
function signatureOf(statement: ts.Statement): string {
  return statement
    .getFullText()
    .trim()
    .replace(/\/\*\*[\s\S]*?\*\/\n?/g, (comment) => {
      const summary = summaryOf(comment.trimEnd());
      return summary === '' ? '' : `/** ${summary} */\n`;
    })
    .replace(/^[ \t]*(?:private [^\n]*|#private;)\n/gm, '')
    .replace(/import\("[^"]*"\)\./g, '')
    .replace(/^export declare /gm, 'export ')
    .replace(/^ {4,}/gm, (indent) => indent.slice(indent.length / 2));
}

/** Returns the types of lib that a declaration refers to. */
function referencesOf(statement: ts.Statement): readonly string[] {
  const file = statement.getSourceFile();
  const isOurs = (name: string): boolean =>
    file.statements.some((other) =>
      ts.isImportDeclaration(other)
        ? other.moduleSpecifier.getText().startsWith("'.") &&
          (other.importClause?.getText().split(/\W+/).includes(name) ?? false)
        : isNamed(other, name),
    );
  const found: string[] = [];
  const walk = (node: ts.Node): void => {
    if (ts.isTypeReferenceNode(node) || ts.isExpressionWithTypeArguments(node)) {
      found.push(...node.getText().split(/\W/, 1).filter(isOurs));
    }
    if (ts.isImportTypeNode(node) && node.qualifier !== undefined) found.push(node.qualifier.getText());
    ts.forEachChild(node, walk);
  };
  walk(statement);
  return found;
}

const categoryOf = (symbol: ts.Symbol): string =>
  symbol
    .getJsDocTags()
    .find(({ name }) => name === 'category')
    ?.text?.map(({ text }) => text)
    .join('')
    .trim() ?? 'without a category';

/** Returns the text of an entry point's report: each public name with its declaration, by category. */
function reportOf(entryPoint: EntryPoint, files: ReadonlyMap<string, ts.SourceFile>): string {
  const exported = [...exportsOf(programOfEntryPoints(), entryPoint.file)];
  const sections = new Map<string, string[]>();
  const referred = new Set<string>();
  for (const [name, symbol] of exported) {
    const sources = new Set((symbol.declarations ?? []).map((declaration) => declaration.getSourceFile().fileName));
    const statements = [...sources].flatMap((source) =>
      (files.get(source)?.statements ?? []).filter((statement) => isNamed(statement, symbol.name)),
    );
    const signatures = statements.map(signatureOf);
    for (const reference of statements.flatMap(referencesOf)) referred.add(reference);
    if (signatures.length === 0) {
      const where = [...sources].map((source) => relative(root, source).split(sep).join('/')).join(', ');
      throw new Error(`${entryPoint.name}: the declarations of ${where} hold no ${name}; is it marked @internal?`);
    }
    const category = categoryOf(symbol);
    const text = signatures.join('\n');
    sections.set(category, [...(sections.get(category) ?? []), name === symbol.name ? text : `// as ${name}\n${text}`]);
  }
  const body = [...sections]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([category, texts]) => `## ${category}\n\n\`\`\`ts\n${texts.join('\n\n')}\n\`\`\`\n`);
  const head = `# ${entryPoint.name}

The ${exported.length} public names of \`${entryPoint.name}\`, written by \`npm run api\`. Review every change of this file.
`;
  for (const [name] of exported) referred.delete(name);
  const inner = [...referred].sort().map((name) => `\`${name}\``);
  const tail = inner.length === 0 ? [] : [`## not exported, but named above\n\n${inner.join(', ')}\n`];
  return [head, ...body, ...tail].join('\n');
}

/** Returns the report of each entry point by its path. */
export function apiReports(): ReadonlyMap<string, string> {
  const files = declarationFiles();
  return new Map(entryPoints().map((entryPoint) => [reportPath(entryPoint), reportOf(entryPoint, files)]));
}
