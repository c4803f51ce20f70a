import { posix } from 'node:path';
import ts from 'typescript';
import type { Files } from './repo.ts';

const parsed = new Map<string, ts.SourceFile>();

/** Returns the syntax tree of a file; one with the same text is parsed once. */
function parse(file: string, text: string): ts.SourceFile {
  const known = parsed.get(file);
  if (known?.text === text) return known;
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  parsed.set(file, source);
  return source;
}

const isExported = (node: ts.Node): boolean =>
  ts.canHaveModifiers(node) &&
  (ts.getModifiers(node) ?? []).some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword);

/** Returns the names that a statement declares at the top level of its file. */
function namesOf(statement: ts.Statement): readonly string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.flatMap(({ name }) => (ts.isIdentifier(name) ? [name.text] : []));
  }
  const isDeclaration =
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement);
  return isDeclaration && statement.name !== undefined ? [statement.name.text] : [];
}

const isType = (statement: ts.Statement): boolean =>
  ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement);

/**
 * Returns each file that is not named after its main export. A file of several functions may be named in small letters
 * after what they have in common; a capital letter always names a class or a type.
 */
export function misnamedFiles(files: Files): readonly string[] {
  return [...files].flatMap(([file, text]) => {
    const exported = parse(file, text).statements.filter(isExported);
    const names = new Set(exported.flatMap(namesOf));
    const values = new Set(exported.filter((statement) => !isType(statement)).flatMap(namesOf));
    const main = values.size > 0 ? values : names;
    const name = posix.basename(file, '.ts');
    const hasTopic = main.size > 1 && /^[a-z]/.test(name);
    if (name === 'index' || names.size === 0 || names.has(name) || hasTopic) return [];
    return [`${file} exports ${[...names].join(', ')}: name it after its main export`];
  });
}

/** Returns each name that is declared at the top level of several files. */
export function duplicateNames(files: Files): readonly string[] {
  const declaredIn = new Map<string, Set<string>>();
  for (const [file, text] of files) {
    for (const name of parse(file, text).statements.flatMap(namesOf)) {
      declaredIn.set(name, (declaredIn.get(name) ?? new Set()).add(file));
    }
  }
  return [...declaredIn]
    .filter(([, where]) => where.size > 1)
    .map(([name, where]) => `${name} is declared in ${[...where].join(', ')}`)
    .sort();
}

/** Returns every name that a file declares, at any depth: variables, parameters, members and types. */
export function declaredNames(file: string, text: string): readonly string[] {
  const found = new Set<string>();
  const add = (name: ts.Node | undefined): void => {
    if (name === undefined) return;
    if (ts.isIdentifier(name) || ts.isPrivateIdentifier(name)) found.add(name.text);
  };
  const walk = (node: ts.Node): void => {
    // A specifier, and a property that is destructured or set, repeats a name that was declared elsewhere.
    const isDeclaration =
      ts.isVariableDeclaration(node) ||
      ts.isParameter(node) ||
      ts.isBindingElement(node) ||
      ts.isFunctionLike(node) ||
      ts.isClassLike(node) ||
      ts.isInterfaceDeclaration(node) ||
      ts.isTypeAliasDeclaration(node) ||
      ts.isPropertyDeclaration(node) ||
      ts.isPropertySignature(node) ||
      ts.isTypeParameterDeclaration(node);
    if (isDeclaration) add(node.name);
    ts.forEachChild(node, walk);
  };
  walk(parse(file, text));
  return [...found];
}

interface Comment {
  readonly line: number;
  readonly text: string;
  /** True for a doc comment, which begins with two asterisks. */
  readonly isDoc: boolean;
}

interface Title {
  readonly line: number;
  readonly text: string;
  /** The function that declares it. */
  readonly kind: 'describe' | 'it';
}

/** Returns the titles that a spec passes to `describe` and `it` as literals; each `${...}` of a template is a `…`. */
export function titlesOf(file: string, text: string): readonly Title[] {
  const source = parse(file, text);
  const found: Title[] = [];
  const walk = (node: ts.Node): void => {
    const [, kind] = ts.isCallExpression(node) ? (/^(describe|it)\b/.exec(node.expression.getText(source)) ?? []) : [];
    const first = ts.isCallExpression(node) ? node.arguments[0] : undefined;
    if (first !== undefined && (kind === 'describe' || kind === 'it')) {
      const title = ts.isStringLiteralLike(first) ? first.text : ts.isTemplateExpression(first) ? textOf(first) : '';
      found.push({ line: source.getLineAndCharacterOfPosition(first.getStart(source)).line + 1, text: title, kind });
    }
    ts.forEachChild(node, walk);
  };
  walk(source);
  return found;
}

const textOf = ({ head, templateSpans }: ts.TemplateExpression): string =>
  templateSpans.reduce((text, { literal }) => `${text}…${literal.text}`, head.text);

/** Returns the scripts in pages of HTML, each on the lines that it has in its page. */
export function scriptsIn(pages: Files): Files {
  const blank = (text: string) => text.replace(/[^\n]/g, ' ');
  return new Map(
    [...pages].map(([file, text]) => {
      // The parts between the tags are in turn markup and a script.
      const parts = text.split(/(<script\b[^>]*>|<\/script>)/);
      return [file, parts.map((part, n) => (n % 4 === 2 ? part : blank(part))).join('')] as const;
    }),
  );
}

/** Returns the comments of a file without their marks. Lines of `//` that follow each other are one comment. */
export function commentsOf(file: string, text: string): readonly Comment[] {
  const source = parse(file, text);
  const ranges = new Map<number, ts.CommentRange>();
  const walk = (node: ts.Node): void => {
    for (const range of ts.getLeadingCommentRanges(text, node.getFullStart()) ?? []) ranges.set(range.pos, range);
    for (const range of ts.getTrailingCommentRanges(text, node.getEnd()) ?? []) ranges.set(range.pos, range);
    node.getChildren(source).forEach(walk);
  };
  walk(source);
  const found: { line: number; last: number; text: string; isDoc: boolean; isLine: boolean }[] = [];
  for (const { pos, end, kind } of [...ranges.values()].sort((a, b) => a.pos - b.pos)) {
    const raw = text.slice(pos, end);
    const isLine = kind === ts.SyntaxKind.SingleLineCommentTrivia;
    const line = source.getLineAndCharacterOfPosition(pos).line + 1;
    const last = source.getLineAndCharacterOfPosition(end).line + 1;
    const bare = raw
      .replace(/^\/\/ ?|^\/\*\*?|\*\/$/g, '')
      .replace(/^[ \t]*\* ?/gm, '')
      .trim();
    const previous = found.at(-1);
    if (isLine && previous?.isLine && previous.last === line - 1) {
      previous.text += `\n${bare}`;
      previous.last = line;
    } else found.push({ line, last, text: bare, isDoc: raw.startsWith('/**'), isLine });
  }
  return found;
}
