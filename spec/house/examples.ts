import ts from 'typescript';

/** The code of a doc comment or a document. */
export interface Example {
  readonly file: string;
  /** The line of the file that the code starts at, from 1. */
  readonly line: number;
  readonly title: string;
  readonly code: string;
}

/** Returns the code of each `@example` in the doc comments of a file. */
export function examplesOf(file: string, text: string): readonly Example[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: Example[] = [];

  const readComment = (comment: ts.JSDoc): void => {
    const first = source.getLineAndCharacterOfPosition(comment.pos).line + 1;
    const lines = comment.getText(source).split('\n');
    const bare = lines.map((line) => line.replace(/^\s*(\/\*\*|\*(?!\/)) ?|\s*\*\/\s*$/g, ''));
    bare.forEach((line, index) => {
      const title = /^@example\b\s*(.*)$/.exec(line)?.[1];
      if (title === undefined) return;
      const after = bare.slice(index + 1);
      const next = after.findIndex((candidate) => /^@\w/.test(candidate));
      const code = after.slice(0, next === -1 ? undefined : next).map((l) => (l.startsWith('```') ? '' : l));
      found.push({ file, line: first + index + 1, title, code: code.join('\n').trimEnd() });
    });
  };
  const walk = (node: ts.Node): void => {
    if (ts.isJSDoc(node)) readComment(node);
    else for (const child of node.getChildren(source)) walk(child);
  };

  walk(source);
  return found;
}

/** Returns the blocks of a document that are marked `ts`, with their heading. */
export function blocksOf(file: string, text: string): readonly Example[] {
  const found: Example[] = [];
  let title = file;
  let block: { readonly line: number; readonly isOurs: boolean; readonly lines: string[] } | undefined;
  text.split('\n').forEach((line, index) => {
    const fence = /^\s*```(\w*)/.exec(line);
    if (block === undefined) {
      title = /^#+ (.*)$/.exec(line)?.[1] ?? title;
      if (fence !== null) block = { line: index + 2, isOurs: fence[1] === 'ts', lines: [] };
    } else if (fence !== null) {
      if (block.isOurs) found.push({ file, line: block.line, title, code: block.lines.join('\n') });
      block = undefined;
    } else block.lines.push(line);
  });
  return found;
}
