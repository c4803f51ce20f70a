import ts from 'typescript';
import type { Example } from './examples.ts';
import { programOf } from './program.ts';
import type { Files } from './repo.ts';

const order = '{ order: string; user: string; total: number }';
const echo = "import('rxsse').EventDefinition<'echo', { message: string; created_at: Date }>";
const reverseEcho = "import('rxsse').EventDefinition<'reverse_echo', { message: string; created_at: Date }>";

/** Names that an example may use without declaring them, beside every public name and those of RxJS. */
const prelude: Readonly<Record<string, string>> = {
  t: "import * as t from 'io-ts';",
  E: "import * as E from 'fp-ts/lib/Either.js';",
  use: "import { use } from 'chai';",
  express: "import express from 'express';",
  expect: "import { expect } from 'chai';",
  createClient: "import { createClient } from '@redis/client';",
  EventEmitter: "import { EventEmitter } from 'node:events';",
  socket: `declare const socket: EventTarget & { onmessage: ((event: { readonly data: unknown }) => unknown) | null };`,
  app: "declare const app: import('express').Express;",
  request: "declare const request: import('express').Request;",
  response: "declare const response: import('express').Response;",
  // Globals of other runtimes that the recipes use.
  Bun: 'declare const Bun: { serve(options: { port: number; routes: Record<string, (request: Request, server: { readonly port: number }) => Response | Promise<Response>> }): unknown };',
  Deno: 'declare const Deno: { serve(options: { port: number }, handler: (request: Request, info: { readonly remoteAddr: object }) => Response | Promise<Response>): unknown };',
  prices: "declare const prices: import('rxjs').Observable<{ readonly symbol: string; readonly price: number }>;",
  // The names that examples share: paid orders, and the echo of the README.
  Orders: `declare const Orders: import('rxsse').Contract<{ readonly OrderPaid: import('rxsse').EventDefinition<'order_paid', ${order}> }>;`,
  orders: `declare const orders: import('rxsse').Feed<import('rxsse').Contract<{ readonly OrderPaid: import('rxsse').EventDefinition<'order_paid', ${order}> }>>;`,
  Echoes: `declare const Echoes: import('rxsse').Contract<{ readonly Echo: ${echo}; readonly ReverseEcho: ${reverseEcho} }>;`,
  echoes: "declare const echoes: import('rxsse').SseHandler<import('rxsse').SseRequest>;",
  // Globals of pages that Node does not have, declared here since the repository compiles without the types of the DOM.
  sessionStorage:
    'declare const sessionStorage: { getItem(key: string): string | null; setItem(key: string, value: string): void };',
  EventSource: "declare const EventSource: new (url: string) => import('rxsse/client').EventSourceLike;",
  // Streams that an example names without declaring them.
  ask: "declare function ask(question: string): import('rxjs').Observable<string>;",
  search: "declare function search(text: string): import('rxjs').Observable<string>;",
  news: "declare function news(withDrafts: boolean): import('rxjs').Observable<string>;",
  pageOf: "declare function pageOf(page: number): import('rxjs').Observable<string>;",
  above: "declare function above(limit: number): import('rxjs').Observable<number>;",
  fromUpstream: "declare function fromUpstream(signal: AbortSignal): import('rxjs').Observable<number>;",
  whoIs: "declare function whoIs(request: import('express').Request): Promise<{ readonly user: string }>;",
};

/** The types of packages that examples use, and that are not installed here. */
const foreign = 'spec/house/foreign.d.ts';

/** Returns the names that the code declares at its top level, and all names that it uses. */
function namesIn(code: string): { readonly own: ReadonlySet<string>; readonly used: ReadonlySet<string> } {
  const source = ts.createSourceFile('example.ts', code, ts.ScriptTarget.Latest, true);
  const own = new Set<string>();
  const used = new Set<string>();
  const isTop = (node: ts.Node | undefined): boolean =>
    node === undefined ||
    ts.isSourceFile(node) ||
    (!ts.isBlock(node) && !ts.isFunctionLike(node) && isTop(node.parent));
  const walk = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      const { parent } = node;
      const isDeclared =
        (ts.isVariableDeclaration(parent) ||
          ts.isBindingElement(parent) ||
          ts.isFunctionDeclaration(parent) ||
          ts.isClassDeclaration(parent) ||
          ts.isInterfaceDeclaration(parent) ||
          ts.isTypeAliasDeclaration(parent) ||
          ts.isImportSpecifier(parent) ||
          ts.isImportClause(parent) ||
          ts.isNamespaceImport(parent)) &&
        parent.name === node;
      if (isDeclared && isTop(ts.isFunctionLike(parent) ? parent.parent : parent)) own.add(node.text);
      used.add(node.text);
    }
    ts.forEachChild(node, walk);
  };
  walk(source);
  return { own, used };
}

/** Returns one line that declares the names that the example uses and does not declare. Earlier modules have precedence. */
export function preludeOf(
  code: string,
  modules: ReadonlyMap<string, ReadonlySet<string>>,
  named: Readonly<Record<string, string>> = prelude,
): string {
  const { own, used } = namesIn(code);
  const lines = [...used].flatMap((name) => {
    if (own.has(name)) return [];
    const module = [...modules].find(([, names]) => names.has(name))?.[0];
    if (module !== undefined) return [`import { ${name} } from '${module}';`];
    const line = Object.hasOwn(named, name) ? named[name] : undefined;
    return line === undefined ? [] : [line];
  });
  return `export {}; ${lines.join(' ')}`;
}

/**
 * Compiles all examples in one program, each as a module of its own.
 *
 * Returns one line for each mistake: file, line, title and the message of the compiler.
 * `modules` are those whose names an example may use without importing them.
 */
export function mistakesIn(
  examples: readonly Example[],
  modules: ReadonlyMap<string, ReadonlySet<string>>,
): readonly string[] {
  const imagined: Files = new Map(
    examples.map(({ code }, index) => [`spec/house/example-${index}.ts`, `${preludeOf(code, modules)}\n${code}\n`]),
  );
  const program = programOf([foreign], imagined);
  const sources = [...imagined.keys()].map((path) => program.getSourceFiles().find((s) => s.fileName.endsWith(path)));

  return examples.flatMap(({ file, line, title }, index) => {
    const source = sources[index];
    const where = (at: number) => `${file}:${at} "${title}"`;
    if (title === '') return [`${where(line)}: an example needs a title`];
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map((mistake) => {
      const at = source?.getLineAndCharacterOfPosition(mistake.start ?? 0).line ?? 0;
      const hint =
        mistake.code === 2304 || mistake.code === 2552
          ? ' It is neither public nor in the prelude of spec/house/mistakes.ts.'
          : '';
      return `${where(line + at - 1)}: ${ts.flattenDiagnosticMessageText(mistake.messageText, ' ')}${hint}`;
    });
  });
}

/** Compiles files that import each other; returns one line for each mistake: file, line and the message of the compiler. */
export function mistakesInFiles(files: Files): readonly string[] {
  const folder = 'spec/house';
  const program = programOf([], new Map([...files].map(([name, text]) => [`${folder}/${name}`, text])));
  return [...files.keys()].flatMap((name) => {
    const source = program.getSourceFiles().find(({ fileName }) => fileName.endsWith(`${folder}/${name}`));
    if (source === undefined) return [`${name}: it is no TypeScript file`];
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map((mistake) => {
      const { line } = source.getLineAndCharacterOfPosition(mistake.start ?? 0);
      return `${name}:${line + 1}: ${ts.flattenDiagnosticMessageText(mistake.messageText, ' ')}`;
    });
  });
}
