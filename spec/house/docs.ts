import ts from 'typescript';

/** Returns the doc comments of one name, of all its declarations. */
function docsOf(symbol: ts.Symbol): readonly ts.JSDoc[] {
  return (symbol.declarations ?? []).flatMap((declaration) =>
    ts.getJSDocCommentsAndTags(declaration).filter((node) => ts.isJSDoc(node)),
  );
}

/** Returns what the doc comment of a public name lacks, or an empty list. */
export function missingIn(symbol: ts.Symbol): readonly string[] {
  const docs = docsOf(symbol);
  if (docs.length === 0) return ['a doc comment'];

  const described = docs.some((doc) => /^[^a-z][\s\S]*[.:]/.test(ts.getTextOfJSDocComment(doc.comment) ?? ''));
  const tags = new Set(docs.flatMap((doc) => doc.tags ?? []).map((tag) => tag.tagName.text));
  const isCalled = (symbol.flags & (ts.SymbolFlags.Function | ts.SymbolFlags.Class)) !== 0;

  return [
    ...(described ? [] : ['a sentence']),
    ...(tags.has('category') ? [] : ['@category']),
    ...(tags.has('example') || !isCalled ? [] : ['@example']),
    ...(tags.has('internal') ? ['a reason to be public: it is marked @internal'] : []),
  ];
}
